using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A user changes what an app may do while it stays connected: every token obeys from then on.</summary>
internal sealed class LiveGrantTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task What_is_taken_away_is_gone_from_tokens_that_are_out_and_from_new_ones()
    {
        var (user, tokens, id) = await ConnectAsync("narrow");
        (await WriteAsync(tokens)).Status.Should().Be(200);

        var changed = await user.PatchAsync(id, new { scope = new[] { "read" } });

        changed.Status.Should().Be(200, changed.Body);
        changed.Json.GetProperty("scope").EnumerateArray().Select(s => s.GetString()).Should().Equal("read");
        var refused = await WriteAsync(tokens);
        refused.Status.Should().Be(403);
        refused.Header("WWW-Authenticate").Should().Contain("insufficient_scope").And.Contain("scope=\"write\"");
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);
        (await IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read");
        (await IntrospectAsync(tokens.Text("refresh_token")!, "web")).Text("scope").Should().Be("read");
        var refreshed = await RefreshAsync(tokens);
        refreshed.Text("scope").Should().Be("read");
        (await RefreshAsync(refreshed, ("scope", "read write"))).Text("error").Should().Be("invalid_scope");
    }

    [Test]
    public async Task A_client_gets_back_what_was_taken_away_only_by_asking_the_user()
    {
        var user = new ConnectedAppsApiTests.Session(app, "step-up");
        await user.TokensAsync("web");
        var id = (await user.IdsAsync()).Single();
        (await user.Browser.GetAsync(TestApp.AuthorizeUrl("web")))
            .LocationParameter("code")
            .Should()
            .NotBeNull("the consent is remembered");

        foreach (var one in await user.IdsAsync())
            await user.PatchAsync(one, new { scope = new[] { "read" } });

        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.Status.Should().Be(200);
        page.Body.Should().Contain("Write notes");
        (await user.Browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")))).LocationParameter("code").Should().NotBeNull();
    }

    [Test]
    public async Task A_paused_app_has_no_token_and_goes_on_when_it_is_resumed()
    {
        var (user, tokens, id) = await ConnectAsync("pause");

        (await user.PatchAsync(id, new { paused = true })).Text("paused_at").Should().NotBeNull();

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        (await IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await IntrospectAsync(tokens.Text("refresh_token")!, "web")).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        var refused = await RefreshAsync(tokens);
        (refused.Status, refused.Text("error")).Should().Be((400, "access_denied"));
        (await user.IdsAsync()).Should().Contain(id, "a paused app is still connected");

        (await user.PatchAsync(id, new { paused = false })).Json.TryGetProperty("paused_at", out _).Should().BeFalse();

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);
        (await RefreshAsync(tokens)).Status.Should().Be(200);
    }

    [Test]
    public async Task A_client_may_revoke_a_token_while_it_is_paused()
    {
        var (user, tokens, id) = await ConnectAsync("paused-revoke");
        await user.PatchAsync(id, new { paused = true });

        (await app.PostAsync("/oauth2/revoke", ("basic", "web:" + TestApp.WebSecret), ("token", tokens.Text("access_token")!)))
            .Status.Should()
            .Be(200);

        (await user.IdsAsync()).Should().NotContain(id);
    }

    [Test]
    public async Task An_end_shortens_tokens_and_ends_the_app()
    {
        await using var own = await TestApp.StartAsync();
        var user = new ConnectedAppsApiTests.Session(own, "end");
        var tokens = await user.TokensAsync("web");
        var id = (await user.IdsAsync()).Single();

        var end = own.Clock.GetUtcNow().AddMinutes(5);
        (await user.PatchAsync(id, new { ends_at = end })).Text("ends_at").Should().Be(end.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));

        var refreshed = await own.RefreshAsync("web", tokens.Text("refresh_token")!);
        refreshed.Json.GetProperty("expires_in").GetInt64().Should().Be(300);
        own.Clock.Advance(TimeSpan.FromMinutes(5));
        (await own.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task A_host_that_tells_says_how_long_refreshing_goes_on()
    {
        await using var own = await TestApp.StartAsync(o => o.TellRefreshExpiry = true);
        var user = new ConnectedAppsApiTests.Session(own, "told");
        var tokens = await user.TokensAsync("web");
        tokens.Json.GetProperty("refresh_token_expires_in").GetInt64().Should().Be((long)TimeSpan.FromDays(30).TotalSeconds);
        tokens.Json.GetProperty("authorization_expires_in").GetInt64().Should().Be((long)TimeSpan.FromDays(180).TotalSeconds);

        await user.PatchAsync((await user.IdsAsync()).Single(), new { ends_at = own.Clock.GetUtcNow().AddHours(2) });
        own.Clock.Advance(TimeSpan.FromHours(1));

        var refreshed = await own.RefreshAsync("web", tokens.Text("refresh_token")!);
        refreshed.Json.GetProperty("refresh_token_expires_in").GetInt64().Should().Be(3600);
        refreshed.Json.GetProperty("authorization_expires_in").GetInt64().Should().Be(3600);
        var alone = await own.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "web:" + TestApp.WebSecret));
        alone.Json.TryGetProperty("authorization_expires_in", out _).Should().BeFalse();
    }

    [Test]
    public async Task A_change_is_told_once_and_one_that_changes_nothing_is_not()
    {
        var told = new Told();
        await using var own = await TestApp.StartAsync(parts: server => server.Services.AddSingleton<IOAuthEvents>(told));
        var user = new ConnectedAppsApiTests.Session(own, "told-once");
        await user.TokensAsync("web");
        var id = (await user.IdsAsync()).Single();

        await user.PatchAsync(id, new { scope = new[] { "read" } });
        await user.PatchAsync(id, new { scope = new[] { "read" } });

        var change = told.Changes.Should().ContainSingle().Subject;
        (change.AuthorizationId, change.Subject, change.ClientId, change.Scope.ToString(), change.IsPaused)
            .Should()
            .Be((id, "told-once", "web", "read", false));
    }

    [Test]
    public async Task An_end_is_taken_away_by_null()
    {
        var (user, _, id) = await ConnectAsync("no-end");
        await user.PatchAsync(id, new { ends_at = app.Clock.GetUtcNow().AddDays(1) });

        var changed = await user.PatchAsync(id, """{"ends_at":null}""");

        (changed.Status, changed.Json.TryGetProperty("ends_at", out _)).Should().Be((200, false));
    }

    [TestCase("""{"scope":["read","delete"]}""", "scope")]
    [TestCase("""{"scope":[]}""", "scope")]
    [TestCase("""{"scope":["a b"]}""", "scope")]
    [TestCase("""{"scope":[null]}""", "scope")]
    [TestCase("""{"resource":["https://other.example.com"]}""", "resource")]
    [TestCase("""{"resource":[null]}""", "resource")]
    [TestCase("""{"ends_at":"2020-01-01T00:00:00Z"}""", "ends_at")]
    [TestCase("""{"ends_at":"tomorrow"}""", "ends_at")]
    [TestCase("""{"ends_at":7}""", "ends_at")]
    [TestCase("""{"paused":"yes"}""", "paused")]
    [TestCase("""{"pause":true}""", "pause")]
    public async Task A_change_that_cannot_be_names_its_field(string body, string field)
    {
        var (user, tokens, id) = await ConnectAsync("bad-change");

        var refused = await user.PatchAsync(id, body);

        refused.Status.Should().Be(400, refused.Body);
        refused.Json.GetProperty("invalid_fields")[0].GetProperty("name").GetString().Should().Be(field);
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);
        (await user.PatchAsync(id, new { })).Json.GetProperty("scope").GetArrayLength().Should().Be(2);
    }

    [Test]
    public async Task Another_user_a_stranger_and_a_page_without_the_token_change_nothing()
    {
        var (user, tokens, id) = await ConnectAsync("mine");
        var thief = new ConnectedAppsApiTests.Session(app, "thief");

        (await thief.PatchAsync(id, new { paused = true })).Status.Should().Be(404);
        (await thief.PatchAsync(new string('0', 32), new { paused = true })).Status.Should().Be(404);
        (await thief.PatchAsync("no-id", new { paused = true })).Status.Should().Be(404);
        (await user.PatchAsync(id, """{"paused":true}""", token: null)).Status.Should().Be(400);
        (await user.PatchAsync(id, """{"paused":true}""", token: await thief.TokenAsync())).Status.Should().Be(400);
        var nobody = new ConnectedAppsApiTests.Session(app, null!);
        (await nobody.PatchAsync(id, """{"paused":true}""", token: null)).Status.Should().Be(401);

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);
    }

    private async Task<(ConnectedAppsApiTests.Session User, Answer Tokens, string Id)> ConnectAsync(string name)
    {
        var user = new ConnectedAppsApiTests.Session(app, name + "-" + Guid.NewGuid().ToString("N"));
        var tokens = await user.TokensAsync("web");
        return (user, tokens, (await user.IdsAsync()).Single());
    }

    private Task<Answer> RefreshAsync(Answer tokens, params (string, string)[] more) =>
        app.RefreshAsync("web", tokens.Text("refresh_token")!, more);

    private Task<Answer> IntrospectAsync(string token, string client = "machine") =>
        app.PostAsync("/oauth2/introspect", ("basic", $"{client}:{TestApp.WebSecret}"), ("token", token));

    private Task<Answer> WriteAsync(Answer tokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        request.Headers.Authorization = new("Bearer", tokens.Text("access_token"));
        return app.SendAsync(request);
    }

    private sealed class Told : IOAuthEvents
    {
        public List<OAuthEvent.AuthorizationChanged> Changes { get; } = [];

        public ValueTask OnAsync(OAuthEvent happened)
        {
            if (happened is OAuthEvent.AuthorizationChanged change)
                Changes.Add(change);
            return ValueTask.CompletedTask;
        }
    }
}
