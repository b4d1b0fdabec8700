namespace HQ.OAuth2;

/// <summary>
/// The parameter <c>acr_values</c> (OpenID Connect Core §3.1.2.1, RFC 9470 §4): authentication contexts in order of preference, separated by
/// spaces.
/// </summary>
internal static class AcrValues
{
    /// <summary>The name of the parameter, and of the item that tells the host's sign-in.</summary>
    public const string Parameter = "acr_values";

    /// <summary>The most contexts of one request.</summary>
    public const int MaxCount = 10;

    /// <summary>The greatest length of a context.</summary>
    public const int MaxLength = 200;

    /// <summary>Whether a text is a context that fits into the parameter and into a challenge, where it is quoted.</summary>
    public static bool IsValue(string? text) => text?.Length <= MaxLength && ScopeSet.IsToken(text);

    /// <summary>Reads the parameter. False when it is malformed, or longer than any real one.</summary>
    public static bool TryRead(string text, out IReadOnlyList<string> values)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isGood = parts.Length is > 0 and <= MaxCount && parts.All(IsValue);
        values = isGood ? [.. parts.Distinct(StringComparer.Ordinal)] : [];
        return isGood;
    }
}
