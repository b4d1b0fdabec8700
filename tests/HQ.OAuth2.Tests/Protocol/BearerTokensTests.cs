using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class BearerTokensTests
{
    [TestCase("Bearer abc", "abc")]
    [TestCase("bearer abc", "abc")]
    [TestCase("BEARER abc", "abc")]
    [TestCase("bEaReR abc", "abc")]
    [TestCase("Bearer   abc  ", "abc")]
    [TestCase("Bearer A-z0._~+/==", "A-z0._~+/==")]
    [Rfc("21-5.1.1-1")]
    public void A_token_is_read_whatever_the_case_of_the_scheme(string header, string token)
    {
        BearerTokens.Read([header]).Value.Should().Be(token);
    }

    [TestCase("")]
    [TestCase("Bearer")]
    [TestCase("Bearer ")]
    [TestCase("Bearer    ")]
    [TestCase("Bearerabc")]
    [TestCase("Bearer\tabc")]
    [TestCase("Bearers abc")]
    [TestCase("Basic abc")]
    public void Another_scheme_or_none_counts_as_no_token(string header)
    {
        BearerTokens.Read([header]).Error.Should().Be(OAuthError.TokenMissing);
        BearerTokens.Read([]).Error.Should().Be(OAuthError.TokenMissing);
    }

    [TestCase("Bearer a b")]
    [TestCase("Bearer a,b")]
    [TestCase("Bearer a\"b", TestName = "A_quotation_mark_in_a_token_is_malformed")]
    [TestCase("Bearer a=b")]
    [TestCase("Bearer ==")]
    [TestCase("Bearer é")]
    [TestCase("Bearer a\r\nX: y")]
    public void Characters_that_no_token_has_are_malformed(string header)
    {
        BearerTokens.Read([header]).Error.Should().Be(OAuthError.MalformedBearer);
    }

    [Test]
    public void Two_headers_are_malformed_even_when_they_agree()
    {
        BearerTokens.Read(["Bearer abc", "Bearer abc"]).Error.Should().Be(OAuthError.MalformedBearer);
        BearerTokens.Read(["Bearer abc", "Basic abc"]).Error.Should().Be(OAuthError.MalformedBearer);
    }
}
