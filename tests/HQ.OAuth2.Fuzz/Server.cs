using System.Security.Cryptography;
using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Fuzz;

/// <summary>What the targets need of a server: settings, a clock that stands still, and keys that are the same in every run.</summary>
internal static class Server
{
    public const string Issuer = "https://auth.example.com";

    public static TestClock Clock { get; } = new();

    public static DateTimeOffset Now => TestClock.Start;

    public static ServerSettings Settings { get; } = new(Options());

    public static ClientPolicies Policies { get; } =
        new(Settings, () => ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]);

    public static Client Client(string id, ClientType type) =>
        new()
        {
            ClientId = id,
            Type = type,
            TokenEndpointAuthMethod = type == ClientType.Public ? "none" : "client_secret_basic",
        };

    /// <summary>A key that is derived from a name, so that a signed text of the corpus stays good.</summary>
    public static ECDsa Key(string name) =>
        ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData(Encoding.UTF8.GetBytes(name)) });

    /// <summary>
    /// An input as a compact JWT. A text that begins with a brace is the header and, in a later line, the payload: it is signed here, so that what
    /// stands behind the signature is reached. Any other text is the JWT itself.
    /// </summary>
    public static string Jwt(string input, ECDsa key)
    {
        if (!input.StartsWith('{'))
            return input;
        var parts = input.Split('\n', 2);
        var data = string.Join('.', parts.Select(p => Reference.Encode(Encoding.Latin1.GetBytes(p))));
        return $"{data}.{Reference.Encode(key.SignData(Encoding.ASCII.GetBytes(data), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Whether a text is a compact JWT in one spelling, signed by this key (RFC 7515 §5.2), found without the server.</summary>
    public static bool IsSigned(string jwt, ECDsa key) =>
        jwt.Split('.') is [var header, var payload, var signature]
        && new[] { header, payload }.All(p => p.Length > 0 && Reference.Base64Url(p) is not null)
        && Reference.Base64Url(signature) is { Length: 64 } bytes
        && key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{payload}"), bytes, HashAlgorithmName.SHA256);

    /// <summary>The same text with one character changed, at a place that follows from the text.</summary>
    public static string Changed(string text, int salt)
    {
        var at = (text.Length * 7 + salt * 31) % text.Length;
        return text[..at] + (text[at] == 'A' ? 'Q' : 'A') + text[(at + 1)..];
    }

    private static HqOAuth2Options Options()
    {
        var options = new HqOAuth2Options
        {
            Enabled = true,
            IssuerURL = Issuer,
            Dcr = true,
            ClientIdMetadataDocuments = true,
        };
        options.Scopes.Add(new() { Name = "read", Default = true });
        options.Scopes.Add(new() { Name = "write" });
        options.Scopes.Add(new() { Name = "delete", Destructive = true });
        return options;
    }
}
