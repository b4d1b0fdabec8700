using System.Diagnostics;
using System.Security.Cryptography;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Keys over months, as clients and resources see them. A key signs for 90 days and is published a day ahead.</summary>
internal sealed class KeyRotationHttpTests
{
    [TestCase(AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque)]
    [Rfc("9068-4-1")]
    public async Task Keys_rotate_for_a_year_and_no_token_ends_for_it(AccessTokenFormat format)
    {
        await using var app = await TestApp.StartAsync(o => o.AccessTokenFormat = format);
        var kids = new List<string> { Kid((await app.MachineTokenAsync()).AccessToken()) };
        (await PublishedAsync(app)).Should().ContainSingle();
        for (var turn = TestClock.Start.AddDays(90); turn < TestClock.Start.AddDays(365); turn += TimeSpan.FromDays(90))
        {
            await GoAsync(app, turn.AddDays(-1).AddMinutes(-1));
            var before = (await PublishedAsync(app)).Should().ContainSingle().Subject;

            // published, and not used yet
            await GoAsync(app, turn.AddDays(-1));
            var published = await PublishedAsync(app);
            published.Should().HaveCount(2).And.StartWith(before);
            await GoAsync(app, turn.AddSeconds(-1));
            var last = (await app.TokensAsync("spa")).AccessToken();
            Kid(last).Should().Be(kids[^1]);

            // used, and the tokens of the one before live on
            app.Clock.Now = turn;
            var first = (await app.MachineTokenAsync()).AccessToken();
            kids.Add(Kid(first));
            kids.Should().OnlyHaveUniqueItems();
            await GoAsync(app, turn.AddMinutes(15).AddSeconds(-2));
            (await app.IsActiveAsync(last)).Should().BeTrue();
            (await app.GetAsync("/api/read", last)).Status.Should().Be(200);
            (await app.IsActiveAsync(first)).Should().BeTrue();
            (await PublishedAsync(app)).Should().Equal(published);
            await GoAsync(app, turn.AddMinutes(15));
            (await app.IsActiveAsync(last)).Should().BeFalse("its time is over");

            // retired
            await GoAsync(app, turn.AddDays(2));
            (await PublishedAsync(app)).Should().Equal(published[1]);
            (await app.IsActiveAsync((await app.MachineTokenAsync()).AccessToken())).Should().BeTrue();
            if (format == AccessTokenFormat.Jwt)
                kids[^1].Should().Be(published[1]);
            else
                published.Should().NotContain(kids);
        }

        kids.Should().HaveCount(5);
    }

    [Test]
    public async Task A_server_that_was_off_for_a_year_publishes_the_next_key_before_it_signs()
    {
        await using var app = await TestApp.StartAsync();
        var old = (await PublishedAsync(app)).Single();
        await GoAsync(app, TestClock.Start.AddDays(365));

        Kid((await app.MachineTokenAsync()).AccessToken()).Should().Be(old);
        var published = await PublishedAsync(app);
        published.Should().HaveCount(2);
        await GoAsync(app, TestClock.Start.AddDays(366));
        Kid((await app.MachineTokenAsync()).AccessToken()).Should().Be(published[1]);
    }

    [TestCase(AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque)]
    public async Task A_node_that_does_not_know_the_key_of_a_token_looks_again(AccessTokenFormat format)
    {
        var (keys, protection) = (new FailingKeyStore(), new EphemeralDataProtectionProvider());
        await using var here = await NodeAsync(keys, protection, format);
        await using var there = await NodeAsync(keys, protection, format);
        (await PublishedAsync(here)).Should().Equal(await PublishedAsync(there));
        await GoAsync(there, TestClock.Start.AddDays(89));
        (there.Clock.Now, here.Clock.Now) = (TestClock.Start.AddDays(90), TestClock.Start.AddDays(90));
        var token = (await there.MachineTokenAsync()).AccessToken();
        var ring = await here.Services.GetRequiredService<TokenKeys>().CurrentAsync(default);
        ring.Knows(Kid(token)).Should().BeFalse();

        // While nobody can look, nobody says that it is bad.
        keys.Failure = new IOException("down");
        foreach (var answer in new[] { await here.IntrospectAsync(token), await here.IntrospectAsync(token) })
            answer.ShouldBeError("temporarily_unavailable", 503);

        keys.Failure = null;
        here.Clock.Advance(TimeSpan.FromSeconds(1));
        (await here.IsActiveAsync(token)).Should().BeTrue();
        (await here.GetAsync("/api/read", token)).Status.Should().Be(200);
        (await PublishedAsync(here)).Should().Equal(await PublishedAsync(there));
    }

    [Test]
    public async Task An_opaque_token_hides_who_signed_it_so_a_node_looks_again_for_that_too()
    {
        var (keys, protection) = (new FailingKeyStore(), new EphemeralDataProtectionProvider());
        await using var here = await NodeAsync(keys, protection, AccessTokenFormat.Opaque);
        await using var there = await NodeAsync(keys, protection, AccessTokenFormat.Opaque);
        await keys.RemoveAsync("signing-1", default);
        await GoAsync(there, TestClock.Start.AddSeconds(2));
        here.Clock.Now = there.Clock.Now;
        var token = (await there.MachineTokenAsync()).AccessToken();
        (await here.Services.GetRequiredService<TokenKeys>().CurrentAsync(default)).Knows(Kid(token)).Should().BeTrue();

        (await here.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test]
    public async Task A_flood_of_made_up_keys_reads_the_store_once_a_second()
    {
        var keys = new FailingKeyStore();
        await using var app = await NodeAsync(keys, new EphemeralDataProtectionProvider(), AccessTokenFormat.Jwt);
        var token = (await app.MachineTokenAsync()).AccessToken();
        var before = keys.Reads;
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        for (var i = 0; i < 30; i++)
            (await app.IsActiveAsync(Jwt.Signed(token, key, h => h["kid"] = $"made-up-{i}"))).Should().BeFalse();

        keys.Reads.Should().Be(before + 1);
        (await app.IsActiveAsync(Jwt.Signed(token, key))).Should().BeFalse();
        (await app.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test]
    public async Task A_stored_key_of_another_host_stops_the_start_with_a_sentence()
    {
        var keys = new FailingKeyStore();
        await using (await NodeAsync(keys, new EphemeralDataProtectionProvider(), AccessTokenFormat.Jwt))
        {
            foreach (var key in await keys.ListAsync(default))
            {
                var stored = Convert.FromBase64String(key.Data);
                var read = () => ECDsa.Create().ImportPkcs8PrivateKey(stored, out _);
                read.Should().Throw<CryptographicException>("it is protected");
            }
        }

        var start = () => NodeAsync(keys, new EphemeralDataProtectionProvider(), AccessTokenFormat.Jwt);

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage(
            "The key signing-1 in the key store cannot be unprotected. Give every node the Data Protection keys*PersistDataProtectionKeys()*"
        );
    }

    [Test]
    public async Task A_node_looks_at_the_store_by_itself_and_goes_on_when_that_fails()
    {
        var keys = new FailingKeyStore();
        await using var app = await NodeAsync(keys, new EphemeralDataProtectionProvider(), AccessTokenFormat.Jwt, TimeSpan.FromSeconds(1));
        keys.Failure = new IOException("down");
        await UntilAsync(() =>
            Task.FromResult(app.Logs.Lines.Any(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("continues with")))
        );
        (await app.IsActiveAsync((await app.MachineTokenAsync()).AccessToken())).Should().BeTrue();

        app.Clock.Advance(TimeSpan.FromDays(89.5));
        keys.Failure = null;
        await UntilAsync(async () => (await PublishedAsync(app)).Count == 2);
    }

    private static async Task UntilAsync(Func<Task<bool>> happened)
    {
        for (var watch = Stopwatch.StartNew(); !await happened(); await Task.Delay(20))
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    // As the background service does every minute.
    private static async Task GoAsync(TestApp app, DateTimeOffset to)
    {
        app.Clock.Now = to;
        await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(default);
    }

    private static async Task<List<string>> PublishedAsync(TestApp app) =>
        [.. (await app.GetAsync("/oauth2/jwks")).Json.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];

    private static string Kid(string token) => JwtPart(token, 0).GetProperty("kid").GetString()!;

    private static Task<TestApp> NodeAsync(
        IKeyStore keys,
        IDataProtectionProvider protection,
        AccessTokenFormat format,
        TimeSpan? refreshEvery = null
    ) =>
        TestApp.StartAsync(
            o => (o.AccessTokenFormat, o.CacheKeysFor) = (format, refreshEvery ?? o.CacheKeysFor),
            server => server.Services.AddSingleton(keys).AddSingleton(protection),
            inMemory: true
        );
}
