using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>
/// Nonces for proofs (RFC 9449 §8), made without storage: the keyed hash of a step of time. The key is derived from the encryption key of
/// access tokens, which all nodes share, so that each node accepts the nonces of the others.
/// </summary>
internal sealed class DpopNonces(TokenKeys keys)
{
    /// <summary>How long a nonce is the present one. It is accepted for as long again.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(3);

    private const int NonceBytes = 16;

    /// <summary>The nonce to send.</summary>
    public async ValueTask<string> CurrentAsync(DateTimeOffset now, CancellationToken ct) => Of(await keys.CurrentAsync(ct), StepOf(now));

    /// <summary>The nonces that are accepted: the present one and the one before.</summary>
    public async ValueTask<IReadOnlyList<string>> AcceptedAsync(DateTimeOffset now, CancellationToken ct)
    {
        var ring = await keys.CurrentAsync(ct);
        return [Of(ring, StepOf(now)), Of(ring, StepOf(now) - 1)];
    }

    private static long StepOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    // By the key that was active when the step began: it is the same at every node.
    private static string Of(KeyRing ring, long step)
    {
        var begin = DateTimeOffset.FromUnixTimeSeconds(step * (long)Step.TotalSeconds);
        var shared = (SymmetricSecurityKey)KeyRotation.ActiveAt(ring.Encryption, begin).Credentials.Key;
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared.Key, key, salt: [], info: "HQ.OAuth2 DPoP nonce"u8);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, step);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, number, hash);
        return Base64Url.EncodeToString(hash[..NonceBytes]);
    }
}
