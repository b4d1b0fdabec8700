using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// A hash that another server made of a secret (docs/decisions/012-secrets-of-other-servers.md): its name in dollars, then the base64 text
/// that the other server stored.
/// </summary>
internal sealed class ForeignHash
{
    public const string Pbkdf2 = "$pbkdf2$";
    public const string Sha256 = "$sha256$";
    public const string Sha512 = "$sha512$";

    /// <summary>The longest secret that is hashed, in bytes.</summary>
    public const int MaxSecretBytes = 256;

    // The format of ASP.NET Core Identity, version 3: a marker, then PRF, rounds and length of the salt in four bytes each, salt, key.
    private const int HeaderBytes = 13;
    private const byte FormatMarker = 0x01;

    // As slow as bcrypt at the highest work factor, at most.
    private const uint MaxRounds = 1_000_000;

    // Salts and keys of 128 bits to 512.
    private const int LeastBytes = 16;
    private const int MostBytes = 64;

    // The longest name, and base64 of the longest content.
    private const int MaxText = 8 + ((HeaderBytes + (2 * MostBytes) + 2) / 3 * 4);

    private readonly HashAlgorithmName algorithm;
    private readonly int rounds;
    private readonly byte[] salt;
    private readonly byte[] hash;

    private ForeignHash(HashAlgorithmName algorithm, int rounds, byte[] salt, byte[] hash) =>
        (this.algorithm, this.rounds, this.salt, this.hash) = (algorithm, rounds, salt, hash);

    /// <summary>Whether the whole secret is hashed.</summary>
    public static bool Fits(string secret) => secret.Length > 0 && Encoding.UTF8.GetByteCount(secret) <= MaxSecretBytes;

    /// <summary>The hash that a stored text holds; null when it holds none, or one that would take too long to compute.</summary>
    public static ForeignHash? TryParse(string text)
    {
        if (text.Length > MaxText)
            return null;
        return text.StartsWith(Pbkdf2, StringComparison.Ordinal) ? OfPbkdf2(Bytes(text, Pbkdf2))
            : text.StartsWith(Sha256, StringComparison.Ordinal)
                ? OfSha2(Bytes(text, Sha256), HashAlgorithmName.SHA256, SHA256.HashSizeInBytes)
            : text.StartsWith(Sha512, StringComparison.Ordinal)
                ? OfSha2(Bytes(text, Sha512), HashAlgorithmName.SHA512, SHA512.HashSizeInBytes)
            : null;
    }

    /// <summary>Whether this is the hash of the secret, compared in fixed time.</summary>
    public bool Verify(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var computed =
            rounds == 0
                ? CryptographicOperations.HashData(algorithm, bytes)
                : Rfc2898DeriveBytes.Pbkdf2(bytes, salt, rounds, algorithm, hash.Length);
        return CryptographicOperations.FixedTimeEquals(computed, hash);
    }

    private static ForeignHash? OfSha2(byte[] hash, HashAlgorithmName algorithm, int length) =>
        hash.Length == length ? new(algorithm, 0, [], hash) : null;

    private static ForeignHash? OfPbkdf2(byte[] stored)
    {
        if (stored.Length < HeaderBytes || stored[0] != FormatMarker)
            return null;
        var numbers = stored.AsSpan(1);
        HashAlgorithmName? prf = BinaryPrimitives.ReadUInt32BigEndian(numbers) switch
        {
            1 => HashAlgorithmName.SHA256,
            2 => HashAlgorithmName.SHA512,
            _ => null,
        };
        var rounds = BinaryPrimitives.ReadUInt32BigEndian(numbers[4..]);
        var saltLength = BinaryPrimitives.ReadUInt32BigEndian(numbers[8..]);
        if (prf is not { } algorithm || rounds is 0 or > MaxRounds || saltLength is < LeastBytes or > MostBytes)
            return null;
        var rest = stored.AsSpan(HeaderBytes);
        return rest.Length - (int)saltLength is >= LeastBytes and <= MostBytes
            ? new(algorithm, (int)rounds, rest[..(int)saltLength].ToArray(), rest[(int)saltLength..].ToArray())
            : null;
    }

    // Nothing when the text is not base64 with its padding, without white space.
    private static byte[] Bytes(string text, string prefix)
    {
        var encoded = text.AsSpan(prefix.Length);
        var bytes = new byte[encoded.Length];
        return !encoded.ContainsAny(" \t\r\n") && Convert.TryFromBase64Chars(encoded, bytes, out var length) ? bytes[..length] : [];
    }
}
