using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// A refresh token: <c>hqr_{id}.{turn}.{family}{secret}</c> and a checksum, 131 characters at turn 1. The family never changes along a
/// chain; the secret changes with each turn, and the turn is counted.
/// </summary>
internal readonly record struct RefreshToken(string Id, int Turn, byte[] Family, byte[] Secret)
{
    public const string Prefix = "hqr_";

    private const int EncodedSecretLength = 43;

    /// <summary>The first token of a chain.</summary>
    public static RefreshToken New(string id) => new(id, 1, IssuedText.NewSecret(), IssuedText.NewSecret());

    public static bool TryParse(string? text, out RefreshToken token)
    {
        token = default;
        if (!IssuedText.TryOpen(text, Prefix, out var body))
            return false;
        Span<Range> parts = stackalloc Range[4];
        if (body.Split(parts, '.') != 3)
            return false;
        var id = body[parts[0]].ToString();
        var turnText = body[parts[1]];
        var secrets = body[parts[2]];
        if (
            !OAuthAuthorization.IsId(id)
            || !int.TryParse(turnText, NumberStyles.None, CultureInfo.InvariantCulture, out var turn)
            || turn < 1
            || turnText[0] == '0'
            || secrets.Length != 2 * EncodedSecretLength
            || !IssuedText.TryReadSecret(secrets[..EncodedSecretLength], out var family)
            || !IssuedText.TryReadSecret(secrets[EncodedSecretLength..], out var secret)
        )
            return false;
        token = new(id, turn, family, secret);
        return true;
    }

    /// <summary>
    /// The next token of the chain. It is derived from this one's secret and a salt that the row keeps: a holder of this token can be given
    /// the same successor again, and a stolen database gives no token.
    /// </summary>
    public RefreshToken Next(ReadOnlySpan<byte> salt)
    {
        var next = new byte[32];
        // The secret is uniformly random already, so nothing needs to be extracted from it first (RFC 5869 §3.3).
        HKDF.Expand(HashAlgorithmName.SHA256, Secret, next, [.. salt, .. Encoding.ASCII.GetBytes($"hq.oauth2 refresh {Id} {Turn + 1}")]);
        return this with { Turn = Turn + 1, Secret = next };
    }

    /// <summary>The wire form. It is not ToString, so that no log gets it by accident.</summary>
    public string ToWire() =>
        IssuedText.Seal(
            $"{Prefix}{Id}.{Turn.ToString(CultureInfo.InvariantCulture)}.{Base64Url.EncodeToString(Family)}{Base64Url.EncodeToString(Secret)}"
        );

    public override string ToString() => $"refresh token {Turn} of {Id}";
}
