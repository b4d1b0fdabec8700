namespace HQ.OAuth2.Tests;

/// <summary>The row of a personal access token: recognised by its secret, in time, and never redeemed.</summary>
internal sealed class PersonalTokenTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    [Test]
    public void A_token_is_read_in_the_one_spelling_that_was_issued()
    {
        var token = PersonalToken.New(now);
        var text = token.ToWire();

        text.Should().StartWith("hqp_").And.HaveLength(86);
        PersonalToken.TryParse(text, out var read).Should().BeTrue();
        (read.Code.Id, Convert.ToHexString(read.Code.Secret)).Should().Be((token.Code.Id, Convert.ToHexString(token.Code.Secret)));
        AuthorizationCode.TryParse(text, out _).Should().BeFalse("it is no code");
        foreach (var wrong in Garbled.ByOneCharacter(text).Concat(Garbled.ByLength(text)))
            PersonalToken.TryParse(wrong, out _).Should().BeFalse(wrong);
        token.ToString().Should().Be($"personal access token {token.Code.Id}", "its secret is nowhere by accident");
    }

    [Test]
    public void It_is_recognised_by_its_secret_until_it_expires()
    {
        var (row, token) = Row();

        row.Is(token, now).Should().BeTrue();
        row.Is(token, now.AddDays(1).AddTicks(-1)).Should().BeTrue();
        row.Is(token, now.AddDays(1)).Should().BeFalse();
        row.Is(PersonalToken.New(now), now).Should().BeFalse();
        (row with { Personal = null }).Is(token, now).Should().BeFalse("the code of a client is no token");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Its_secret_is_no_code(bool isDevice)
    {
        var (row, token) = Row();
        var redemption = new CodeRedemption
        {
            Code = token.Code,
            Client = PersonalTokenClient.Value,
            RedirectUri = null,
            Verifier = null,
            Resources = [],
            Now = now,
            IsDevice = isDevice,
        };

        var step = row.Redeem(redemption, null, new(Given.Options()), TokenLifetimes.Of(PersonalTokenClient.Value, Given.Options()));

        step.Should().BeOfType<AuthorizationStep.Refuse>().Which.Error.Code.Should().Be("invalid_grant");
    }

    [Test]
    public void A_use_is_noted_once_a_day()
    {
        var (row, _) = Row();
        var today = new DateOnly(2026, 11, 23);

        var used = row.NoteUse(today);

        (used.Version, used.Personal!.UsedOn).Should().Be((row.Version + 1, today));
        used.NoteUse(today).Should().BeSameAs(used);
        used.NoteUse(today.AddDays(-1)).Should().BeSameAs(used, "a clock that is behind changes nothing");
        used.NoteUse(today.AddDays(1)).Version.Should().Be(used.Version + 1);
        Given.Authorization().Row.IsFirstUse(today).Should().BeFalse("only tokens are noted");
    }

    [Test]
    public void It_is_stored_and_read_back()
    {
        var (row, token) = Row();
        var used = row.NoteUse(new(2026, 11, 23));

        var read = OAuthAuthorization.FromRecord(used.ToRecord());

        read.Personal.Should().Be(used.Personal);
        read.Is(token, now).Should().BeTrue();
        used.ToRecord().Data.Should().NotContain(Convert.ToBase64String(token.Code.Secret));
        read.PruneAfter.Should().BeAfter(now.AddDays(1));
    }

    private static (OAuthAuthorization Row, PersonalToken Token) Row()
    {
        var (row, code) = Given.Authorization(PersonalTokenClient.Value);
        return (
            row with
            {
                Personal = new("script"),
                AccessUntil = now.AddDays(1),
                Code = row.Code with { RedirectUri = "", RedirectUriWasSent = false, Challenge = null, ExpiresAt = now.AddDays(1) },
            },
            new(code)
        );
    }
}
