using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// A public key for signatures as a JWK (RFC 7517; RFC 7518 §6.2, §6.3): RSA of 2,048 to 8,192 bits, or EC on P-256, P-384 or P-521. Each
/// member has one spelling, so that one key has one thumbprint.
/// </summary>
internal sealed class PublicJwk
{
    /// <summary>The algorithms of signatures that are verified here. EdDSA is missing because the platform does not have it.</summary>
    public static readonly IReadOnlyList<string> Verified = ["ES256", "RS256", "PS256"];

    // RFC 7518 §6.2.2, §6.3.2, §6.4: the members of private and of symmetric keys.
    private static readonly string[] secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private static readonly string[] rsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    // A long exponent makes a verification as slow as a signature.
    private const int MaxExponentBytes = 4;

    private PublicJwk() { }

    /// <summary><c>RSA</c> or <c>EC</c>.</summary>
    public required string Kty { get; init; }

    /// <summary>The key id; null when it has none.</summary>
    public string? Kid { get; private init; }

    /// <summary>The only algorithm that it is for; null when it names none.</summary>
    public string? Alg { get; private init; }

    public string? Crv { get; private init; }
    public string? X { get; private init; }
    public string? Y { get; private init; }
    public string? N { get; private init; }
    public string? E { get; private init; }

    /// <summary>Reads one key.</summary>
    /// <param name="json">A JWK; the caller has refused duplicate members when it parsed the text.</param>
    /// <param name="key">The key; null when it is not accepted.</param>
    /// <param name="fault">Why it is not accepted.</param>
    public static bool TryRead(JsonElement json, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PublicJwk? key, out JwkFault fault)
    {
        key = null;
        try
        {
            fault = Fault(json) ?? (Text(json, "kty") == "RSA" ? ReadRsa(json, out key) : ReadEc(json, out key)) ?? default;
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate is no text.
            fault = new(JwkFaultKind.Malformed, "a member that is no text");
        }

        return key is not null;
    }

    /// <summary>Whether signatures of this algorithm can be verified by this key (RFC 7518 §3.1, RFC 7517 §4.4).</summary>
    public bool Fits(string algorithm) =>
        (Alg is null || Alg == algorithm)
        && algorithm switch
        {
            "ES256" => Crv == "P-256",
            "RS256" or "PS256" => Kty == "RSA",
            _ => false,
        };

    /// <summary>Whether the signature of the data was made by the owner of this key. False also when the key does not fit the algorithm.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!Fits(algorithm))
            return false;

        // The platform's classes and not IdentityModel's: its providers are cached by key, and here anyone can bring keys. The object is made for
        // each verification, since it is not safe for parallel use; that costs a tenth of the verification.
        if (Kty == "RSA")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(N!), Exponent = Bytes(E!) });
            return rsa.VerifyData(
                data,
                signature,
                HashAlgorithmName.SHA256,
                algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1
            );
        }

        // RFC 7518 §3.4: R and S, 32 bytes each.
        using var ecdsa = ECDsa.Create(Point(ECCurve.NamedCurves.nistP256, Bytes(X!)!, Bytes(Y!)!));
        return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>The thumbprint (RFC 7638 §3): SHA-256 over the required members in their order, in base64url.</summary>
    public string Thumbprint() =>
        System.Buffers.Text.Base64Url.EncodeToString(
            SHA256.HashData(
                Encoding.ASCII.GetBytes(
                    Kty == "RSA"
                        ? $$"""{"e":"{{E}}","kty":"RSA","n":"{{N}}"}"""
                        : $$"""{"crv":"{{Crv}}","kty":"EC","x":"{{X}}","y":"{{Y}}"}"""
                )
            )
        );

    private static JwkFault? Fault(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Malformed("no object");
        if (Array.Find(secretMembers, m => json.TryGetProperty(m, out _)) is { } secret)
            return new(JwkFaultKind.Secret, $"the member {secret}, which belongs to a private key");

        // RFC 7517 §4.2, §4.3: if the key says what it is for, it is for the verification of signatures.
        if (json.TryGetProperty("use", out var use) && !Is(use, "sig"))
            return Other("another use than sig");
        if (
            json.TryGetProperty("key_ops", out var operations)
            && (operations.ValueKind != JsonValueKind.Array || !operations.EnumerateArray().Any(o => Is(o, "verify")))
        )
            return Other("key_ops without verify");
        if (json.TryGetProperty("kid", out var kid) && kid.ValueKind != JsonValueKind.String)
            return Malformed("a kid that is no text");
        if (json.TryGetProperty("alg", out var alg) && alg.ValueKind != JsonValueKind.String)
            return Malformed("an alg that is no text");
        return Text(json, "kty") is "RSA" or "EC" ? null
            : Text(json, "kty") == "oct" ? new(JwkFaultKind.Secret, "the kty oct, which is neither RSA nor EC")
            : Other("a kty that is neither RSA nor EC");
    }

    private static JwkFault? ReadRsa(JsonElement json, out PublicJwk? key)
    {
        key = null;
        if (Text(json, "alg") is { } alg && !rsaAlgorithms.Contains(alg))
            return Other($"no alg of {string.Join(", ", rsaAlgorithms)}");
        // §6.3.1: base64url of big-endian integers, without leading zeros.
        if (Bytes(Text(json, "n")) is not [not 0, ..] n || Bytes(Text(json, "e")) is not [not 0, ..] e)
            return Malformed("no n and e in base64url");
        var bits = (n.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount((uint)n[0]) + 24;
        if (bits is < MinRsaBits or > MaxRsaBits)
            return new(JwkFaultKind.Size, $"{bits} bits, and {MinRsaBits} to {MaxRsaBits} are accepted");
        if (e.Length > MaxExponentBytes || e is [1] || byte.IsEvenInteger(e[^1]) || byte.IsEvenInteger(n[^1]))
            return Malformed("an n and e that are no RSA key");
        try
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = n, Exponent = e });
        }
        catch (CryptographicException)
        {
            return Malformed("an n and e that are no RSA key");
        }

        key = new()
        {
            Kty = "RSA",
            Kid = Text(json, "kid"),
            Alg = Text(json, "alg"),
            N = Text(json, "n"),
            E = Text(json, "e"),
        };
        return null;
    }

    private static JwkFault? ReadEc(JsonElement json, out PublicJwk? key)
    {
        key = null;
        (string Alg, ECCurve Curve, int Length)? kind = Text(json, "crv") switch
        {
            "P-256" => ("ES256", ECCurve.NamedCurves.nistP256, 32),
            "P-384" => ("ES384", ECCurve.NamedCurves.nistP384, 48),
            "P-521" => ("ES512", ECCurve.NamedCurves.nistP521, 66),
            _ => null,
        };
        if (kind is not var (alg, curve, length))
            return Other("a crv that is none of P-256, P-384, P-521");
        if (Text(json, "alg") is { } named && named != alg)
            return Other($"not the alg {alg}, which its crv has");
        if (Bytes(Text(json, "x")) is not { } x || Bytes(Text(json, "y")) is not { } y)
            return Malformed("no x and y in base64url");
        // §6.2.1.2: each has the full length of the curve.
        if ((x.Length, y.Length) != (length, length) || !IsOnCurve(curve, x, y))
            return Malformed("an x and y that are no point of its curve");
        key = new()
        {
            Kty = "EC",
            Kid = Text(json, "kid"),
            Alg = Text(json, "alg"),
            Crv = Text(json, "crv"),
            X = Text(json, "x"),
            Y = Text(json, "y"),
        };
        return null;
    }

    // The platform checks the point when it reads it.
    private static bool IsOnCurve(ECCurve curve, byte[] x, byte[] y)
    {
        try
        {
            using var ecdsa = ECDsa.Create(Point(curve, x, y));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECParameters Point(ECCurve curve, byte[] x, byte[] y) =>
        new()
        {
            Curve = curve,
            Q = new() { X = x, Y = y },
        };

    private static JwkFault Malformed(string text) => new(JwkFaultKind.Malformed, text);

    private static JwkFault Other(string text) => new(JwkFaultKind.NotForSignatures, text);

    private static bool Is(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(string? text) => text is { Length: > 0 } ? Base64UrlText.Decode(text) : null;
}
