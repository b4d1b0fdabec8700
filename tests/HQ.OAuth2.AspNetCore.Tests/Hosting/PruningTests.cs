using System.Diagnostics;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// What expired is removed once an hour. A self-registered client goes 7 days after its registration when nobody approved it, else 90 days
/// after its last use.
/// </summary>
internal sealed class PruningTests
{
    private const int Many = 1200;

    [Test, Rfc("7591-5-4")]
    public async Task Clients_that_nobody_uses_go_and_the_others_stay()
    {
        await using var app = await TestApp.StartAsync();
        var (never, denied, once, used) = (
            await RegisterAsync(app),
            await RegisterAsync(app),
            await RegisterAsync(app),
            await RegisterAsync(app)
        );
        await app.AddClientAsync(BackChannel.Confidential("api", "s"));
        await app.NewBrowser().DenyAsync(TestApp.AuthorizeUrl(denied));
        await app.CodeAsync(once);
        var tokens = await app.TokensAsync(used);

        await PruneAtAsync(app, 7);
        (await ThereAsync(app, never, denied, once, used, "api")).Should().Equal(never, denied, once, used, "api");

        app.Clock.Advance(TimeSpan.FromHours(1));
        await PruneAsync(app);
        (await ThereAsync(app, never, denied, once, used, "api")).Should().Equal(once, used, "api");
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl(never))).ShouldBeErrorPage();

        // A refresh is a use.
        app.Clock.Now = TestClock.Start.AddDays(29);
        tokens = await app.RefreshAsync(used, tokens.RefreshToken());
        tokens.Status.Should().Be(200, tokens.Body);
        await PruneAtAsync(app, 90);
        (await ThereAsync(app, once, used)).Should().Equal(once, used);
        await PruneAtAsync(app, 91);
        (await ThereAsync(app, once, used, "api")).Should().Equal(used, "api");

        // An approval is one too.
        app.Clock.Now = TestClock.Start.AddDays(118);
        await app.CodeAsync(used);
        await PruneAtAsync(app, 200);
        (await ThereAsync(app, used, "api")).Should().Equal(used, "api");
        await PruneAtAsync(app, 209);
        (await ThereAsync(app, used, "api")).Should().Equal("api");
    }

    [Test]
    public async Task Rows_and_tickets_go_when_nothing_in_them_counts()
    {
        await using var app = await TestApp.StartAsync();
        var client = await RegisterAsync(app);
        await app.CodeAsync(client);
        var live = await app.TokensAsync(client);
        var tickets = app.Services.GetRequiredService<ITicketStore>();
        await tickets.TryAddAsync("hour", "", TestClock.Start.AddHours(1), default);
        await tickets.TryAddAsync("month", "v", TestClock.Start.AddDays(30), default);
        var machine = (await app.MachineTokenAsync()).AccessToken();
        await app.PostAsync(BackChannel.Revoke, [("token", machine), .. BackChannel.Machine]);
        (await app.RowsAsync()).Should().HaveCount(2);

        await PruneAtAsync(app, 3);

        Pruned(app).Should().ContainSingle().Which.Should().StartWith("1 authorizations, 0 unused clients");
        (await tickets.RemoveExpiredAsync(1000, default)).Should().Be(0, "none is left");
        (await tickets.FindAsync("month", default)).Should().Be("v");
        (await app.RowsAsync()).Should().ContainSingle();
        (await app.RefreshAsync(client, live.RefreshToken())).Status.Should().Be(200);

        await PruneAtAsync(app, 40);
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Of_many_nodes_one_prunes_in_each_interval()
    {
        await using var app = await TestApp.StartAsync();
        var other = ActivatorUtilities.CreateInstance<Pruning>(app.Services);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? PruneAsync(app) : other.RunAsync(default)));
        Pruned(app).Should().HaveCount(1);

        app.Clock.Advance(TimeSpan.FromMinutes(53));
        await other.RunAsync(default);
        Pruned(app).Should().HaveCount(1);

        app.Clock.Advance(TimeSpan.FromMinutes(7));
        await other.RunAsync(default);
        await PruneAsync(app);
        Pruned(app).Should().HaveCount(2);
    }

    [Test]
    public async Task More_than_one_batch_goes_in_one_round()
    {
        await using var app = await TestApp.StartAsync();
        var rows = app.Services.GetRequiredService<IAuthorizationStore>();
        var clients = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        var tickets = app.Services.GetRequiredService<ITicketStore>();
        var past = TestClock.Start.AddDays(-8);
        for (var i = 0; i < Many; i++)
        {
            await rows.AddAsync(new(Guid.CreateVersion7(past).ToString("N"), 1, "bob", "spa", past, "{}"), default);
            if (i % 2 == 0)
                continue;
            await tickets.TryAddAsync($"t{i}", "", TestClock.Start.AddSeconds(i), default);
            await clients.TryAddAsync(
                new()
                {
                    ClientId = $"dcr-{i}",
                    Type = ClientType.Public,
                    Provenance = ClientProvenance.Dcr,
                    TokenEndpointAuthMethod = "none",
                    CreatedAt = past,
                },
                default
            );
        }

        await PruneAtAsync(app, 1);

        // The store in memory drops tickets on its own, too.
        Pruned(app).Should().ContainSingle().Which.Should().StartWith($"{Many} authorizations, {Many / 2} unused clients and ");
        (await tickets.RemoveExpiredAsync(1000, default)).Should().Be(0);
        (await rows.ListAsync(new("bob", null), default)).Items.Should().BeEmpty();
        (await clients.ListAsync(new(provenance: ClientProvenance.Dcr), default)).Items.Should().BeEmpty();
    }

    [Test]
    public async Task A_host_whose_clients_are_its_own_affair_prunes_the_rest()
    {
        await using var app = await TestApp.StartAsync(
            o => o.Dcr = false,
            s => s.AddClientStore<FailingClientStore>(ServiceLifetime.Singleton)
        );
        await app.CodeAsync("native");

        await PruneAtAsync(app, 100);

        Pruned(app).Should().ContainSingle().Which.Should().StartWith("1 authorizations, 0 unused clients");
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public async Task Nothing_is_pruned_when_the_host_says_never(int hours, bool ends)
    {
        await using var app = await TestApp.StartAsync(o => o.PruneEvery = TimeSpan.FromHours(hours));
        var loop = Service(app).ExecuteTask!;

        if (ends)
            await loop.WaitAsync(TimeSpan.FromSeconds(20));
        loop.IsCompleted.Should().Be(ends);
        Pruned(app).Should().BeEmpty();
    }

    [Test]
    public async Task A_round_that_fails_is_logged_and_the_next_one_goes_on()
    {
        await using var app = await TestApp.StartAsync(
            o => o.PruneEvery = TimeSpan.FromMilliseconds(100),
            s => s.AddAuthorizationStore<FailingPruneStore>(ServiceLifetime.Singleton)
        );
        for (var watch = Stopwatch.StartNew(); Pruned(app).Count == 0; await Task.Delay(20))
        {
            // The interval of the round that failed passes for the tickets too.
            app.Clock.Advance(TimeSpan.FromMilliseconds(100));
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        }

        app.Logs.Lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Pruning failed")).Should().HaveCount(2);
    }

    private static Pruning Service(TestApp app) => app.Services.GetServices<IHostedService>().OfType<Pruning>().Single();

    private static Task PruneAsync(TestApp app) => Service(app).RunAsync(default);

    private static Task PruneAtAsync(TestApp app, int day)
    {
        app.Clock.Now = TestClock.Start.AddDays(day);
        return PruneAsync(app);
    }

    private static async Task<string> RegisterAsync(TestApp app)
    {
        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
            }
        );
        answer.Status.Should().Be(201, answer.Body);
        return answer.Text("client_id")!;
    }

    private static async Task<List<string>> ThereAsync(TestApp app, params string[] ids)
    {
        var there = new List<string>();
        foreach (var id in ids)
        {
            if (await app.FindClientAsync(id) is not null)
                there.Add(id);
        }

        return there;
    }

    /// <summary>What each round removed.</summary>
    private static List<string> Pruned(TestApp app) =>
        [
            .. app
                .Logs.Lines.Where(l => l.Contains(" Pruned "))
                .Select(l => l[(l.IndexOf(" Pruned ", StringComparison.Ordinal) + 8)..].Trim()),
        ];

    /// <summary>Its first two prunings fail.</summary>
    private sealed class FailingPruneStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();
        private int prunings;

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => inner.FindAsync(id, ct);

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => inner.ListAsync(by, ct);

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Interlocked.Increment(ref prunings) <= 2
                ? ValueTask.FromException<int>(new TimeoutException("down"))
                : inner.RemoveExpiredAsync(now, limit, ct);
    }
}
