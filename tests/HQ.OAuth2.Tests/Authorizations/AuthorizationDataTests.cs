using System.Text.Json;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class AuthorizationDataTests
{
    private static readonly DateTimeOffset when = TestClock.Start.AddMilliseconds(7);

    [Test]
    public void Every_fact_of_a_full_row_comes_back()
    {
        var row = Full();

        OAuthAuthorization.FromRecord(row.ToRecord()).Should().BeEquivalentTo(row, o => o.WithStrictOrdering());
    }

    [Test]
    public void A_row_with_nothing_optional_comes_back()
    {
        var (row, _) = Given.Authorization(challenge: null);

        var read = OAuthAuthorization.FromRecord(row.ToRecord());

        read.Should().BeEquivalentTo(row);
        (read.Refresh, read.Consent, read.AccessUntil, read.Code.Challenge, read.Code.RedeemedAt)
            .Should()
            .Be((null, null, null, null, null));
    }

    [Test]
    public void The_columns_are_what_a_store_needs()
    {
        var row = Full();

        var record = row.ToRecord();

        (record.Id, record.Version, record.Subject, record.ClientId).Should().Be((row.Id, 7, "alice", "app"));
        record.PruneAfter.Should().Be(row.PruneAfter);
        JsonDocument
            .Parse(record.Data)
            .RootElement.EnumerateObject()
            .Select(p => p.Name)
            .Should()
            .Equal("w", "cc", "iat", "sin", "acr", "scope", "res", "org", "note", "pause", "end", "au", "code", "rt", "consent");
    }

    [Test, Rfc("6749-10.3-1")]
    public void No_code_and_no_token_is_in_the_data_in_any_encoding()
    {
        var (row, code) = Given.Authorization();
        var token = RefreshToken.New(row.Id);
        row = row.Redeem(Given.Redemption(code), token).ShouldSwap(row).Authorization;
        var grant = row.Rotate(token, at: 0).ShouldSwap(row);

        var data = grant.Authorization.ToRecord().Data;

        foreach (var secret in new[] { code.Secret, token.Family, token.Secret, grant.RefreshToken!.Value.Secret })
        {
            data.Should().NotContain(Convert.ToBase64String(secret)).And.NotContain(Convert.ToHexString(secret));
            data.Should().NotContain(System.Buffers.Text.Base64Url.EncodeToString(secret));
            data.Should().NotContain(Convert.ToBase64String(secret).Replace("+", "\\u002B", StringComparison.Ordinal));
        }

        data.Should().NotContain(Given.Verifier);
    }

    [Test]
    public void Members_that_a_later_version_adds_are_ignored()
    {
        var (row, _) = Given.Active();
        var record = row.ToRecord();

        var read = OAuthAuthorization.FromRecord(record with { Data = record.Data.Insert(1, "\"later\":{\"x\":[1]},") });

        read.Should().BeEquivalentTo(row);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"w\":1}")]
    public void Data_that_is_not_ours_is_a_json_error(string data)
    {
        var record = Given.Active().Row.ToRecord() with { Data = data };

        record.Invoking(OAuthAuthorization.FromRecord).Should().Throw<JsonException>();
    }

    [Test]
    public void A_row_without_one_of_its_members_is_a_json_error(
        [Values(
            "w",
            "cc",
            "iat",
            "scope",
            "res",
            "code",
            "code.h",
            "code.uri",
            "code.exp",
            "rt.f",
            "rt.n",
            "rt.h",
            "rt.exp",
            "rt.idle",
            "rt.spent.n",
            "rt.spent.h",
            "rt.spent.s",
            "rt.spent.at",
            "consent.host",
            "consent.until"
        )]
            string member
    )
    {
        var record = Full().ToRecord();
        var data = JsonNode.Parse(record.Data)!;
        var parts = member.Split('.');
        var parent = parts[..^1].Aggregate(data, (at, name) => at[name] is JsonArray list ? list[0]! : at[name]!);
        parent.AsObject().Remove(parts[^1]).Should().BeTrue();

        (record with { Data = data.ToJsonString() }).Invoking(OAuthAuthorization.FromRecord).Should().Throw<JsonException>();
    }

    [Test]
    public void Pruning_waits_for_the_last_fact_that_counts_and_moves_in_days()
    {
        var (row, _) = Given.Authorization();
        var day = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

        row.PruneAfter.Should().Be(day.AddDays(2));
        (row with { AccessUntil = day.AddDays(3).AddHours(5) }).PruneAfter.Should().Be(day.AddDays(5));
        (row with { Consent = new("h", day.AddDays(90)) }).PruneAfter.Should().Be(day.AddDays(92));
        var active = Given.Active().Row;
        // The idle end of 30 days comes before the absolute one of 90.
        active.PruneAfter.Should().Be(day.AddDays(32));
        (active with { Refresh = active.Refresh! with { IdleUntil = day.AddDays(200) } }).PruneAfter.Should().Be(day.AddDays(92));
        active.PruneAfter.Should().BeAfter(active.Refresh!.EndsAt);
    }

    private static OAuthAuthorization Full()
    {
        var (row, token) = Given.Active(Given.Client() with { CreatedAt = when.AddDays(-1) });
        for (var i = 0; i < 3; i++)
        {
            var grant = row.Rotate(token, at: i, client: Given.Client() with { CreatedAt = when.AddDays(-1) }).ShouldSwap(row);
            (row, token) = (grant.Authorization, grant.RefreshToken!.Value);
        }

        return row with
        {
            Version = 7,
            IssuedAt = when,
            SignedInAt = when.AddMinutes(-5),
            Context = "mfa",
            Organization = "acme",
            PolicyNote = "a note",
            PausedAt = when.AddMinutes(1),
            EndsAt = when.AddDays(3),
            Resources = ["https://auth.example.com", "https://a.example/é?x=1&y=<>"],
            Consent = new("app.example.com", when.AddDays(90)),
        };
    }
}
