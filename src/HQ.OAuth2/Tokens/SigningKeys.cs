using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>The keys of access tokens: one that signs and is published, one that encrypts opaque tokens and is not. Made at start.</summary>
internal sealed class SigningKeys : IDisposable
{
    private readonly ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SigningKeys()
    {
        var key = new ECDsaSecurityKey(ecdsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        Signing = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
        Verification = [key];

        var secret = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64))
        {
            KeyId = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16)),
        };
        Encryption = new EncryptingCredentials(secret, JwtConstants.DirectKeyUseAlg, SecurityAlgorithms.Aes256CbcHmacSha512);
        Decryption = [secret];

        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Published =
        [
            new(
                "EC",
                "sig",
                SecurityAlgorithms.EcdsaSha256,
                key.KeyId,
                "P-256",
                Base64UrlEncoder.Encode(point.X),
                Base64UrlEncoder.Encode(point.Y)
            ),
        ];
    }

    public SigningCredentials Signing { get; }

    public IReadOnlyList<SecurityKey> Verification { get; }

    public EncryptingCredentials Encryption { get; }

    public IReadOnlyList<SecurityKey> Decryption { get; }

    /// <summary>The public keys, for the key set document.</summary>
    public IReadOnlyList<PublishedKey> Published { get; }

    public void Dispose() => ecdsa.Dispose();

    private static class JwtConstants
    {
        public const string DirectKeyUseAlg = "dir";
    }
}

/// <summary>One key of the key set (RFC 7517 §4): public members only.</summary>
internal sealed record PublishedKey(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);
