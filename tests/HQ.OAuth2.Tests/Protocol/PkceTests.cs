using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class PkceTests
{
    [TestCase("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA")]
    [Rfc("7636-4.6-1")]
    [Rfc("7636-A-1")]
    public void The_challenge_of_a_verifier_is_base64url_of_its_digest(string verifier, string challenge)
    {
        Pkce.Challenge(verifier).Should().Be(challenge);
        Pkce.Matches(verifier, challenge).Should().BeTrue();
        Pkce.Matches(verifier + "a", challenge).Should().BeFalse();
    }

    [TestCase(42, false)]
    [TestCase(43, true)]
    [TestCase(128, true)]
    [TestCase(129, false)]
    [Rfc("7636-4.1-1")]
    public void A_verifier_has_43_to_128_characters(int length, bool valid) => Pkce.IsVerifier(new string('a', length)).Should().Be(valid);

    [TestCase(42, false)]
    [TestCase(43, true)]
    [TestCase(44, false)]
    public void A_challenge_has_43_characters(int length, bool valid) => Pkce.IsChallenge(new string('a', length)).Should().Be(valid);

    [Test, Rfc("7636-4.1-1")]
    public void Each_character_is_one_of_the_alphabet()
    {
        var rest = new string('a', 42);
        for (var c = '\0'; c < 256; c++)
        {
            var isPlain = char.IsAsciiLetterOrDigit(c);
            Pkce.IsVerifier(rest + c).Should().Be(isPlain || "-._~".Contains(c, StringComparison.Ordinal), "of {0}", (int)c);
            Pkce.IsChallenge(c + rest).Should().Be(isPlain || "-_".Contains(c, StringComparison.Ordinal), "of {0}", (int)c);
        }
    }
}
