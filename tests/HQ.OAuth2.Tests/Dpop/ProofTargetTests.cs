using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ProofTargetTests
{
    [TestCase("https://as.example/token", "https://as.example:443/token")]
    [TestCase("HTTPS://AS.example:443/token", "https://as.example:443/token")]
    [TestCase("https://as.example/token?a=b#c", "https://as.example:443/token")]
    [TestCase("https://as.example", "https://as.example:443/")]
    [TestCase("https://as.example/a/../b/./c", "https://as.example:443/b/c")]
    [TestCase("https://as.example/%74oken", "https://as.example:443/token")]
    [TestCase("https://as.example/a%2fb", "https://as.example:443/a%2Fb")]
    [TestCase("https://as.example/a%20b", "https://as.example:443/a b")]
    [TestCase("https://as.example/%C3%A9", "https://as.example:443/é")]
    [TestCase("http://127.0.0.1:5000/token", "http://127.0.0.1:5000/token")]
    [Rfc("9449-4.3-8")]
    public void An_address_has_one_form(string text, string form) => ProofTarget.Of(text).Should().Be(form);

    [TestCase("https://as.example/token", "https://as.example/token/")]
    [TestCase("https://as.example/token", "https://as.example/Token")]
    [TestCase("https://as.example/token", "http://as.example/token")]
    [TestCase("https://as.example/token", "https://as.example:8443/token")]
    [TestCase("https://as.example/token", "https://as.example.evil/token")]
    [TestCase("https://as.example/a%2Fb", "https://as.example/a/b")]
    public void Other_addresses_have_another_form(string one, string other) => ProofTarget.Of(one).Should().NotBe(ProofTarget.Of(other));

    [TestCase("")]
    [TestCase("/token")]
    [TestCase("as.example/token")]
    [TestCase("ftp://as.example/token")]
    [TestCase("javascript:alert(1)")]
    [TestCase("https://user@as.example/token")]
    [TestCase("https://as.example/to ken")]
    [TestCase("https://as.example/é")]
    public void Other_texts_have_none(string text) => ProofTarget.Of(text).Should().BeNull();

    [Test]
    public void Nothing_long_is_read() => ProofTarget.Of("https://as.example/" + new string('a', 5000)).Should().BeNull();

    [Test]
    public void A_path_is_put_at_an_origin_or_below_a_path()
    {
        ProofTarget.At("https://as.example/some/path", "/api/read").Should().Be("https://as.example:443/api/read");
        ProofTarget.Below("https://as.example/app", "/api/read").Should().Be("https://as.example:443/app/api/read");
        ProofTarget.Below("https://as.example", "/api/a%2fb").Should().Be("https://as.example:443/api/a%2Fb");
        ProofTarget.Below("https://as.example/", "").Should().Be("https://as.example:443");
        ProofTarget.At("urn:notes", "/api").Should().BeNull();
    }

    [TestCase(2048, true)]
    [TestCase(2049, false)]
    public void An_address_is_as_long_as_a_URI_may_be(int length, bool read) =>
        (ProofTarget.Of("https://as.example/" + new string('a', length - "https://as.example/".Length)) is not null).Should().Be(read);

    [Test]
    public void A_demand_is_written_without_its_token()
    {
        var demand = new ProofDemand
        {
            Method = "POST",
            Targets = [],
            Now = TestClock.Start,
            Refuse = OAuthError.InvalidProof,
            AccessToken = "SECRET",
        };

        demand.ToString().Should().Be("ProofDemand { Method = POST }");
    }

    [Test]
    public void A_thumbprint_is_43_characters_of_base64url()
    {
        var thumbprint = ProofKey.New().Thumbprint();

        ProvenKey.IsThumbprint(thumbprint).Should().BeTrue();
        ProvenKey.IsThumbprint(thumbprint[..42]).Should().BeFalse();
        ProvenKey.IsThumbprint(thumbprint + "A").Should().BeFalse();
        ProvenKey.IsThumbprint(new string('+', 43)).Should().BeFalse();
        ProvenKey.IsThumbprint("").Should().BeFalse();
    }
}
