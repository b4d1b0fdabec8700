using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>A 512-bit key that encrypts opaque access tokens with A256CBC-HS512, used directly (RFC 7518 §4.5). Its key id is random.</summary>
internal sealed record EncryptionKey(string Id, DateTimeOffset ActiveFrom, EncryptingCredentials Credentials) : IServerKey
{
    public const string Kind = "encryption";

    /// <summary>Direct use of a shared key (RFC 7518 §4.5).</summary>
    public const string KeyManagement = "dir";

    public const string ContentEncryption = SecurityAlgorithms.Aes256CbcHmacSha512;

    private const int KidBytes = 16;
    private const int KeyBytes = 64;

    /// <summary>A new key id and key.</summary>
    public static byte[] NewMaterial() => RandomNumberGenerator.GetBytes(KidBytes + KeyBytes);

    public static EncryptionKey Read(string id, DateTimeOffset activeFrom, byte[] material)
    {
        if (material.Length != KidBytes + KeyBytes)
            throw new CryptographicException("An encryption key has the wrong length.");
        var key = new SymmetricSecurityKey(material[KidBytes..]) { KeyId = Base64UrlEncoder.Encode(material[..KidBytes]) };
        return new(id, activeFrom, new(key, KeyManagement, ContentEncryption));
    }
}
