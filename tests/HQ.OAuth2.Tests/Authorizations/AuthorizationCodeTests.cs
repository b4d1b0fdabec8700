using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class AuthorizationCodeTests
{
    private static readonly string id = Guid.CreateVersion7(TestClock.Start).ToString("N");

    [Test]
    public void The_wire_form_reads_back()
    {
        var code = AuthorizationCode.New(id);
        var wire = code.ToWire();

        wire.Should().HaveLength(86).And.MatchRegex(@"^hqa_[0-9a-f]{32}\.[A-Za-z0-9_-]{49}$");
        AuthorizationCode.TryParse(wire, out var read).Should().BeTrue();
        read.Id.Should().Be(id);
        read.Secret.Should().Equal(code.Secret);
    }

    [Test, Rfc("6749-4.1.3-5")]
    public void A_code_with_one_character_changed_is_refused()
    {
        var wire = AuthorizationCode.New(id).ToWire();

        foreach (var changed in Garbled.ByOneCharacter(wire))
            AuthorizationCode.TryParse(changed, out _).Should().BeFalse(changed);
    }

    [Test, Rfc("6749-4.1.3-5")]
    public void A_code_that_was_cut_or_wrapped_is_refused()
    {
        var wire = AuthorizationCode.New(id).ToWire();

        foreach (var cut in Garbled.ByLength(wire))
            AuthorizationCode.TryParse(cut, out _).Should().BeFalse(cut);
        AuthorizationCode.TryParse(null, out _).Should().BeFalse();
    }

    [TestCase("hqa_")]
    [TestCase("hqa_.")]
    [TestCase("hqa_00000000000000000000000000000000")]
    [TestCase("hqa_00000000000000000000000000000000.")]
    [TestCase("hqa_00000000000000000000000000000000.AAAA")]
    [TestCase("hqa_0000000000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("hqa_00000000000000000000000000000000.++++++++++++++++++++++++++++++++++++++++++A")]
    [TestCase("hqr_00000000000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("HQA_00000000000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Another_form_is_refused_under_a_right_checksum(string text)
    {
        AuthorizationCode.TryParse(IssuedText.Seal(text), out _).Should().BeFalse();
    }

    [Test, Rfc("6749-10.10-1"), Rfc("7636-4.4-2")]
    public void A_code_is_256_random_bits_and_nothing_else()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => AuthorizationCode.New(id)).ToList();

        codes.Should().OnlyContain(c => c.Secret.Length == 32);
        codes.Select(c => c.ToWire()).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Printing_a_code_prints_no_secret()
    {
        $"{AuthorizationCode.New(id)}".Should().Be($"code of {id}");
    }

    [Test]
    public void Its_id_says_when_it_was_made()
    {
        new AuthorizationCode(OAuthAuthorization.NewId(TestClock.Start), []).MadeAt.Should().Be(TestClock.Start);
        new AuthorizationCode(new string('f', 32), [])
            .MadeAt.ToUnixTimeMilliseconds()
            .Should()
            .Be(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
    }
}
