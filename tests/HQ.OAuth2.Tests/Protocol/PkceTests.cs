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
}
