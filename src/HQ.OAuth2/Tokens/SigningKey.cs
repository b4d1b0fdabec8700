using System.Formats.Asn1;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>
/// A key that signs access tokens: P-256 with ES256, or RSA with RS256 (RFC 9068 §2.1). Its key id is its thumbprint (RFC 7638). The
/// material says which kind it is, so that keys of both kinds can exist when the algorithm is changed.
/// </summary>
internal sealed record SigningKey(string Id, DateTimeOffset ActiveFrom, SigningCredentials Credentials, PublishedKey Published) : IServerKey
{
    public const string Kind = "signing";

    /// <summary>The algorithms that may sign our tokens.</summary>
    public static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];

    private const int RsaBits = 2048;
    private const string RsaOid = "1.2.840.113549.1.1.1";

    /// <summary>A new private key (PKCS #8).</summary>
    public static byte[] NewMaterial(SigningAlgorithm algorithm)
    {
        using AsymmetricAlgorithm key =
            algorithm == SigningAlgorithm.RS256 ? RSA.Create(RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    public static SigningKey Read(string id, DateTimeOffset activeFrom, byte[] material) =>
        Algorithm(material) == RsaOid ? ReadRsa(id, activeFrom, material) : ReadEcdsa(id, activeFrom, material);

    // The members of a private key are version, algorithm and key (RFC 5208 §5).
    private static string Algorithm(byte[] material)
    {
        try
        {
            var info = new AsnReader(material, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("A signing key is no PKCS #8 private key.", e);
        }
    }

    private static SigningKey ReadRsa(string id, DateTimeOffset activeFrom, byte[] material)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(material, out _);
        var key = new RsaSecurityKey(rsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return new(
            id,
            activeFrom,
            new(key, SecurityAlgorithms.RsaSha256),
            new("RSA", "sig", SecurityAlgorithms.RsaSha256, key.KeyId)
            {
                N = Base64UrlEncoder.Encode(parameters.Modulus),
                E = Base64UrlEncoder.Encode(parameters.Exponent),
            }
        );
    }

    private static SigningKey ReadEcdsa(string id, DateTimeOffset activeFrom, byte[] material)
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
            new("EC", "sig", SecurityAlgorithms.EcdsaSha256, key.KeyId)
            {
                Crv = "P-256",
                X = Base64UrlEncoder.Encode(point.X),
                Y = Base64UrlEncoder.Encode(point.Y),
            }
        );
    }
}
