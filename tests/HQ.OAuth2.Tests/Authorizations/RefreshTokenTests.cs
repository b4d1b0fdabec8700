using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class RefreshTokenTests
{
    private static readonly string id = Guid.CreateVersion7(TestClock.Start).ToString("N");

    [TestCase(1, 131)]
    [TestCase(10, 132)]
    [TestCase(int.MaxValue, 140)]
    public void The_wire_form_reads_back(int turn, int length)
    {
        var token = RefreshToken.New(id) with { Turn = turn };
        var wire = token.ToWire();

        wire.Should().HaveLength(length).And.MatchRegex(@"^hqr_[0-9a-f]{32}\.[1-9][0-9]*\.[A-Za-z0-9_-]{92}$");
        RefreshToken.TryParse(wire, out var read).Should().BeTrue();
        (read.Id, read.Turn).Should().Be((id, turn));
        read.Family.Should().Equal(token.Family);
        read.Secret.Should().Equal(token.Secret);
    }

    [Test, Rfc("6749-10.3-2")]
    public void A_token_with_one_character_changed_is_refused()
    {
        var wire = RefreshToken.New(id).ToWire();

        foreach (var changed in Garbled.ByOneCharacter(wire))
            RefreshToken.TryParse(changed, out _).Should().BeFalse(changed);
    }

    [Test]
    public void A_token_that_was_cut_or_wrapped_is_refused()
    {
        var wire = RefreshToken.New(id).ToWire();

        foreach (var cut in Garbled.ByLength(wire))
            RefreshToken.TryParse(cut, out _).Should().BeFalse(cut);
    }

    [TestCase("0")]
    [TestCase("01")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1_")]
    [TestCase("")]
    [TestCase("2147483648")]
    [TestCase("1.1")]
    public void A_turn_in_any_other_form_is_refused_under_a_right_checksum(string turn)
    {
        var secrets = Secret() + Secret();

        RefreshToken.TryParse(IssuedText.Seal($"hqr_{id}.{turn}.{secrets}"), out _).Should().BeFalse();
        RefreshToken.TryParse(IssuedText.Seal($"hqr_{id}.1.{secrets}"), out _).Should().BeTrue();
    }

    [Test]
    public void Secrets_of_another_length_or_kind_are_refused_under_a_right_checksum()
    {
        string[] bad = [Secret(), Secret() + Secret() + "A", Secret() + Secret()[1..], Secret() + new string('+', 43), "", new('=', 86)];

        foreach (var secrets in bad)
            RefreshToken.TryParse(IssuedText.Seal($"hqr_{id}.1.{secrets}"), out _).Should().BeFalse(secrets);
        RefreshToken.TryParse(AuthorizationCode.New(id).ToWire(), out _).Should().BeFalse("a code is no refresh token");
    }

    [Test]
    public void The_successor_is_the_same_for_the_same_salt_and_another_for_any_other_input()
    {
        var token = RefreshToken.New(id);
        var salt = IssuedText.NewSecret();
        var next = token.Next(salt);

        next.Turn.Should().Be(2);
        next.Family.Should().Equal(token.Family);
        token.Next(salt).ToWire().Should().Be(next.ToWire());
        token.Next(IssuedText.NewSecret()).Secret.Should().NotEqual(next.Secret);
        (token with { Secret = IssuedText.NewSecret() }).Next(salt).Secret.Should().NotEqual(next.Secret);
        (token with { Turn = 2 }).Next(salt).Secret.Should().NotEqual(next.Secret);
        (token with { Id = Guid.Empty.ToString("N") }).Next(salt).Secret.Should().NotEqual(next.Secret);
    }

    [Test, Rfc("6749-10.10-1")]
    public void A_chain_begins_with_two_secrets_of_256_random_bits()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => RefreshToken.New(id)).ToList();

        tokens.Should().OnlyContain(t => t.Family.Length == 32 && t.Secret.Length == 32 && t.Turn == 1);
        tokens.SelectMany(t => new[] { t.Family, t.Secret }).Select(Convert.ToHexString).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Printing_a_token_prints_no_secret()
    {
        var token = RefreshToken.New(id);

        $"{token}".Should().Be($"refresh token 1 of {id}");
    }

    private static string Secret() => System.Buffers.Text.Base64Url.EncodeToString(IssuedText.NewSecret());

    [Test]
    public void The_next_token_is_derived_as_it_always_was()
    {
        var token = new RefreshToken(new string('0', 32), 7, [], new byte[32]);

        var next = token.Next([1, 2, 3]);

        byte[] info = [1, 2, 3, .. System.Text.Encoding.ASCII.GetBytes($"hq.oauth2 refresh {new string('0', 32)} 8")];
        var expected = System.Security.Cryptography.HKDF.Expand(
            System.Security.Cryptography.HashAlgorithmName.SHA256,
            new byte[32],
            32,
            info
        );
        next.Secret.Should().Equal(expected, "clients hold tokens that earlier versions issued");
        next.Turn.Should().Be(8);
    }
}
