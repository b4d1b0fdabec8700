using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2.Fuzz;

/// <summary>Key sets that a client brings (RFC 7517 §5).</summary>
internal static class JwksTarget
{
    private static readonly string[] secrets = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static bool Jwks(byte[] input)
    {
        var accepted = JwkSet.TryRead(input, out var set, out _);
        if (!accepted)
            return false;
        using var json = JsonDocument.Parse(input);
        var list = json.RootElement.GetProperty("keys").EnumerateArray().ToList();
        Rule.Holds(list.Count <= 50 && set!.Keys.Count <= list.Count, "A set has no more keys than it was given.");

        // §9.3: no private and no symmetric key is taken.
        Rule.Holds(
            !list.Any(k => k.ValueKind == JsonValueKind.Object && secrets.Any(s => k.TryGetProperty(s, out _))),
            "A set with a private key is refused."
        );
        foreach (var key in set!.Keys)
            Check(key);

        // Written and read again it is the same, and holds nothing that is not public.
        var written = set.ToJson();
        Rule.Holds(JwkSet.TryRead(written, out var again, out _) || set.Keys.Count == 0, "A set that was written is read.");
        Rule.ListsAgree(
            again!.Keys.Select(k => k.Thumbprint()),
            set.Keys.Select(k => k.Thumbprint()),
            "The keys of a set that was written"
        );
        Rule.Agrees(again.ToJson(), written, "A set that was written twice");
        return set.Keys.Count > 0;
    }

    // The platform imports the key from its members, and the thumbprint is that of RFC 7638 §3.1.
    private static void Check(PublicJwk key)
    {
        string[] members;
        if (key.Kty == "RSA")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key.N), Exponent = Bytes(key.E) });
            Rule.Holds(rsa.KeySize is >= 2048 and <= 8192, "An RSA key has 2048 to 8192 bits (RFC 7518 §3.3).");
            members = [$"\"e\":\"{key.E}\"", "\"kty\":\"RSA\"", $"\"n\":\"{key.N}\""];
        }
        else
        {
            Rule.Agrees(key.Crv, "P-256", "The curve of a key by which signatures are verified here");
            using var ec = ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new() { X = Bytes(key.X), Y = Bytes(key.Y) },
                }
            );
            Rule.Agrees(ec.KeySize, 256, "The size of a key");
            members = ["\"crv\":\"P-256\"", "\"kty\":\"EC\"", $"\"x\":\"{key.X}\"", $"\"y\":\"{key.Y}\""];
        }

        var thumbprint = SHA256.HashData(Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}"));
        Rule.Agrees(key.Thumbprint(), Reference.Encode(thumbprint), "The thumbprint of a key");
        Rule.Holds(!key.Fits("none") && !key.Fits("HS256"), "No public key is a shared secret (RFC 8725 §3.1).");
    }

    private static byte[]? Bytes(string? text) => Reference.Base64Url(text!);
}
