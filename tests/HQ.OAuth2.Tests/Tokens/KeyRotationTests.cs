using System.Globalization;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Times are days since the start; keys are written number@day. A key signs for 90 days and is published one day ahead.</summary>
internal sealed class KeyRotationTests
{
    private const string Signing = SigningKey.Kind;

    private static readonly HqOAuth2Options options = Given.Options();

    // the first key is used at once
    [TestCase("", "0", "1@0")]
    [TestCase("1@0", "0", "")]
    [TestCase("1@0", "88.999", "")]
    // the next one is made a lead time ahead
    [TestCase("1@0", "89", "2@90")]
    // one that is made late is published for the whole lead time nevertheless
    [TestCase("1@0", "89.5", "2@90.5")]
    [TestCase("1@0", "90", "2@91")]
    // after a year off, too
    [TestCase("1@0", "365", "2@366")]
    // the successor is there
    [TestCase("1@0 2@90", "89", "")]
    [TestCase("1@0 2@90", "90", "")]
    [TestCase("1@0 2@90", "178.999", "")]
    [TestCase("1@0 2@366", "365.5", "")]
    // numbers, not letters
    [TestCase("9@0 10@90", "179", "11@180")]
    [TestCase("10@90 9@0", "179", "11@180")]
    [TestCase("99@0 100@90 101@180", "181", "")]
    // the clock went back
    [TestCase("1@0", "-5", "")]
    [TestCase("1@0 2@90", "-5", "")]
    public void The_next_key_comes_when_it_is_due_and_never_before(string keys, string day, string next) =>
        Text(Plan(keys, day).Next).Should().Be(next);

    [TestCase("1@0", 400.0, "")]
    [TestCase("1@0 2@90", 90.0, "")]
    [TestCase("1@0 2@90", -5.0, "")]
    [TestCase("1@0 2@366", 365.9, "")]
    [TestCase("1@0 2@90 3@180", 100.0, "1")]
    [TestCase("1@0 2@90 3@180", 179.9, "1")]
    [TestCase("1@0 2@90 3@180", 400.0, "1 2")]
    [TestCase("3@20 1@0 4@60 2@10", 30.0, "1 2")]
    [TestCase("8@0 9@1 10@2 11@3", 50.0, "8 9 10")]
    public void A_key_goes_when_its_successor_has_long_taken_over(string keys, double day, string retired) =>
        Plan(keys, Text(day)).Retired.Should().BeEquivalentTo(Ids(retired));

    [Test, Rfc("9068-4-1")]
    public void A_key_stays_until_its_last_token_has_ended_on_the_clock_that_is_most_behind()
    {
        var keys = Keys("1@0 2@90");
        var lastToken = At("90") + options.AccessTokenLifetime;

        Plan(keys, lastToken).Retired.Should().BeEmpty();
        Plan(keys, lastToken + (options.SigningKeyLeadTime / 2)).Retired.Should().BeEmpty("a quarter ahead here, a quarter behind there");
        Plan(keys, lastToken + options.SigningKeyLeadTime + TimeSpan.FromHours(1)).Retired.Should().Equal("signing-1");
    }

    [Test]
    public void A_short_lead_time_leaves_an_hour_nevertheless()
    {
        var brief = Given.Options(o => (o.SigningKeyLeadTime, o.CacheKeysFor) = (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1)));
        var lastToken = At("90") + brief.AccessTokenLifetime;

        Plan(Keys("1@0 2@90"), lastToken + TimeSpan.FromMinutes(59), brief).Retired.Should().BeEmpty();
        Plan(Keys("1@0 2@90"), lastToken + TimeSpan.FromMinutes(60), brief).Retired.Should().Equal("signing-1");
    }

    [TestCase("encryption-7")]
    [TestCase("signing")]
    [TestCase("signing-")]
    [TestCase("signing-0")]
    [TestCase("signing--1")]
    [TestCase("signing-+1")]
    [TestCase("signing- 1")]
    [TestCase("signing-1.5")]
    [TestCase("signing-x")]
    [TestCase("signing-99999999999")]
    [TestCase("signing-٣")]
    [TestCase("signings-3")]
    [TestCase("SIGNING-3")]
    [TestCase("")]
    public void A_key_of_another_kind_is_neither_counted_nor_removed(string id)
    {
        KeyRecord[] others = [new(id, At("-900"), "x"), new("encryption-2", At("-100"), "x")];

        KeyRotation.Number(Signing, id).Should().Be(0);
        Text(KeyRotation.Plan(Signing, others, At("3"), options).Next).Should().Be("1@3");
        var plan = KeyRotation.Plan(Signing, [.. others, .. Keys("4@0 5@90")], At("100"), options);
        plan.Next.Should().BeNull();
        plan.Retired.Should().Equal("signing-4");
    }

    [Test]
    public void The_kinds_rotate_each_for_itself()
    {
        KeyRecord[] keys = [.. Keys("1@0"), .. Keys("1@60", EncryptionKey.Kind)];

        KeyRotation.Plan(Signing, keys, At("89"), options).Next.Should().Be(new DueKey("signing-2", At("90")));
        KeyRotation.Plan(EncryptionKey.Kind, keys, At("89"), options).Next.Should().BeNull();
        KeyRotation.Plan(EncryptionKey.Kind, keys, At("149"), options).Next.Should().Be(new DueKey("encryption-2", At("150")));
    }

    // a clock that is behind: the oldest
    [TestCase("1@0", "-5", 1)]
    [TestCase("1@0", "0", 1)]
    [TestCase("1@0 2@90", "89.999", 1)]
    [TestCase("1@0 2@90", "90", 2)]
    [TestCase("9@0 10@90", "91", 10)]
    [TestCase("1@0 2@90 3@180", "100", 2)]
    [TestCase("2@90 3@180", "5", 2)]
    public void The_youngest_key_that_is_active_signs(string keys, string day, int number)
    {
        var known = Keys(keys).Select(k => new Key(k.Id, k.ActiveFrom)).ToList();

        KeyRotation.ActiveAt(known, At(day)).Id.Should().Be($"signing-{number}");
    }

    private static KeyPlan Plan(string keys, string day) => Plan(Keys(keys), At(day));

    private static KeyPlan Plan(KeyRecord[] keys, DateTimeOffset now, HqOAuth2Options? with = null) =>
        KeyRotation.Plan(Signing, keys, now, with ?? options);

    private static KeyRecord[] Keys(string text, string kind = Signing) =>
        [
            .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(k => k.Split('@'))
                .Select(k => new KeyRecord($"{kind}-{k[0]}", At(k[1]), "protected")),
        ];

    private static string[] Ids(string numbers) =>
        [.. numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => $"signing-{n}")];

    private static DateTimeOffset At(string day) => TestClock.Start.AddDays(double.Parse(day, CultureInfo.InvariantCulture));

    private static string Text(DueKey? key) =>
        key is null ? "" : $"{KeyRotation.Number(Signing, key.Id)}@{Text((key.ActiveFrom - TestClock.Start).TotalDays)}";

    private static string Text(double day) => day.ToString(CultureInfo.InvariantCulture);

    private sealed record Key(string Id, DateTimeOffset ActiveFrom) : IServerKey;

    [Test]
    public void A_key_that_is_made_early_begins_when_the_last_one_ends()
    {
        var early = Given.Options(o => (o.SigningKeyLifetime, o.SigningKeyLeadTime) = (TimeSpan.FromDays(10), TimeSpan.FromDays(4)));

        Plan(Keys("1@0"), At("6"), early).Next!.ActiveFrom.Should().Be(At("10"));
        Plan(Keys("1@0"), At("7"), early).Next!.ActiveFrom.Should().Be(At("11"));
    }
}
