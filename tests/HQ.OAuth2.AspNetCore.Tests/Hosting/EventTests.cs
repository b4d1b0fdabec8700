using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a host's audit trail is told.</summary>
internal sealed class EventTests
{
    private readonly Trail trail = new();
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        trail.Events.Clear();
        app = await TestApp.StartAsync(parts: p =>
        {
            p.AddEvents<Failing>();
            p.Services.AddSingleton<IOAuthEvents>(trail);
        });
    }

    [TearDown]
    public Task StopAsync() => app.DisposeAsync().AsTask();

    [Test]
    public async Task A_grant_is_told_with_who_what_and_where()
    {
        var browser = app.NewBrowser("tina");
        await browser.ApproveAsync(TestApp.AuthorizeUrl("web"));
        await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var granted = trail.Of<OAuthEvent.AuthorizationGranted>();
        granted
            .Select(e => (e.Subject, e.ClientId, e.Scope.ToString(), e.RedirectHost, e.Asked))
            .Should()
            .Equal(("tina", "web", "read write", "app.example.com", true), ("tina", "web", "read write", "app.example.com", false));
        granted.Select(e => e.AuthorizationId).Should().BeEquivalentTo((await app.RowsAsync("tina")).Select(r => r.Id));
        trail.Events.Should().OnlyContain(e => e.At == app.Clock.GetUtcNow());
        granted[0].Resources.Should().Equal(TestApp.Issuer);
    }

    [Test]
    public async Task A_refusal_is_told()
    {
        await app.NewBrowser("udo").DenyAsync(TestApp.AuthorizeUrl("web", ("scope", "delete")));
        var refused = trail.Of<OAuthEvent.AuthorizationRefused>().Should().ContainSingle().Subject;
        (refused.Subject, refused.ClientId, refused.Scope.ToString()).Should().Be(("udo", "web", "delete"));
        trail.Of<OAuthEvent.AuthorizationGranted>().Should().BeEmpty();
    }

    [Test]
    public async Task A_revocation_by_the_client_is_told()
    {
        var tokens = await app.TokensAsync("web");
        await app.PostAsync("/oauth2/revoke", ("token", tokens.Text("refresh_token")!), ("basic", "web:" + TestApp.WebSecret));
        tokens = await app.TokensAsync("web");
        await app.PostAsync("/oauth2/revoke", ("token", tokens.Text("access_token")!), ("basic", "web:" + TestApp.WebSecret));
        await app.PostAsync("/oauth2/revoke", ("token", "unknown"), ("basic", "web:" + TestApp.WebSecret));
        trail
            .Of<OAuthEvent.AuthorizationRevoked>()
            .Select(e => (e.By, e.Subject, e.ClientId, e.Count))
            .Should()
            .Equal((RevokedBy.Client, "alice", "web", 1), (RevokedBy.Client, "alice", "web", 1));
    }

    [Test]
    public async Task A_replay_is_told()
    {
        var code = await app.CodeAsync("web");
        await app.RedeemAsync("web", code);
        await app.RedeemAsync("web", code);
        var replayed = trail.Of<OAuthEvent.TokenReplayed>().Should().ContainSingle().Subject;
        (replayed.Subject, replayed.ClientId, replayed.Token).Should().Be(("alice", "web", "code"));
        replayed.AuthorizationId.Should().Be(trail.Of<OAuthEvent.AuthorizationGranted>()[0].AuthorizationId);
    }

    [Test]
    public async Task A_retry_inside_the_leeway_is_told_with_both_turns()
    {
        var first = (await app.TokensAsync("spa")).RefreshToken();
        await app.RefreshAsync("spa", first);
        await app.RefreshAsync("spa", first);

        var retried = trail.Of<OAuthEvent.RefreshTokenRetried>().Should().ContainSingle().Subject;
        (retried.Subject, retried.ClientId, retried.Turn, retried.LiveTurn).Should().Be(("alice", "spa", 1, 2));
        retried.AuthorizationId.Should().Be(trail.Of<OAuthEvent.AuthorizationGranted>()[0].AuthorizationId);
    }

    [Test]
    public async Task A_refresh_without_a_rotation_is_told()
    {
        var token = (await app.TokensAsync("spa")).RefreshToken();
        for (var i = 0; i < 10; i++)
            token = (await app.RefreshAsync("spa", token)).RefreshToken();

        trail.Of<OAuthEvent.RefreshTokenRetried>().Select(e => (e.Turn, e.LiveTurn)).Should().Equal((9, 9), (9, 9));
    }

    [Test]
    public async Task A_registration_is_told()
    {
        var id = await app.DcrAsync("https://one.example/cb");
        var registered = trail.Of<OAuthEvent.ClientRegistered>().Should().ContainSingle().Subject;
        (registered.ClientId, registered.Provenance, registered.Org).Should().Be((id, ClientProvenance.Dcr, "default"));
        registered.RedirectUris.Should().Equal("https://one.example/cb");
    }

    [Test]
    public async Task Revocations_by_users_and_hosts_are_events()
    {
        var user = new ConnectedAppsApiTests.Session(app, "vera");
        await user.TokensAsync("web");
        await user.DeleteAsync("/" + (await user.IdsAsync()).Single());
        await user.TokensAsync("native");
        await user.DeleteAsync("");
        using var scope = app.Services.CreateScope();
        var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
        await apps.RevokeForSubjectAsync("vera", CancellationToken.None);
        await apps.RevokeForClientAsync("web", CancellationToken.None);
        trail
            .Of<OAuthEvent.AuthorizationRevoked>()
            .Select(e => (e.By, e.Subject, e.ClientId, e.Count, e.AuthorizationId is null))
            .Should()
            .Equal(
                (RevokedBy.User, "vera", "web", 1, false),
                (RevokedBy.User, "vera", null, 1, true),
                (RevokedBy.Host, "vera", null, 0, true),
                (RevokedBy.Host, null, "web", 0, true)
            );
    }

    [Test]
    public async Task Changes_by_an_administrator_are_events()
    {
        using var scope = app.Services.CreateScope();
        var clients = scope.ServiceProvider.GetRequiredService<ClientRegistrar>();
        var metadata = new ClientMetadata { RedirectUris = [TestApp.RedirectUri] };
        var id = (await clients.RegisterAsync(metadata, null, default)).Value.Client.ClientId;
        await clients.UpdateAsync(id, metadata with { ClientName = "New" }, new(), null, default);
        await clients.RotateSecretAsync(id, TimeSpan.FromHours(1), null, default);
        await clients.RemoveAsync(id, null, default);
        trail.Of<OAuthEvent.ClientRegistered>().Should().ContainSingle().Which.Provenance.Should().Be(ClientProvenance.Api);
        trail.Of<OAuthEvent.ClientChanged>().Should().ContainSingle().Which.ClientId.Should().Be(id);
        trail
            .Of<OAuthEvent.ClientSecretRotated>()
            .Should()
            .ContainSingle()
            .Which.OthersEndAt.Should()
            .Be(app.Clock.GetUtcNow().AddHours(1));
        trail.Of<OAuthEvent.ClientRemoved>().Should().ContainSingle().Which.ClientId.Should().Be(id);
    }

    [Test]
    public async Task A_listener_that_fails_is_logged_and_stops_nothing()
    {
        (await app.TokensAsync("web")).Status.Should().Be(200);
        app.Logs.Lines.Should().Contain(l => l.Contains("The event AuthorizationGranted was not taken by Failing"));
    }

    [Test]
    public async Task A_listener_that_hangs_holds_no_answer_back_and_the_others_are_still_told()
    {
        var (timers, hanging, later) = (new ManualTimers(), new Hanging(), new Trail());
        await using var slow = await TestApp.StartAsync(parts: p =>
        {
            p.Services.AddSingleton<TimeProvider>(timers);
            p.Services.AddSingleton<IOAuthEvents>(hanging);
            p.Services.AddSingleton<IOAuthEvents>(later);
        });
        var browser = slow.NewBrowser("hans");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));

        var answer = browser.PressAsync(page, "approve");
        await hanging.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        answer.IsCompleted.Should().BeFalse("it waits for a while");
        timers.FireAll(Patience.Longest);

        var code = (await answer).LocationParameter("code");
        code.Should().NotBeNull();
        slow.Logs.Lines.Should()
            .Contain(l => l.StartsWith("Warning") && l.Contains("Hanging has not taken the event AuthorizationGranted"));
        await later.Told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // Now that its request is over, its services are gone: it fails by itself, is logged, and stops nothing.
        hanging.Go.SetException(new ObjectDisposedException("a service of the request"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!slow.Logs.Lines.Any(l => l.Contains("was not taken by Hanging")))
            await Task.Delay(1, patience.Token);
        (await slow.RedeemAsync("web", code!)).Status.Should().Be(200);
    }

    [Test]
    public async Task A_note_of_use_that_hangs_holds_no_token_back()
    {
        var (timers, store) = (new ManualTimers(), new HangingRegistry());
        await using var slow = await TestApp.StartAsync(parts: p =>
        {
            p.Services.AddSingleton<TimeProvider>(timers);
            p.Services.AddSingleton<IClientStore>(store);
        });
        var id = await slow.DcrAsync();
        var code = await slow.CodeAsync(id);
        store.Hangs = true;
        // It was not noted at the approval, so it is at the token.
        slow.Services.GetRequiredService<ClientCache>().Forget(id);

        var answer = slow.RedeemAsync(id, code);
        await store.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        answer.IsCompleted.Should().BeFalse("it waits for a while");
        timers.FireAll(Patience.Longest);

        (await answer).Status.Should().Be(200);
        slow.Logs.Lines.Should().Contain(l => l.StartsWith("Warning") && l.Contains($"The use of client {id} was not noted within"));
    }

    /// <summary>A clock that stands, and timers that a test lets go off.</summary>
    private sealed class ManualTimers : TimeProvider
    {
        private readonly ConcurrentDictionary<Timer, bool> timers = [];
        private DateTimeOffset now = HQ.OAuth2.Tests.TestClock.Start;

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;

        public void FireAll(TimeSpan due)
        {
            foreach (var timer in timers.Keys.Where(t => t.Due == due))
                timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this, () => callback(state), dueTime);
            timers[timer] = true;
            return timer;
        }

        private sealed class Timer(ManualTimers owner, Action fire, TimeSpan due) : ITimer
        {
            public TimeSpan Due => due;

            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => owner.timers.TryRemove(this, out _);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }

    private sealed class Hanging : IOAuthEvents
    {
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask OnAsync(OAuthEvent happened)
        {
            if (!Called.TrySetResult())
                return;
            await Go.Task;
        }
    }

    /// <summary>A registry whose notes of use never end while a test says so.</summary>
    private sealed class HangingRegistry : IClientRegistry
    {
        private readonly InMemoryClientRegistry inner = new();

        public bool Hangs { get; set; }

        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => inner.FindAsync(clientId, ct);

        public ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) => inner.TryAddAsync(client, ct);

        public ValueTask<bool> TryUpdateAsync(Client client, CancellationToken ct) => inner.TryUpdateAsync(client, ct);

        public ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) => inner.TryRemoveAsync(clientId, ct);

        public ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct) => inner.ListAsync(by, ct);

        public ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct) => inner.CountAsync(provenance, ct);

        public ValueTask<int> RemoveUnusedAsync(DateTimeOffset madeBefore, DateOnly usedBefore, int limit, CancellationToken ct) =>
            inner.RemoveUnusedAsync(madeBefore, usedBefore, limit, ct);

        public async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
        {
            if (!Hangs)
                return;
            Called.TrySetResult();
            await new TaskCompletionSource().Task;
        }
    }

    private sealed class Trail : IOAuthEvents
    {
        public ConcurrentQueue<OAuthEvent> Events { get; } = [];

        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<T> Of<T>() => [.. Events.OfType<T>()];

        public ValueTask OnAsync(OAuthEvent happened)
        {
            Events.Enqueue(happened);
            Told.TrySetResult();
            return default;
        }
    }

    private sealed class Failing : IOAuthEvents
    {
        public ValueTask OnAsync(OAuthEvent happened) => throw new InvalidOperationException("The trail is full.");
    }
}
