using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class IssuedTextTests
{
    [Test]
    [Rfc("6749-5.1-6"), Rfc("6749-2.2-3")]
    public void Ten_thousand_generated_values_of_each_kind_have_the_documented_form()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var id = Guid.CreateVersion7().ToString("N");
            AuthorizationCode.New(id).ToWire().Should().MatchRegex("^hqa_[0-9a-f]{32}\\.[A-Za-z0-9_-]{49}$");
            RefreshToken.New(id).ToWire().Should().MatchRegex("^hqr_[0-9a-f]{32}\\.1\\.[A-Za-z0-9_-]{92}$");
        }
    }

    [Test]
    public void A_sealed_value_opens_by_its_own_prefix_only()
    {
        var text = IssuedText.Seal("hqs_body");

        IssuedText.TryOpen(text, "hqs_", out var body).Should().BeTrue();
        body.ToString().Should().Be("body");
        IssuedText.TryOpen(text, "hqr_", out _).Should().BeFalse();
        IssuedText.TryOpen(text, "HQS_", out _).Should().BeFalse();
        IssuedText.TryOpen(null, "hqs_", out _).Should().BeFalse();
        IssuedText.TryOpen(IssuedText.Seal("hqs_"), "hqs_", out _).Should().BeFalse();
    }

    [Test, Rfc("6749-10.3-2")]
    public void A_changed_or_cut_value_does_not_open()
    {
        var text = IssuedText.Seal("hqs_" + new string('b', 43));

        foreach (var bad in Garbled.ByOneCharacter(text).Concat(Garbled.ByLength(text)))
            IssuedText.TryOpen(bad, "hqs_", out _).Should().BeFalse(bad);
    }

    [Test]
    public void A_value_longer_than_any_of_ours_is_refused_unread()
    {
        IssuedText.TryOpen(IssuedText.Seal("hqs_" + new string('b', 502)), "hqs_", out _).Should().BeTrue();
        IssuedText.TryOpen("hqs_" + new string('b', 1_000_000), "hqs_", out _).Should().BeFalse();
    }

    [Test]
    public void A_secret_matches_its_own_hash_only()
    {
        var secret = IssuedText.NewSecret();
        var other = (byte[])secret.Clone();
        other[31] ^= 1;

        secret.Should().HaveCount(32);
        IssuedText.Matches(secret, IssuedText.Hash(secret)).Should().BeTrue();
        IssuedText.Matches(other, IssuedText.Hash(secret)).Should().BeFalse();
        IssuedText.Matches(secret, []).Should().BeFalse();
    }

    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true)]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false)]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A", false)]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A", false)]
    public void A_secret_is_43_characters_of_base64url(string text, bool valid)
    {
        IssuedText.TryReadSecret(text, out _).Should().Be(valid);
    }

    [Test]
    public void The_prefix_and_the_checksum_alone_are_no_value()
    {
        var text = IssuedText.Seal("hqs_");

        text.Should().HaveLength("hqs_".Length + 6);
        IssuedText.TryOpen(text, "hqs_", out var body).Should().BeFalse();
        body.IsEmpty.Should().BeTrue();
        IssuedText.TryOpen(IssuedText.Seal("hqs_b"), "hqs_", out body).Should().BeTrue();
        body.ToString().Should().Be("b");
    }
}
