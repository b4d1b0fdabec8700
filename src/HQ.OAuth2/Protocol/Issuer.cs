using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>
/// The issuer identifier and the addresses below it. They follow from the configuration only, never from a request (RFC 8414 §6.2).
/// </summary>
internal sealed record Issuer
{
    private Issuer(string value, string origin, string path) => (Value, Origin, Path) = (value, origin, path);

    /// <summary>The configured string, verbatim.</summary>
    public string Value { get; }

    /// <summary>Scheme, host and port as configured, without a slash at the end.</summary>
    public string Origin { get; }

    /// <summary>The issuer's own path, empty or beginning with a slash.</summary>
    public string Path { get; }

    public string AuthorizePath => Path + "/oauth2/authorize";
    public string TokenPath => Path + "/oauth2/token";
    public string RegisterPath => Path + "/oauth2/register";
    public string IntrospectPath => Path + "/oauth2/introspect";
    public string RevokePath => Path + "/oauth2/revoke";
    public string JwksPath => Path + "/oauth2/jwks";
    public string PushedAuthorizationPath => Path + "/oauth2/par";
    public string DeviceAuthorizationPath => Path + "/oauth2/device_authorization";
    public string DevicePath => Path + "/oauth2/device";
    public string ConnectedAppsPath => Path + "/oauth2/connected-apps";
    public string PersonalTokenPath => ConnectedAppsPath + "/new-token";
    public string PersonalTokensPath => Path + "/api/v0/users/me/oauth2/personal-access-tokens";
    public string AuthorizationsPath => Path + "/api/v0/users/me/oauth2/authorizations";
    public string ManagementPath => Path + "/api/v0/oauth2";

    /// <summary>The well-known part stands between the host and the issuer's path (RFC 8414 §3.1).</summary>
    public string MetadataPath => RootMetadataPath + Path;

    /// <summary>The place of the metadata of an issuer without a path.</summary>
    public const string RootMetadataPath = "/.well-known/oauth-authorization-server";

    public string Url(string path) => Origin + path;

    /// <summary>
    /// The ways to divide the issuer's path in two: the part that a host keeps in PathBase, or that a proxy removes, and the part that the
    /// app still sees. For /a/b: nothing and /a/b, /a and /b, /a/b and nothing.
    /// </summary>
    public IEnumerable<(string Before, string Seen)> Splits
    {
        get
        {
            yield return ("", Path);
            for (var i = 1; i <= Path.Length; i++)
            {
                if (i == Path.Length || Path[i] == '/')
                    yield return (Path[..i], Path[i..]);
            }
        }
    }

    /// <summary>The paths by which an app may see an address below the issuer, the whole path first.</summary>
    public IEnumerable<string> Forms(string path) => Splits.Select(s => s.Seen + path[Path.Length..]);

    /// <summary>Reads an issuer identifier, or says in a sentence what is wrong with it (RFC 8414 §2).</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Issuer? issuer, [NotNullWhen(false)] out string? problem)
    {
        issuer = null;
        problem =
            string.IsNullOrEmpty(text) ? "is missing: set it to this server's public address, for instance https://auth.example.com"
            : !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0
                ? "is no absolute https URL: write scheme and host, for instance https://auth.example.com"
            : text.Contains('?', StringComparison.Ordinal) ? "has a query: remove everything from the question mark on"
            : text.Contains('#', StringComparison.Ordinal) ? "has a fragment: remove everything from the # on"
            : text.EndsWith('/') ? "ends with a slash, which clients compare to the letter: remove it"
            : uri.UserInfo.Length > 0 ? "has a user name: remove everything up to the @"
            : uri.Scheme == "http" && !LoopbackHost.Is(uri.Host) ? "uses http, which is for loopback only: use https"
            : !UriText.IsPlain(text) ? "has characters that no URL has: write it in ASCII, an international name as xn--"
            : text != uri.AbsoluteUri.TrimEnd('/')
                ? $"is not in its plain form: write {uri.AbsoluteUri.TrimEnd('/')}, in lower case and without a default port"
            : !uri.AbsolutePath.Split('/').All(IsPlainSegment)
                ? "has a path with characters other than letters, digits and -._~: choose a plain path"
            : null;
        if (problem is not null)
            return false;
        var start = text!.IndexOf('/', text.IndexOf("://", StringComparison.Ordinal) + 3);
        issuer = start < 0 ? new(text, text, "") : new(text, text[..start], text[start..]);
        return true;
    }

    private static bool IsPlainSegment(string segment) => segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~');
}
