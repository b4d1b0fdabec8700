using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HQ.OAuth2.AspNetCore.Tests;

internal sealed class HealthCheckTests
{
    private static readonly TimeSpan cacheKeysFor = TimeSpan.FromMinutes(1);

    [Test]
    public async Task A_server_whose_stores_answer_is_healthy()
    {
        await using var app = await StartAsync();

        var (name, entry) = (await ReportAsync(app)).Entries.Single();

        (name, entry.Status).Should().Be(("hq-oauth2", HealthStatus.Healthy));
        entry.Tags.Should().BeEmpty();
        (await app.GetAsync("/health")).Should().Match<Answer>(a => a.Status == 200 && a.Body == "Healthy");
    }

    [Test]
    public async Task Its_name_and_tags_are_the_hosts_to_choose()
    {
        await using var app = await TestApp.StartAsync(host: h => h.Services.AddHealthChecks().AddHqOAuth2("login", ["ready", "db"]));

        var (name, entry) = (await ReportAsync(app)).Entries.Single();

        name.Should().Be("login");
        entry.Tags.Should().BeEquivalentTo("ready", "db");
    }

    [TestCase("authorizations")]
    [TestCase("clients")]
    [TestCase("tickets")]
    public async Task A_server_one_of_whose_stores_is_away_is_unhealthy_and_tells_nobody_why(string store)
    {
        await using var app = await StartAsync(parts: s =>
            _ = store switch
            {
                "authorizations" => s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton),
                "clients" => s.AddClientStore<FailingClientStore>(ServiceLifetime.Singleton),
                _ => s.AddTicketStore<FailingTicketStore>(ServiceLifetime.Singleton),
            }
        );
        var failure = new TimeoutException("secret-detail");
        void Fail(Exception? with)
        {
            if (app.Services.GetRequiredService<IAuthorizationStore>() is FailingAuthorizationStore authorizations)
                authorizations.Failure = with;
            if (app.Services.GetRequiredService<IClientStore>() is FailingClientStore clients)
                clients.Failure = with;
            if (app.Services.GetRequiredService<ITicketStore>() is FailingTicketStore tickets)
                tickets.Failure = with;
        }

        Fail(failure);
        var entry = (await ReportAsync(app)).Entries.Single().Value;
        (entry.Status, entry.Exception).Should().Be((HealthStatus.Unhealthy, failure));
        entry.Description.Should().NotContain("secret-detail");
        (await app.GetAsync("/health")).Should().Match<Answer>(a => a.Status == 503 && a.Body == "Unhealthy");

        Fail(null);
        (await ReportAsync(app)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Test]
    public async Task A_server_that_goes_on_with_old_keys_is_degraded_and_serves()
    {
        await using var app = await StartAsync(parts: s => s.AddKeyStore<FailingKeyStore>());
        var keys = (FailingKeyStore)app.Services.GetRequiredService<IKeyStore>();
        keys.Failure = new IOException("down");

        app.Clock.Advance(3 * cacheKeysFor);
        (await ReportAsync(app)).Status.Should().Be(HealthStatus.Healthy, "a look or two may fail");
        app.Clock.Advance(TimeSpan.FromTicks(1));
        (await ReportAsync(app)).Entries.Single().Value.Should().Match<HealthReportEntry>(e => e.Status == HealthStatus.Degraded);
        (await app.GetAsync("/health")).Status.Should().Be(200);
        (await app.IsActiveAsync((await app.MachineTokenAsync()).AccessToken())).Should().BeTrue();

        keys.Failure = null;
        await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(default);
        (await ReportAsync(app)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Test]
    public async Task A_node_that_cannot_use_a_key_of_the_others_is_degraded()
    {
        await using var app = await StartAsync();
        var store = app.Services.GetRequiredService<IKeyStore>();
        await store.TryAddAsync(new("signing-2", app.Clock.Now.AddDays(1), "bm90IG91cnM="), default);

        await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(default);

        var entry = (await ReportAsync(app)).Entries.Single().Value;
        (entry.Status, entry.Description).Should().Be((HealthStatus.Degraded, "This node cannot unprotect the keys signing-2."));
    }

    private static Task<TestApp> StartAsync(Action<HqOAuth2Builder>? parts = null) =>
        TestApp.StartAsync(
            o => (o.CacheKeysFor, o.Dcr) = (cacheKeysFor, false),
            parts,
            app => app.MapHealthChecks("/health"),
            host => host.Services.AddHealthChecks().AddHqOAuth2()
        );

    private static Task<HealthReport> ReportAsync(TestApp app) => app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private sealed class FailingTicketStore(TimeProvider time) : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(time);

        public Exception? Failure { get; set; }

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            inner.TryAddAsync(key, value, until, ct);

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) =>
            Failure is { } failure ? ValueTask.FromException<string?>(failure) : inner.FindAsync(key, ct);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
    }
}
