namespace HQ.OAuth2;

internal sealed class AcrValuesTests
{
    [TestCase("mfa", "mfa")]
    [TestCase("mfa pwd", "mfa,pwd")]
    [TestCase("pwd mfa", "pwd,mfa")]
    [TestCase(" pwd  mfa ", "pwd,mfa")]
    [TestCase("mfa mfa", "mfa")]
    [TestCase(
        "urn:mace:incommon:iap:silver http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "urn:mace:incommon:iap:silver,http://schemas.openid.net/pape/policies/2007/06/multi-factor"
    )]
    public void Contexts_are_read_in_their_order(string text, string values)
    {
        AcrValues.TryRead(text, out var read).Should().BeTrue();
        read.Should().Equal(values.Split(','));
    }

    [TestCase(" ")]
    [TestCase("m\"fa", TestName = "A_text_with_a_quotation_mark_is_malformed")]
    [TestCase("m\\fa")]
    [TestCase("m\tfa")]
    [TestCase("mfä")]
    [TestCase("mfa\n")]
    [TestCase("mfa mf\\a")]
    public void A_text_that_no_challenge_could_quote_is_malformed(string text)
    {
        AcrValues.TryRead(text, out var read).Should().BeFalse();
        read.Should().BeEmpty();
    }

    [Test]
    public void There_are_bounds()
    {
        var ten = string.Join(' ', Enumerable.Range(1, AcrValues.MaxCount));
        AcrValues.TryRead(ten, out _).Should().BeTrue();
        AcrValues.TryRead(ten + " 11", out _).Should().BeFalse();
        AcrValues.TryRead(new string('a', AcrValues.MaxLength), out _).Should().BeTrue();
        AcrValues.TryRead(new string('a', AcrValues.MaxLength + 1), out _).Should().BeFalse();
    }
}
