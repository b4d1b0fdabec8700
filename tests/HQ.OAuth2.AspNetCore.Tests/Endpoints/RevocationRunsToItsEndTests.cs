using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A revocation that has begun does not stop because its caller went away, and leaves no row that it cannot read.</summary>
internal sealed class RevocationRunsToItsEndTests
{
    private const int Many = 1001;

    private EveryEndpoint host = null!;
    private CountingStore store = null!;

    [SetUp]
    public async Task StartAsync()
    {
        host = await EveryEndpoint.StartAsync(s => s.AddAuthorizationStore<CountingStore>(ServiceLifetime.Singleton));
        store = (CountingStore)host.Server.Services.GetRequiredService<IAuthorizationStore>();
    }

    [TearDown]
    public async Task StopAsync() => await host.DisposeAsync();

    [TestCase("DELETE", "/api/v0/users/me/oauth2/authorizations")]
    [TestCase("DELETE", "/api/v0/oauth2/authorizations?subject=alice")]
    [TestCase("DELETE", "/api/v0/oauth2/apps/spa/authorizations")]
    [TestCase("POST", "/oauth2/connected-apps all")]
    [TestCase("POST", "/oauth2/connected-apps entry")]
    public async Task When_the_callers_connection_breaks_every_row_still_goes(string method, string url)
    {
        // The page shows a thousand.
        var count = url.EndsWith("entry", StringComparison.Ordinal) ? 1000 : Many;
        await FillAsync(count);
        var user = new ConnectedAppsApiTests.Session(host.Server, "alice");
        var (page, token) = (await user.Browser.GetAsync("/oauth2/connected-apps"), await user.TokenAsync());
        using var connection = new CancellationTokenSource();
        var removed = store.RemovedAsync(count);
        store.AtRemoval = n =>
        {
            if (n == 57)
                connection.Cancel();
        };
        var request = new HttpRequestMessage(new(method), url.Split(' ')[0]);
        if (method != "POST")
            request.Headers.Add("RequestVerificationToken", token);
        if (url.Split(' ') is [_, var field])
            request.Content = new FormUrlEncodedContent([
                .. Browser.HiddenFields(page).Take(1).Select(f => KeyValuePair.Create(f.Name, f.Value)),
                new(field, field == "all" ? "yes" : page.Body.Split("name=\"entry\" value=\"")[1].Split('"')[0]),
            ]);
        var browser = url.Contains("/api/v0/oauth2", StringComparison.Ordinal) ? host.Server.NewBrowser("root") : user.Browser;
        try
        {
            await browser.SendAsync(request, connection.Token);
        }
        catch (OperationCanceledException) { }

        await removed;
        (await host.Server.RowsAsync("alice")).Should().BeEmpty();
    }

    [Test]
    public async Task A_row_that_cannot_be_read_goes_too()
    {
        await FillAsync(5);
        foreach (var data in new[] { "", "null", "{}", "{\"code\":null}" })
        {
            var row = new AuthorizationRecord(Guid.CreateVersion7().ToString("N"), 1, "alice", "spa", DateTimeOffset.MaxValue, data);
            await store.AddAsync(row, default);
        }

        using var scope = host.Server.Services.CreateScope();
        var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
        (await apps.ListAsync(new("alice", null, 1000), default)).Items.Should().HaveCount(5, "the others are left out of lists");
        var unreadable = (await host.Server.RowsAsync("alice"))[^1];
        (await apps.RevokeAsync("alice", unreadable.Id, default)).Should().BeTrue();
        (await apps.RevokeForSubjectAsync("alice", default)).Should().Be(8);
        (await host.Server.RowsAsync("alice")).Should().BeEmpty();
    }

    [Test]
    public async Task When_the_store_fails_in_the_middle_the_caller_is_told_and_may_repeat()
    {
        await FillAsync(50);
        store.AtRemoval = n =>
        {
            if (n == 20)
                throw new TimeoutException();
        };
        var admin = host.Server.NewBrowser("root");
        const string url = "/api/v0/oauth2/authorizations?subject=alice";
        (await admin.SendAsync(new(HttpMethod.Delete, url))).ShouldBeProblem(503, "HQ1045");
        host.Server.Logs.Lines.Should().Contain(l => l.Contains("19 authorizations of subject alice"), "what ended is recorded");
        var again = await admin.SendAsync(new(HttpMethod.Delete, url));
        (again.Status, again.Body).Should().Be((200, "{\"revoked\":31}"));
    }

    [Test]
    public async Task Rows_that_are_added_meanwhile_go_too_and_keep_nothing_going_for_ever()
    {
        await FillAsync(10);
        var template = (await host.Server.RowsAsync("alice"))[0];
        // Before the cursor: its node's clock is behind.
        var early = 0;
        store.AtRemoval = n =>
        {
            if (n == 5)
                store.AddAsync(template with { Id = (early++).ToString("x32") }, default).AsTask().Wait();
        };
        using var scope = host.Server.Services.CreateScope();
        var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
        (await apps.RevokeForSubjectAsync("alice", default)).Should().Be(11);
        (await host.Server.RowsAsync("alice")).Should().BeEmpty();

        await store.AddAsync(template, default);
        store.AtRemoval = _ => store.AddAsync(template with { Id = (early++).ToString("x32") }, default).AsTask().Wait();
        (await apps.RevokeForSubjectAsync("alice", default)).Should().BeLessThan(100);
    }

    [Test]
    public async Task A_revocation_in_code_is_the_hosts_and_one_on_the_page_the_users()
    {
        await FillAsync(2);
        using var scope = host.Server.Services.CreateScope();
        var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
        await apps.RevokeAsync("alice", (await host.Server.RowsAsync("alice"))[0].Id, default);
        host.Server.Logs.Lines.Should().Contain(l => l.EndsWith("revoked by Host ", StringComparison.Ordinal));
        var user = new ConnectedAppsApiTests.Session(host.Server, "alice");
        (await user.DeleteAsync("/" + (await user.IdsAsync())[0])).Status.Should().Be(204);
        host.Server.Logs.Lines.Should().Contain(l => l.EndsWith("revoked by User ", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_client_that_goes_away_while_it_revokes_has_revoked()
    {
        var tokens = await host.Server.TokensAsync("spa");
        using var connection = new CancellationTokenSource();
        var removed = store.RemovedAsync(1);
        store.AtRemoval = _ => connection.Cancel();
        await host
            .Server.NewBrowser(null)
            .SendAsync(
                new(HttpMethod.Post, BackChannel.Revoke)
                {
                    Content = new FormUrlEncodedContent([new("token", tokens.RefreshToken()), new("client_id", "spa")]),
                },
                connection.Token
            )
            .ContinueWith(_ => { }, TaskScheduler.Default);
        await removed;
        (await host.Server.RowsAsync("alice")).Should().BeEmpty();
        store.Tokens.Should().OnlyContain(ct => !ct.CanBeCanceled);
    }

    private async Task FillAsync(int count)
    {
        await host.Server.TokensAsync("spa");
        var row = (await host.Server.RowsAsync("alice")).Single();
        for (var i = 1; i < count; i++)
            await store.AddAsync(row with { Id = Guid.CreateVersion7().ToString("N") }, default);
    }

    /// <summary>Honours cancellation as a database driver does, and counts removals.</summary>
    internal sealed class CountingStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();
        private int removals;
        private int removed;
        private int expected;
        private TaskCompletionSource done = new();

        public Action<int> AtRemoval { get; set; } = _ => { };

        public System.Collections.Concurrent.ConcurrentBag<CancellationToken> Tokens { get; } = [];

        /// <summary>Waits until so many rows are gone; a revocation that stopped never gets there.</summary>
        public Task RemovedAsync(int count)
        {
            (expected, done) = (count, new());
            return removed >= expected ? Task.CompletedTask : done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return inner.FindAsync(id, ct);
        }

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public async ValueTask RemoveAsync(string id, CancellationToken ct)
        {
            Tokens.Add(ct);
            AtRemoval(++removals);
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
            await inner.RemoveAsync(id, ct);
            if (++removed == expected)
                done.SetResult();
        }

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return inner.ListAsync(by, ct);
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);
    }
}
