using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

internal sealed class ForeignHashTests
{
    // FIPS 180-4: the digests of "abc".
    private const string Sha256OfAbc = "$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    private const string Sha512OfAbc = "$sha512$3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

    [TestCase(Sha256OfAbc)]
    [TestCase(Sha512OfAbc)]
    public void The_plain_hash_of_a_secret_verifies_that_secret_only(string text)
    {
        var hash = ForeignHash.TryParse(text)!;

        hash.Verify("abc").Should().BeTrue();
        foreach (var other in new[] { "", "ab", "abcd", "ABC", "abc\0", " abc", text, text[8..] })
            hash.Verify(other).Should().BeFalse(other);
    }

    [TestCase(1u, 1u, 16, 32)]
    [TestCase(1u, 10_000u, 16, 32)]
    [TestCase(2u, 1000u, 64, 64, Description = "the longest")]
    public void A_hash_of_many_rounds_verifies_that_secret_only(uint prf, uint rounds, int salt, int key)
    {
        var hash = ForeignHash.TryParse(Pbkdf2("sécret", prf, rounds, salt, key))!;

        hash.Verify("sécret").Should().BeTrue();
        hash.Verify("secret").Should().BeFalse();
        hash.Verify("sécret ").Should().BeFalse();
    }

    [TestCase("")]
    [TestCase("$sha256$")]
    [TestCase("$sha1$qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")]
    [TestCase("$SHA256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")]
    [TestCase("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", Description = "no name")]
    [TestCase("$sha512$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", Description = "32 bytes")]
    [TestCase("$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", Description = "no padding")]
    [TestCase("$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= ", Description = "white space")]
    [TestCase("$sha256$ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=", Description = "another alphabet")]
    [TestCase("$sha256$abc", Description = "the secret itself")]
    public void Text_of_another_form_is_no_hash(string text) => ForeignHash.TryParse(text).Should().BeNull();

    [TestCase(0u, 10_000u, 16, 32, Description = "HMAC-SHA-1")]
    [TestCase(3u, 10_000u, 16, 32, Description = "no such function")]
    [TestCase(1u, 0u, 16, 32)]
    [TestCase(1u, 1_000_001u, 16, 32, Description = "keeps a core busy")]
    [TestCase(1u, uint.MaxValue, 16, 32)]
    [TestCase(1u, 10_000u, 15, 32)]
    [TestCase(1u, 10_000u, 65, 32)]
    [TestCase(1u, 10_000u, 16, 15)]
    [TestCase(1u, 10_000u, 16, 65)]
    public void Parameters_out_of_bounds_are_no_hash(uint prf, uint rounds, int salt, int key) =>
        ForeignHash
            .TryParse(ForeignHash.Pbkdf2 + Convert.ToBase64String(Header(prf, rounds, salt, new byte[salt], new byte[key])))
            .Should()
            .BeNull();

    [Test]
    public void The_lengths_inside_a_hash_are_not_believed()
    {
        var stored = Header(1, 10, 64, new byte[16], new byte[32]);
        for (var length = 0; length < stored.Length; length++)
            ForeignHash.TryParse(ForeignHash.Pbkdf2 + Convert.ToBase64String(stored[..length])).Should().BeNull();
        stored = Header(1, 10, uint.MaxValue, new byte[16], new byte[32]);
        ForeignHash.TryParse(ForeignHash.Pbkdf2 + Convert.ToBase64String(stored)).Should().BeNull();
        stored = Header(1, 10, 16, new byte[16], new byte[32]);
        stored[0] = 0;
        ForeignHash.TryParse(ForeignHash.Pbkdf2 + Convert.ToBase64String(stored)).Should().BeNull("another version of the format");
    }

    /// <summary>A hash as OpenIddict and ASP.NET Core Identity store it.</summary>
    public static string Pbkdf2(string secret, uint prf = 1, uint rounds = 10, int saltLength = 16, int keyLength = 32)
    {
        var salt = RandomNumberGenerator.GetBytes(saltLength);
        var algorithm = prf == 1 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
        var key = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, (int)rounds, algorithm, keyLength);
        return ForeignHash.Pbkdf2 + Convert.ToBase64String(Header(prf, rounds, (uint)saltLength, salt, key));
    }

    private static byte[] Header(uint prf, uint rounds, long saltLength, byte[] salt, byte[] key)
    {
        var bytes = new byte[13];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), prf);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), rounds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), (uint)saltLength);
        return [.. bytes, .. salt, .. key];
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(256, true)]
    [TestCase(257, false)]
    public void A_secret_has_1_to_256_bytes(int length, bool fits) => ForeignHash.Fits(new string('s', length)).Should().Be(fits);

    [TestCase(1u, 1_000_000u, 16, 32)]
    [TestCase(1u, 1u, 16, 16)]
    [TestCase(2u, 1u, 64, 64)]
    public void Parameters_at_the_bounds_are_a_hash(uint prf, uint rounds, int salt, int key) =>
        ForeignHash
            .TryParse(ForeignHash.Pbkdf2 + Convert.ToBase64String(Header(prf, rounds, salt, new byte[salt], new byte[key])))
            .Should()
            .NotBeNull();
}
