using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>
/// Which redirect URIs may be registered (RFC 6749 §3.1.2, RFC 8252 §7 and §8.4, RFC 9700 §2.1), and which registered one a request names. They
/// are handled as strings: no parser may change a compared value.
/// </summary>
internal static class RedirectUris
{
    // Schemes that a browser or the system would open or run; no configuration can allow them.
    private static readonly FrozenSet<string> neverAllowed = FrozenSet.ToFrozenSet(
        [
            "javascript",
            "data",
            "file",
            "blob",
            "about",
            "vbscript",
            "filesystem",
            "view-source",
            "jar",
            "ws",
            "wss",
            "ftp",
            "http",
            "https",
            "mailto",
            "tel",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    // A redirect URI that already has one of these would make the response repeat it (RFC 6749 §3.1).
    private static readonly FrozenSet<string> responseNames = FrozenSet.ToFrozenSet([
        "code",
        "state",
        "iss",
        "error",
        "error_description",
        "error_uri",
    ]);

    /// <summary>Whether a configuration may list this scheme although it has no period.</summary>
    public static bool IsListableScheme(string scheme) => IsScheme(scheme) && !neverAllowed.Contains(scheme);

    /// <summary>The error of a redirect URI that is to be registered; null when it is valid.</summary>
    public static string? Problem(string uri, ClientType type, IEnumerable<string> privateUseSchemes)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (!UriText.IsPlain(uri))
            return "A redirect URI must have only the characters of RFC 3986, 2048 at most.";
        if (colon < 0 || !IsScheme(uri[..colon]))
            return "A redirect URI must be absolute and begin with its scheme in lower case.";
        if (uri.Contains('#', StringComparison.Ordinal))
            return "A redirect URI must not have a fragment.";
        if (uri.Contains('*', StringComparison.Ordinal))
            return "A redirect URI must be complete: there are no wildcards.";
        if (QueryNames(uri).FirstOrDefault(responseNames.Contains) is { } reserved)
            return $"The query of a redirect URI must not have {reserved}, which the response adds.";
        return uri[..colon] switch
        {
            "https" => UriText.HasPlainAuthority(uri) ? null : "An https redirect URI needs a host, without user name.",
            "http" => UriText.IsLoopback(uri)
                ? null
                : "An http redirect URI is allowed on 127.0.0.1, [::1], localhost and names below localhost only.",
            var scheme when neverAllowed.Contains(scheme) => "This scheme is never allowed.",
            var scheme
                when !scheme.Contains('.', StringComparison.Ordinal) && !privateUseSchemes.Contains(scheme, StringComparer.Ordinal) =>
                "A private-use scheme must have a period, like com.example.app, or be listed by this server.",
            _ when type != ClientType.Public => "A private-use scheme is for public clients only.",
            _ => uri.Length > colon + 1 ? null : "A redirect URI needs more than its scheme.",
        };
    }

    /// <summary>
    /// The error of a stored redirect URI, independent of who registered it and where it is stored; null when it is valid. Whether a private-use
    /// scheme may be registered is not checked again.
    /// </summary>
    public static string? NeverAllowed(string uri) => Problem(uri, ClientType.Public, [uri.Split(':')[0]]);

    /// <summary>
    /// Whether a request's redirect URI is one of the registered: the same string, or for a public client the same loopback URI on
    /// another port (RFC 8252 §7.3).
    /// </summary>
    public static bool Matches(string sent, IReadOnlyList<string> registered, ClientType type)
    {
        if (registered.Contains(sent, StringComparer.Ordinal))
            return true;
        if (type != ClientType.Public || !UriText.TrySplitLoopback(sent, out var host, out var rest))
            return false;
        foreach (var uri in registered)
        {
            if (
                UriText.TrySplitLoopback(uri, out var registeredHost, out var registeredRest)
                && host == registeredHost
                && rest == registeredRest
            )
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a client receives an error at once, rather than by a link that a signed-in user follows. Client and redirect URI must be valid
    /// (RFC 6749 §4.1.2.1). A redirect to an app on the user's own device cannot be used as an open redirector, and the app waits for the answer
    /// (RFC 8252 §7). An https redirect gets the error at once only if the host vouches for the client (RFC 9700 §4.11.2).
    /// </summary>
    public static bool HearsErrorsAtOnce(Client client, string redirectUri) =>
        UriText.IsLoopback(redirectUri) || UriText.IsPrivateUse(redirectUri) || !client.IsSelfRegistered;

    private static bool IsScheme(string text) =>
        text.Length is > 0 and <= 100
        && char.IsAsciiLetterLower(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '+' or '-' or '.');

    private static IEnumerable<string> QueryNames(string uri) =>
        uri.Split('?', 2) is [_, var query] ? query.Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[0])) : [];
}
