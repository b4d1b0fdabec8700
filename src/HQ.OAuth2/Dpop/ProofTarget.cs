namespace HQ.OAuth2;

/// <summary>
/// The address in a proof, in a form that can be compared (RFC 9449 §4.3): without query and fragment, scheme and host in lower case, with the
/// port, and the path decoded as servers do it (RFC 3986 §6.2.2, §6.2.3).
/// </summary>
internal static class ProofTarget
{
    /// <summary>The form of an absolute http or https URI; null for any other text.</summary>
    public static string? Of(string uri) => Parse(uri) is { } parsed ? Origin(parsed) + Decoded(parsed.AbsolutePath) : null;

    /// <summary>The form of a path at the origin of a URI; null when that is no http or https URI.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="path">The path as the server sees it: decoded, but for <c>%2F</c>.</param>
    public static string? At(string uri, string path) =>
        Parse(uri) is { } parsed ? Origin(parsed) + path.Replace("%2f", "%2F", StringComparison.Ordinal) : null;

    /// <summary>The form of a path below a URI, which has a path of its own.</summary>
    public static string? Below(string uri, string path) =>
        Parse(uri) is { } parsed ? At(uri, Decoded(parsed.AbsolutePath).TrimEnd('/') + path) : null;

    private static Uri? Parse(string text) =>
        UriText.IsPlain(text)
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "https" or "http"
        && uri.UserInfo.Length == 0
            ? uri
            : null;

    private static string Origin(Uri uri) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}");

    // An encoded slash stays encoded: it is a part of a segment.
    private static string Decoded(string path) => Uri.UnescapeDataString(path.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase));
}
