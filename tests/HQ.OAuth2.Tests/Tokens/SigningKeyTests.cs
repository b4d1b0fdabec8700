using System.Security.Cryptography;
using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class SigningKeyTests
{
    [TestCase(SigningAlgorithm.ES256)]
    [TestCase(SigningAlgorithm.RS256)]
    public void A_key_is_read_with_its_public_part_which_verifies_what_it_signs(SigningAlgorithm algorithm)
    {
        var key = SigningKey.Read("signing-1", TestClock.Start, SigningKey.NewMaterial(algorithm));

        (key.Id, key.ActiveFrom, key.Credentials.Algorithm).Should().Be(("signing-1", TestClock.Start, algorithm.ToString()));
        var published = key.Published;
        (published.Kty, published.Use, published.Alg, published.Kid)
            .Should()
            .Be((algorithm == SigningAlgorithm.RS256 ? "RSA" : "EC", "sig", algorithm.ToString(), key.Credentials.Key.KeyId));
        published.Crv.Should().Be(algorithm == SigningAlgorithm.RS256 ? null : "P-256");
        var json = System.Text.Json.JsonSerializer.Serialize(published, OAuthJson.Default.PublishedKey);
        JwkSet.TryRead($"{{\"keys\":[{json}]}}", out var set, out _).Should().BeTrue(json);
        var data = Encoding.ASCII.GetBytes("text");
        var signature = key
            .Credentials.Key.CryptoProviderFactory.CreateForSigning(key.Credentials.Key, key.Credentials.Algorithm)
            .Sign(data);
        var verifier = set!.Find(key.Credentials.Key.KeyId, algorithm.ToString())!;
        verifier.Verify(algorithm.ToString(), data, signature).Should().BeTrue();
        verifier.Thumbprint().Should().Be(key.Credentials.Key.KeyId, "the id of a key is its thumbprint");
        signature[5] ^= 1;
        verifier.Verify(algorithm.ToString(), data, signature).Should().BeFalse();
    }

    [Test]
    public void What_is_no_private_key_is_refused()
    {
        foreach (var material in new[] { Array.Empty<byte>(), [0], Encoding.ASCII.GetBytes("not a key at all"), new byte[200] })
            FluentActions
                .Invoking(() => SigningKey.Read("signing-1", TestClock.Start, material))
                .Should()
                .Throw<CryptographicException>()
                .WithMessage("A signing key is no PKCS #8 private key.");
    }
}
