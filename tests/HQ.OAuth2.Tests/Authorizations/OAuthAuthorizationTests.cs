using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>How long a row lives, and whose it is.</summary>
internal sealed class OAuthAuthorizationTests
{
    private static readonly DateTimeOffset now = TestClock.Start;
    private static readonly OAuthAuthorization bare = Given.Authorization().Row;

    [Test]
    public void A_row_has_live_tokens_while_one_of_them_lives_and_the_user_has_not_ended_it()
    {
        var access = bare with { AccessUntil = now.AddMinutes(1) };
        var both = Given.Active().Row with { AccessUntil = now.AddMinutes(1) };
        var end = both.Refresh!.EndsAt;

        bare.HasLiveTokens(now).Should().BeFalse();
        access.HasLiveTokens(now.AddMinutes(1).AddTicks(-1)).Should().BeTrue();
        access.HasLiveTokens(now.AddMinutes(1)).Should().BeFalse();
        both.HasLiveTokens(end.AddTicks(-1)).Should().BeTrue();
        both.HasLiveTokens(end).Should().BeFalse();
        (both with { EndsAt = now.AddSeconds(1) }).HasLiveTokens(now).Should().BeTrue();
        (both with { EndsAt = now }).HasLiveTokens(now).Should().BeFalse();
    }

    [Test]
    public void A_row_lives_while_its_tokens_or_its_consent_do()
    {
        var consent = bare with { Consent = new("app.example.com", now.AddDays(1)) };

        bare.IsLive(now).Should().BeFalse();
        (bare with { AccessUntil = now.AddMinutes(1) }).IsLive(now).Should().BeTrue();
        consent.IsLive(now.AddDays(1).AddTicks(-1)).Should().BeTrue();
        consent.IsLive(now.AddDays(1)).Should().BeFalse();
        (consent with { EndsAt = now }).IsLive(now).Should().BeFalse();
    }

    [Test]
    public void A_row_is_kept_for_a_whole_day_after_its_last_part()
    {
        var day = new DateTimeOffset(now.Date, TimeSpan.Zero);

        bare.PruneAfter.Should().Be(day.AddDays(2));
        (bare with { AccessUntil = now.AddDays(3) }).PruneAfter.Should().Be(day.AddDays(5));
        (bare with { Consent = new("app.example.com", now.AddDays(7)) }).PruneAfter.Should().Be(day.AddDays(9));
        (bare with { AccessUntil = now.AddDays(3), EndsAt = now.AddDays(1) }).PruneAfter.Should().Be(day.AddDays(3));
    }

    [Test]
    public void An_id_is_32_hexadecimal_digits_in_lower_case()
    {
        OAuthAuthorization.IsId(OAuthAuthorization.NewId(now)).Should().BeTrue();
        OAuthAuthorization.IsId("0123456789abcdef0123456789abcdef").Should().BeTrue();
        foreach (
            var wrong in new[]
            {
                "",
                new string('0', 31),
                new string('0', 33),
                new string('g', 32),
                new string('A', 32),
                new string('0', 31) + " ",
            }
        )
            OAuthAuthorization.IsId(wrong).Should().BeFalse(wrong);
    }

    [Test]
    public void A_row_is_of_one_registration_of_a_client()
    {
        var client = Given.Client();

        bare.IsOf(client).Should().BeTrue();
        bare.IsOf(client with { ClientId = "other" }).Should().BeFalse();
        bare.IsOf(client with { CreatedAt = client.CreatedAt.AddMilliseconds(1) }).Should().BeFalse();
    }

    [Test]
    public void A_row_without_a_chain_or_spent_turns_stores_none_of_them()
    {
        var (row, _) = Given.Active();

        OAuthAuthorization.FromRecord(row.ToRecord()).Refresh!.Spent.Should().BeEmpty();
        row.ToRecord().Data.Should().NotContain("[]");
        var broken = bare.ToRecord();
        (
            broken with
            {
                Data = broken.Data.Replace(
                    "[\"https://auth.example.com\"]",
                    "[\"https://auth.example.com\",null]",
                    StringComparison.Ordinal
                ),
            }
        )
            .Invoking(OAuthAuthorization.FromRecord)
            .Should()
            .Throw<System.Text.Json.JsonException>();
    }
}
