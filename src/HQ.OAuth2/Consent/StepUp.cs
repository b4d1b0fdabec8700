namespace HQ.OAuth2;

/// <summary>
/// Whether the sign-in of a user is of a kind that the request asks for (RFC 9470 §5). An asked context is necessary: a token without it would
/// send the client back to the API that refused it, and so on.
/// </summary>
internal enum StepUp
{
    /// <summary>Nothing was asked for, or one of the asked contexts is reached.</summary>
    Met,

    /// <summary>The host's sign-in can reach one of them.</summary>
    Reachable,

    /// <summary>The host's sign-in has none of them.</summary>
    Unreachable,
}

/// <summary>The rule.</summary>
internal static class StepUpRule
{
    /// <summary>Compares what a request asks for with what is reached.</summary>
    /// <param name="asked">The contexts that the request asks for.</param>
    /// <param name="reached">The context of the user's session; null = none, or nobody is signed in.</param>
    /// <param name="supported">The contexts that the host's sign-in can reach.</param>
    public static StepUp Of(IReadOnlyList<string> asked, string? reached, IReadOnlyList<string> supported) =>
        asked.Count == 0 || asked.Contains(reached, StringComparer.Ordinal) ? StepUp.Met
        : asked.Any(a => supported.Contains(a, StringComparer.Ordinal)) ? StepUp.Reachable
        : StepUp.Unreachable;
}
