using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// The text of values we issue (codes, refresh tokens, client secrets): a prefix, a body, and a checksum of six characters,
/// so that garbage and truncated copies are refused before anything is read or hashed. The alphabet is <c>[A-Za-z0-9._-]</c>,
/// which needs no escaping anywhere (RFC 6749 Appendix A).
/// </summary>
internal static class IssuedText
{
    private const int ChecksumLength = 6;

    /// <summary>256 random bits (RFC 6749 §10.10).</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>The stored form of a secret: its hash.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <summary>Compares a presented secret with the stored hash, in fixed time.</summary>
    public static bool Matches(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash)
    {
        Span<byte> computed = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, computed);
        return CryptographicOperations.FixedTimeEquals(computed, hash);
    }

    public static string Seal(string text) => text + Checksum(text);

    /// <summary>The body of a value with this prefix; false when the prefix or the checksum is wrong.</summary>
    public static bool TryOpen(string? text, string prefix, out ReadOnlySpan<char> body)
    {
        body = default;
        if (
            text is null
            || text.Length <= prefix.Length + ChecksumLength
            || text.Length > 512
            || !text.StartsWith(prefix, StringComparison.Ordinal)
        )
            return false;
        var unsealed = text.AsSpan(0, text.Length - ChecksumLength);
        body = unsealed[prefix.Length..];
        return !unsealed.ContainsAnyExceptInRange('!', '~') && text.AsSpan(unsealed.Length).SequenceEqual(Checksum(unsealed));
    }

    /// <summary>Reads a secret of 256 bits; false when the text is no secret, or is spelled differently from the issued text.</summary>
    public static bool TryReadSecret(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? secret)
    {
        secret = text.Length == 43 ? Base64UrlText.Decode(text) : null;
        return secret is not null;
    }

    private static string Checksum(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[512];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)], hash);
        return Base64Url.EncodeToString(hash[..4]);
    }
}
