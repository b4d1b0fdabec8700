using System.Security.Cryptography;
using System.Text.Json;

namespace HQ.OAuth2.Tests;

/// <summary>Keys and signatures that nobody made by an honest library: refused, and never an exception.</summary>
internal sealed class HostileKeyTests
{
    private static readonly byte[] data = "some.data"u8.ToArray();

    [TestCase("RS256")]
    [TestCase("PS256")]
    public void A_signature_of_any_length_and_value_is_only_wrong(string algorithm)
    {
        var random = new byte[1100];
        RandomNumberGenerator.Fill(random);
        foreach (var key in RsaKeys())
        {
            var size = Base64UrlText.Decode(key.N!)!.Length;
            foreach (var length in new[] { 1, 2, 63, size - 1, size, size + 1, 1024, 1025, 1100 })
            {
                foreach (var signature in new[] { new byte[length], Filled(length, 0xFF), random[..length], One(length) })
                    key.Verify(algorithm, data, signature).Should().BeFalse($"{size} bytes, {length}");
            }
        }
    }

    [Test]
    public void A_signature_of_a_curve_of_any_length_and_value_is_only_wrong()
    {
        var key = Read(ProofKey.New().Jwk.ToJsonString())!;
        // The order of P-256.
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        foreach (var length in new[] { 1, 31, 32, 63, 64, 65, 96, 128, 5000 })
        {
            foreach (var signature in new[] { new byte[length], Filled(length, 0xFF), One(length) })
                key.Verify("ES256", data, signature).Should().BeFalse();
        }

        key.Verify("ES256", data, [.. order, .. order]).Should().BeFalse();
        key.Verify("ES256", data, [.. new byte[32], .. order]).Should().BeFalse();
        key.Verify("ES256", data, [.. One(32), .. new byte[32]]).Should().BeFalse();
    }

    // Moduli of odd lengths and of small factors, and the largest exponent that is read.
    private static IEnumerable<PublicJwk> RsaKeys()
    {
        foreach (var (bytes, first) in new[] { (256, 0x80), (257, 0x01), (257, 0x03), (300, 0x7F), (1024, 0xFF) })
        {
            foreach (var e in new byte[][] { [3], [1, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF] })
            {
                foreach (var fill in new byte[] { 0xFF, 0x00, 0x5A })
                {
                    var n = Filled(bytes, fill);
                    (n[0], n[^1]) = ((byte)first, 0x0F);
                    var json = $$"""{"kty":"RSA","n":"{{ProofKey.Encode(n)}}","e":"{{ProofKey.Encode(e)}}"}""";
                    if (Read(json) is { } key)
                        yield return key;
                }
            }
        }
    }

    private static PublicJwk? Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return PublicJwk.TryRead(document.RootElement, out var key, out _) ? key : null;
    }

    private static byte[] Filled(int length, byte value)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static byte[] One(int length)
    {
        var bytes = new byte[length];
        bytes[^1] = 1;
        return bytes;
    }
}
