namespace HQ.OAuth2;

/// <summary>
/// The rules for client ids that are the URL of a metadata document (draft-ietf-oauth-client-id-metadata-document §3). A URL that a library
/// would write differently is refused, so that the fetched URL is the compared one.
/// </summary>
internal static class ClientDocumentUrl
{
    private const string Https = "https://";

    /// <summary>Whether a client id is the URL of a document. Ids that this server generates never are (§6.9).</summary>
    public static bool IsMeant(string clientId) => clientId.StartsWith(Https, StringComparison.Ordinal);

    /// <summary>Whether a client id is the URL of a document, and this server reads documents.</summary>
    public static bool IsMeant(string clientId, HqOAuth2Options options) =>
        options.ClientIdMetadataDocuments && IsMeant(clientId) && Client.CanBeId(clientId);

    /// <summary>The reason why §3 or the host's policy (§6.8) forbids to fetch it; null when nothing does.</summary>
    public static string? Problem(string clientId, ClientDocumentOptions policy) =>
        !UriText.IsPlainHttpsUrl(clientId) ? "it is no plain https URL: host, path, no user name, no fragment"
        : clientId.Contains('?', StringComparison.Ordinal) ? "it has a query"
        : clientId.IndexOf('/', Https.Length) is var path && path < 0 ? "it has no path"
        : clientId[path..].Split('/').Any(IsDotSegment) ? "it has a dot segment"
        : !Uri.TryCreate(clientId, UriKind.Absolute, out var uri) || uri.AbsoluteUri != clientId ? "it is not in its normal form"
        // A trailing dot gives the same host another name, which no list has.
        : uri.Host.EndsWith('.') ? "its host ends with a dot"
        : policy.DeniedHosts.Any(h => Matches(uri.Host, h)) ? "documents:deniedHosts has its host"
        : policy.AllowedHosts.Count > 0 && !policy.AllowedHosts.Any(h => Matches(uri.Host, h)) ? "documents:allowedHosts lacks its host"
        : null;

    /// <summary>Scheme, host and port, as they stand in the URL.</summary>
    public static string Origin(string clientId) => Https + UriText.DisplayHost(clientId);

    /// <summary>Whether a text can stand in a list of hosts: a name in lower case, or <c>*.</c> and a name for every host below it.</summary>
    public static bool IsHostPattern(string text)
    {
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return Uri.CheckHostName(name) != UriHostNameType.Unknown && !name.Any(char.IsAsciiLetterUpper);
    }

    private static bool Matches(string host, string pattern) =>
        pattern.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(pattern[1..], StringComparison.Ordinal) : host == pattern;

    private static bool IsDotSegment(string segment) => Uri.UnescapeDataString(segment) is "." or "..";
}
