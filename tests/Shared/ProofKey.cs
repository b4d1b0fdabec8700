using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HQ.OAuth2.Tests;

/// <summary>A key pair of a test's own: its public key as a JWK, and JWTs signed by it.</summary>
internal sealed class ProofKey
{
    private readonly ECDsa? ec;
    private readonly RSA? rsa;

    private ProofKey(string algorithm, string? kid, ECDsa? ec, RSA? rsa)
    {
        (Algorithm, Kid, this.ec, this.rsa) = (algorithm, kid, ec, rsa);
        if (ec is not null)
        {
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            Jwk = new()
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = Encode(point.X!),
                ["y"] = Encode(point.Y!),
            };
        }
        else
        {
            var parameters = rsa!.ExportParameters(includePrivateParameters: false);
            Jwk = new()
            {
                ["kty"] = "RSA",
                ["n"] = Encode(parameters.Modulus!),
                ["e"] = Encode(parameters.Exponent!),
            };
        }

        if (kid is not null)
            Jwk["kid"] = kid;
    }

    public string Algorithm { get; }

    public string? Kid { get; }

    /// <summary>The public key.</summary>
    public JsonObject Jwk { get; }

    /// <summary>The private key of an EC pair, for a client of another language.</summary>
    public JsonObject PrivateJwk()
    {
        var key = Jwk.DeepClone().AsObject();
        key["d"] = Encode(ec!.ExportParameters(includePrivateParameters: true).D!);
        return key;
    }

    /// <summary>A new key for <c>ES256</c>, <c>RS256</c> or <c>PS256</c>.</summary>
    public static ProofKey New(string algorithm = "ES256", string? kid = "k1", int rsaBits = 2048) =>
        algorithm == "ES256"
            ? new(algorithm, kid, ECDsa.Create(ECCurve.NamedCurves.nistP256), null)
            : new(algorithm, kid, null, RSA.Create(rsaBits));

    /// <summary>A key set of public keys.</summary>
    public static string Set(params ProofKey[] keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.Jwk.DeepClone())]) }.ToJsonString();

    /// <summary>A JWT with these claims; its header has <c>alg</c>, <c>kid</c> and <c>typ</c> unless the caller changes it.</summary>
    public string Sign(JsonObject claims, string? type = null, Action<JsonObject>? header = null)
    {
        var members = new JsonObject { ["alg"] = Algorithm };
        if (Kid is not null)
            members["kid"] = Kid;
        if (type is not null)
            members["typ"] = type;
        header?.Invoke(members);
        return SignText(members.ToJsonString(), claims.ToJsonString());
    }

    /// <summary>A JWT of these two texts, whatever they are.</summary>
    public string SignText(string header, string payload)
    {
        var data = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        var bytes = Encoding.ASCII.GetBytes(data);
        var signature =
            ec?.SignData(bytes, HashAlgorithmName.SHA256)
            ?? rsa!.SignData(bytes, HashAlgorithmName.SHA256, Algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        return $"{data}.{Encode(signature)}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
