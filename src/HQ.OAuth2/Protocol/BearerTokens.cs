namespace HQ.OAuth2;

/// <summary>Bearer tokens in the Authorization header (RFC 6750 §2.1).</summary>
internal static class BearerTokens
{
    private const string Scheme = "Bearer";

    /// <summary>
    /// The token of a request: <see cref="OAuthError.TokenMissing"/> where none was sent (another scheme counts as none),
    /// <see cref="OAuthError.MalformedBearer"/> for two headers or characters no token has.
    /// </summary>
    public static Outcome<string> Read(IReadOnlyList<string> authorization)
    {
        if (authorization.Count > 1)
            return OAuthError.MalformedBearer;
        if (authorization is not [var header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return OAuthError.TokenMissing;
        var rest = header[Scheme.Length..];
        if (rest.Trim(' ').Length == 0 || rest[0] != ' ')
            return OAuthError.TokenMissing;
        var token = rest.Trim(' ');
        return IsToken68(token) ? token : OAuthError.MalformedBearer;
    }

    /// <summary>RFC 9110 §11.2: <c>1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="</c>.</summary>
    public static bool IsToken68(string text)
    {
        var body = text.TrimEnd('=');
        return body.Length > 0 && body.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/');
    }
}
