using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>The keys of access tokens at one moment: those that sign and are published, those that encrypt opaque tokens and are not.</summary>
internal sealed class KeyRing(DateTimeOffset readAt, IReadOnlyList<SigningKey> signing, IReadOnlyList<EncryptionKey> encryption)
{
    /// <summary>When the store was read.</summary>
    public DateTimeOffset ReadAt { get; } = readAt;

    public IReadOnlyList<SigningKey> Signing { get; } = signing;

    public IReadOnlyList<EncryptionKey> Encryption { get; } = encryption;

    /// <summary>Every key that verifies, also those that do not sign yet or any more.</summary>
    public IReadOnlyList<SecurityKey> Verification { get; } = [.. signing.Select(k => k.Credentials.Key)];

    public IReadOnlyList<SecurityKey> Decryption { get; } = [.. encryption.Select(k => k.Credentials.Key)];

    /// <summary>The public keys, for the key set document.</summary>
    public IReadOnlyList<PublishedKey> Published { get; } = [.. signing.Select(k => k.Published)];

    /// <summary>Keys in the store that this node cannot unprotect: other nodes sign with them, and it refuses what they sign.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    public bool Knows(string? kid) => Verification.Concat(Decryption).Any(k => k.KeyId == kid);
}

/// <summary>A P-256 key that signs access tokens with ES256; its id is its thumbprint (RFC 7638).</summary>
internal sealed record SigningKey(string Id, DateTimeOffset ActiveFrom, SigningCredentials Credentials, PublishedKey Published) : IServerKey
{
    public const string Kind = "signing";

    /// <summary>A new private key (PKCS #8).</summary>
    public static byte[] NewMaterial()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    public static SigningKey Read(string id, DateTimeOffset activeFrom, byte[] material)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(material, out _);
        var key = new ECDsaSecurityKey(ecdsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return new(
            id,
            activeFrom,
            new(key, SecurityAlgorithms.EcdsaSha256),
            new(
                "EC",
                "sig",
                SecurityAlgorithms.EcdsaSha256,
                key.KeyId,
                "P-256",
                Base64UrlEncoder.Encode(point.X),
                Base64UrlEncoder.Encode(point.Y)
            )
        );
    }
}

/// <summary>A 512-bit key that encrypts opaque access tokens with A256CBC-HS512, used directly (RFC 7518 §4.5). Its id is random.</summary>
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

/// <summary>One key of the key set (RFC 7517 §4): public members only.</summary>
internal sealed record PublishedKey(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);
