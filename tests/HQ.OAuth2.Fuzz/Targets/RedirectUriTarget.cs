namespace HQ.OAuth2.Fuzz;

/// <summary>
/// Redirect URIs: which may be registered, and which registered one a request names (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1). An input is
/// lines: the URI that was sent, then those that are registered.
/// </summary>
internal static class RedirectUriTarget
{
    private static readonly string[] listed = ["vscode", "cursor"];

    private static readonly string[] never =
    [
        .. "javascript data file blob about vbscript filesystem view-source jar ws wss ftp http https mailto tel".Split(' '),
    ];

    private static readonly string[] answers = ["code", "state", "iss", "error", "error_description", "error_uri"];

    public static bool RedirectUri(byte[] input)
    {
        var lines = Reference.Text(input).Split('\n').Take(20).ToArray();
        var (sent, registered) = (lines[0], lines[1..]);
        var isAccepted = false;
        foreach (var type in new[] { ClientType.Public, ClientType.Confidential })
        {
            foreach (var uri in lines)
            {
                var problem = RedirectUris.Problem(uri, type, listed);
                Rule.Holds(problem is not null || IsSafe(uri, type, listed), $"A URI is registered that must not be: {uri}");
                Rule.Holds(problem is null || !IsPlainGood(uri, type), $"A good URI is refused: {uri}: {problem}");
                isAccepted |= problem is null;
            }

            // RFC 9700 §2.1: exact match, but for the port of an http URI of this machine for a native app (RFC 8252 §7.3).
            var matches = RedirectUris.Matches(sent, registered, type);
            var reference = registered.Any(r =>
                string.Equals(r, sent, StringComparison.Ordinal) || (type == ClientType.Public && IsOnAnotherPort(r, sent))
            );
            Rule.Agrees(matches, reference, $"Whether {sent} is registered for a {type} client");
            if (matches && registered.All(r => RedirectUris.Problem(r, type, listed) is null))
                Rule.Holds(IsSafe(sent, type, listed), $"A URI goes to a place that may not be registered: {sent}");
        }

        return isAccepted;
    }

    /// <summary>Whether a URI of a client may be in an answer: what every accepted one satisfies.</summary>
    public static bool IsSafe(string uri, ClientType type, IEnumerable<string> schemes)
    {
        if (Reference.AbsoluteUri().Match(uri) is not { Success: true } parts || uri.Length > 2048)
            return false;
        var (scheme, query) = (parts.Groups["scheme"].Value, uri.IndexOf('?') is >= 0 and var at ? uri[(at + 1)..] : "");
        if (query.Split('&').Select(p => Uri.UnescapeDataString(p.Split('=')[0])).Any(answers.Contains))
            return false;
        if (scheme == "http")
            return Reference.Loopback(uri) is not null && HostsAgree(uri);
        if (scheme == "https")
            return HostsAgree(uri);
        return type == ClientType.Public
            && !never.Contains(scheme)
            && (scheme.Contains('.') || schemes.Contains(scheme))
            && parts.Groups["rest"].Length > 0;
    }

    // A text search finds the host that the URI class finds, and nothing stands before it.
    private static bool HostsAgree(string uri)
    {
        var authority = uri[(uri.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/', '?')[0];
        return authority.Length > 0
            && !authority.Contains('@')
            && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
            && parsed.UserInfo.Length == 0
            && parsed.Scheme == uri.Split(':')[0]
            && (authority.StartsWith('[') || HostOf(authority).Equals(parsed.Host, StringComparison.OrdinalIgnoreCase))
            && (!authority.StartsWith('[') || parsed.HostNameType == UriHostNameType.IPv6);
    }

    private static string HostOf(string authority) => authority.Split(':')[0];

    // The plain kinds, which must never be refused.
    private static bool IsPlainGood(string uri, ClientType type) =>
        IsSafe(uri, type, listed)
        && System.Text.RegularExpressions.Regex.IsMatch(
            uri,
            @"\A(https://[a-z]{1,20}(\.[a-z]{1,20}){0,5}(:[1-9][0-9]{0,3})?|http://127\.0\.0\.1(:[1-9][0-9]{0,3})?|com\.[a-z]{1,20}:)/[A-Za-z0-9/._~\-]*\z"
        );

    private static bool IsOnAnotherPort(string registered, string sent) =>
        Reference.Loopback(registered) is { } one && Reference.Loopback(sent) is { } other && one == other;
}
