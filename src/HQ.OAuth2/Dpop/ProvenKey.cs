namespace HQ.OAuth2;

/// <summary>The key that a request proves to have (RFC 9449).</summary>
/// <param name="Thumbprint">Its SHA-256 thumbprint (RFC 7638) in base64url; null = the request has no proof.</param>
internal readonly record struct ProvenKey(string? Thumbprint)
{
    private const int Length = 43;

    /// <summary>The request has no proof.</summary>
    public static ProvenKey None => default;

    /// <summary>Whether a text has the form of a thumbprint (§10).</summary>
    public static bool IsThumbprint(string text) => text.Length == Length && Base64UrlText.IsCanonical(text);
}
