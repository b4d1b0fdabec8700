using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The codes of devices as text (RFC 8628 §5.2, §6.1).</summary>
internal sealed class UserCodeTests
{
    [Test]
    public void A_new_code_has_eight_letters_and_each_letter_of_the_set_occurs()
    {
        var codes = Enumerable.Range(0, 1000).Select(_ => UserCode.New()).ToList();

        codes.Should().OnlyContain(c => c.Text.Length == 8 && c.Shown.Length == 9 && c.Shown[4] == '-');
        string.Concat(codes.SelectMany(c => c.Text).Distinct().Order()).Should().Be("BCDFGHJKLMNPQRSTVWXZ");
        codes[0].ToString().Should().Be("user code", "the code is nowhere by accident");
    }

    [TestCase("WDJBMJHT")]
    [TestCase("WDJB-MJHT")]
    [TestCase("wdjbmjht")]
    [TestCase(" wdjb mjht\t")]
    [TestCase("W.D.J.B_M,J/H:T")]
    [TestCase("WDJB\u2013MJHT")]
    [Rfc("8628-6.1-1")]
    public void It_is_read_kindly(string typed)
    {
        UserCode.TryRead(typed, out var code).Should().BeTrue();
        code.Text.Should().Be("WDJBMJHT");
        code.Shown.Should().Be("WDJB-MJHT");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("WDJBMJH")]
    [TestCase("WDJBMJHTT")]
    [TestCase("WDJBMJHA")]
    [TestCase("WDJB1JHT")]
    [TestCase("WDJB+MJHT")]
    [TestCase("\u0174DJBMJHT")]
    public void Anything_else_is_none(string? typed) => UserCode.TryRead(typed, out _).Should().BeFalse();

    [TestCase(64, true)]
    [TestCase(65, false)]
    public void A_text_of_more_than_64_characters_is_not_looked_at(int length, bool isRead) =>
        UserCode.TryRead("WDJBMJHT".PadRight(length), out _).Should().Be(isRead);

    [Test]
    public void A_device_code_comes_back_as_it_went()
    {
        var code = DeviceCode.New(TestClock.Start);

        DeviceCode.TryParse(code.ToWire(), out var read).Should().BeTrue();
        (read.UserCode, read.Code.Id).Should().Be((code.UserCode, code.Code.Id));
        read.Code.Secret.Should().Equal(code.Code.Secret).And.HaveCount(32);
        code.ToString().Should().Be($"device code of {code.Code.Id}", "neither code is anywhere by accident");
        code.ToWire().Should().MatchRegex("^hqd_[0-9a-f]{32}\\.[B-Z]{8}\\.[A-Za-z0-9_-]{49}$");
    }

    [Test]
    public void Another_text_is_no_device_code()
    {
        var wire = DeviceCode.New(TestClock.Start).ToWire();
        string?[] others =
        [
            null,
            "",
            "hqd_",
            wire[..^1],
            wire + "A",
            wire.ToUpperInvariant(),
            wire.Replace("hqd_", "hqa_", StringComparison.Ordinal),
            AuthorizationCode.New(new('0', 32)).ToWire(),
            IssuedText.Seal("hqd_" + new string('0', 32)),
            IssuedText.Seal($"hqd_{new string('0', 32)}.bcdfghjk.{new string('A', 43)}"),
            IssuedText.Seal($"hqd_{new string('0', 32)}.AAAAAAAA.{new string('A', 43)}"),
            IssuedText.Seal($"hqd_{new string('G', 32)}.BCDFGHJK.{new string('A', 43)}"),
            IssuedText.Seal($"hqd_{new string('0', 32)}.BCDFGHJK.{new string('A', 43)}."),
        ];

        foreach (var text in others)
            DeviceCode.TryParse(text, out _).Should().BeFalse(text);
    }

    [Test]
    public void It_knows_its_age()
    {
        var code = DeviceCode.New(TestClock.Start);
        var life = TimeSpan.FromMinutes(10);

        code.IsOlderThan(life, TestClock.Start).Should().BeFalse();
        code.IsOlderThan(life, TestClock.Start + life - TimeSpan.FromMilliseconds(1)).Should().BeFalse();
        code.IsOlderThan(life, TestClock.Start + life).Should().BeTrue();
    }
}
