using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// The public keys of another server, which are published beside ours (<c>publishedKeys</c>): APIs that verify by our key set then accept the
/// tokens that the other server signed under this issuer. This server itself does not verify by them.
/// </summary>
internal sealed class OtherServerKeys(ServerSettings settings)
{
    // RFC 7518 §6.2.2, §6.3.2, §6.4: the members of private and of shared keys.
    private static readonly string[] privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private static readonly string[] rsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;
    private const int MaxKeys = 20;

    /// <summary>The keys; empty when there are none.</summary>
    public IReadOnlyList<PublishedKey> All { get; } =
        TryRead(settings.Options.PublishedKeys, out var keys, out var problem) ? keys : throw new InvalidOperationException(problem);

    /// <summary>The error of a key set document and what to write instead; null when every key can be published. No part of a key is repeated.</summary>
    public static string? Problem(string? document) => TryRead(document, out _, out var problem) ? null : problem;

    private static bool TryRead(string? document, out IReadOnlyList<PublishedKey> keys, out string? problem)
    {
        (keys, problem) = ([], null);
        if (string.IsNullOrEmpty(document))
            return true;
        try
        {
            using var json = JsonDocument.Parse(document);
            if (
                json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("keys", out var list)
                || list.ValueKind != JsonValueKind.Array
            )
                problem = "has no list keys: write a JWK set, {\"keys\":[...]}, as the jwks_uri of the other server answers";
            else
                problem = Read(list, out keys);
        }
        catch (JsonException)
        {
            problem = "is no JSON: write a JWK set, {\"keys\":[...]}, as the jwks_uri of the other server answers";
        }

        return problem is null;
    }

    private static string? Read(JsonElement list, out IReadOnlyList<PublishedKey> keys)
    {
        var read = new List<PublishedKey>();
        keys = read;
        if (list.GetArrayLength() > MaxKeys)
            return $"has more than {MaxKeys} keys: keep those of tokens that are still valid";
        foreach (var (i, json) in list.EnumerateArray().Index())
        {
            var kid = Text(json, "kid");
            if (Problem(json, kid) is { } problem)
                return $"has in its key {(kid is null ? $"number {i + 1}" : $"'{OAuthError.Clean(kid)}'")} {problem}";
            if (read.Exists(k => k.Kid == kid))
                return $"has two keys '{OAuthError.Clean(kid!)}': keep one";
            read.Add(
                new(Text(json, "kty")!, "sig", Text(json, "alg")!, kid!)
                {
                    Crv = Text(json, "crv"),
                    X = Text(json, "x"),
                    Y = Text(json, "y"),
                    N = Text(json, "n"),
                    E = Text(json, "e"),
                }
            );
        }

        return null;
    }

    private static string? Problem(JsonElement key, string? kid) =>
        key.ValueKind != JsonValueKind.Object ? "no object: write a JWK"
        : Array.Find(privateMembers, m => key.TryGetProperty(m, out _)) is { } secret
            ? $"the member {secret}, which belongs to a private key: replace that key, since it was written down, and paste the public one"
        : string.IsNullOrEmpty(kid) ? "no kid: add the one that the header of the tokens names"
        : key.TryGetProperty("use", out var use) && !use.ValueEquals("sig") ? "another use than sig: remove that key"
        : Text(key, "kty") switch
        {
            "RSA" => RsaProblem(key),
            "EC" => EcProblem(key),
            _ => "a kty that is neither RSA nor EC: remove that key",
        };

    private static string? RsaProblem(JsonElement key)
    {
        if (!rsaAlgorithms.Contains(Text(key, "alg")))
            return $"no alg of {string.Join(", ", rsaAlgorithms)}: add the one that the header of the tokens names";
        if (Bytes(key, "n") is not { } n || Bytes(key, "e") is not { } e)
            return "no n and e in base64url: paste the key as the other server publishes it";
        try
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = n, Exponent = e });
            return rsa.KeySize is >= MinRsaBits and <= MaxRsaBits
                ? null
                : $"{rsa.KeySize} bits: {MinRsaBits} to {MaxRsaBits} are accepted, so wait until the tokens of that key have ended";
        }
        catch (CryptographicException)
        {
            return "an n and e that are no RSA key: paste the key as the other server publishes it";
        }
    }

    private static string? EcProblem(JsonElement key)
    {
        (string Alg, ECCurve Curve)? kind = Text(key, "crv") switch
        {
            "P-256" => ("ES256", ECCurve.NamedCurves.nistP256),
            "P-384" => ("ES384", ECCurve.NamedCurves.nistP384),
            "P-521" => ("ES512", ECCurve.NamedCurves.nistP521),
            _ => null,
        };
        if (kind is not var (alg, curve))
            return "a crv that is none of P-256, P-384, P-521: remove that key";
        if (Text(key, "alg") != alg)
            return $"not the alg {alg}, which its crv has: write it";
        if (Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y)
            return "no x and y in base64url: paste the key as the other server publishes it";
        try
        {
            using var ecdsa = ECDsa.Create(
                new ECParameters
                {
                    Curve = curve,
                    Q = new() { X = x, Y = y },
                }
            );
            return null;
        }
        catch (CryptographicException)
        {
            return "an x and y that are no point of its curve: paste the key as the other server publishes it";
        }
    }

    private static string? Text(JsonElement key, string member) =>
        key.ValueKind == JsonValueKind.Object && key.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static byte[]? Bytes(JsonElement key, string member) =>
        Text(key, member) is { Length: > 0 } text && Base64Url.IsValid(text) && !text.Any(c => c == '=' || char.IsWhiteSpace(c))
            ? Base64Url.DecodeFromChars(text)
            : null;
}
