using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>Proof Key for Code Exchange, S256 only (RFC 7636).</summary>
internal static class Pkce
{
    public const string Method = "S256";

    /// <summary>§4.2: base64url of a SHA-256 digest has 43 characters and no padding.</summary>
    public static bool IsChallenge(string text) => text.Length == 43 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>§4.1: 43 to 128 unreserved characters.</summary>
    public static bool IsVerifier(string text) =>
        text.Length is >= 43 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~');

    /// <summary>§4.6: BASE64URL(SHA256(verifier)) equals the challenge.</summary>
    public static bool Matches(string verifier, string challenge) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Challenge(verifier)), Encoding.ASCII.GetBytes(challenge));

    public static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
