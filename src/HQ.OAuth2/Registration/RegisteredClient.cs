namespace HQ.OAuth2;

/// <summary>A client that was just registered.</summary>
/// <param name="Client">As it is stored.</param>
/// <param name="Secret">Its secret in clear, this once; null when its method uses none.</param>
public sealed record RegisteredClient(Client Client, string? Secret)
{
    /// <summary>The token with which it manages its registration (RFC 7592 §3), in clear, this once; null when it may not.</summary>
    public string? RegistrationAccessToken { get; init; }

    /// <summary>What was left out of what the client sent, for the log.</summary>
    internal IReadOnlyList<string> LeftOut { get; init; } = [];

    // A record prints its members; this one must not.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(Client.ClientId);
        return true;
    }
}
