using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// The names under which this process remembers secrets that were right: a hash that starts with a key of the process, so that what is
/// remembered is worth nothing elsewhere. The hash is never given out, which is why it needs no HMAC.
/// </summary>
internal sealed class KeyedHash
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public string Of(string secret)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(key.Length + Encoding.UTF8.GetMaxByteCount(secret.Length));
        var length = 0;
        try
        {
            key.CopyTo(buffer, 0);
            length = key.Length + Encoding.UTF8.GetBytes(secret, buffer.AsSpan(key.Length));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length), hash);
            return Convert.ToBase64String(hash);
        }
        finally
        {
            // It held the secret.
            buffer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
