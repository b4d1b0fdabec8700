namespace HQ.OAuth2;

/// <summary>Access tokens in the Authorization header: bearer tokens (RFC 6750 §2.1), and tokens that are bound to a key (RFC 9449 §7.1).</summary>
internal static class BearerTokens
{
    private const string Bearer = "Bearer";
    private const string Dpop = "DPoP";

    /// <summary>
    /// The bearer token of a request: <see cref="OAuthError.TokenMissing"/> where none was sent (another scheme counts as none),
    /// <see cref="OAuthError.MalformedBearer"/> for two headers or characters no token has.
    /// </summary>
    public static Outcome<string> Read(IReadOnlyList<string> authorization) => Read(authorization, Bearer);

    /// <summary>The token of a request under the scheme <c>DPoP</c>; the errors are the same.</summary>
    public static Outcome<string> ReadDpop(IReadOnlyList<string> authorization) => Read(authorization, Dpop);

    /// <summary>Whether the request has one header that begins like the scheme <c>DPoP</c>.</summary>
    public static bool IsDpop(IReadOnlyList<string> authorization) =>
        authorization is [var header] && header.StartsWith(Dpop, StringComparison.OrdinalIgnoreCase);

    private static Outcome<string> Read(IReadOnlyList<string> authorization, string scheme)
    {
        if (authorization.Count > 1)
            return OAuthError.MalformedBearer;
        if (authorization is not [var header] || !header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return OAuthError.TokenMissing;
        var rest = header[scheme.Length..];
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
