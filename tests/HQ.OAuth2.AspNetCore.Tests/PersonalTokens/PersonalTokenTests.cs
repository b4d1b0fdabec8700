using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Personal access tokens by the API: made once, within the rights of the user, and a row like any other.</summary>
internal sealed class PersonalTokenTests
{
    private const string Path = "/api/v0/users/me/oauth2/personal-access-tokens";

    private readonly Told told = new();
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            o =>
            {
                (o.PersonalAccessTokens, o.Limits.PersonalAccessTokensPerHour) = (true, 5);
                o.Resources.Add(new() { Identifier = "https://auth.example.com/tools", Scopes = { "write" } });
            },
            parts: server =>
            {
                server.Services.AddSingleton<IOAuthEvents>(told);
                server.AddPersonalTokenPolicy<Rights>();
            },
            map: host => host.MapGet("/api/client", (HttpContext http) => http.User.FindFirst("client_id")!.Value).RequireScope("read")
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_token_works_at_the_API_and_at_introspection_until_it_expires()
    {
        await using var own = await TestApp.StartAsync(o => o.PersonalAccessTokens = true);
        var user = new ConnectedAppsApiTests.Session(own, "scripts");
        var end = own.Clock.GetUtcNow().AddDays(30);

        var made = await MakeAsync(
            user,
            new
            {
                name = " Nightly  backup ",
                scope = new[] { "read" },
                expires_at = end,
            }
        );

        made.Status.Should().Be(201, made.Body);
        made.Header("Cache-Control").Should().Be("no-store");
        var token = made.Text("token")!;
        token.Should().MatchRegex("^hqp_[0-9a-f]{32}\\.[A-Za-z0-9_-]{49}$");
        var entry = made.Json.GetProperty("authorization");
        entry.GetProperty("app_name").GetString().Should().Be("Nightly backup");
        entry.GetProperty("is_personal_access_token").GetBoolean().Should().BeTrue();
        entry.GetProperty("expires_at").GetString().Should().Be(end.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        entry.TryGetProperty("last_used_at", out _).Should().BeFalse();

        (await own.GetAsync("/api/read", token)).Status.Should().Be(200);
        (await WriteAsync(own, token)).Header("WWW-Authenticate").Should().Contain("insufficient_scope");
        var active = await own.IntrospectAsync(token);
        (active.Text("active"), active.Text("scope"), active.Text("sub"), active.Text("client_id"))
            .Should()
            .Be(("True", "read", "scripts", "personal-access-token"));
        active.Json.GetProperty("exp").GetInt64().Should().Be(end.ToUnixTimeSeconds());
        active.Text("aud").Should().Be(TestApp.Issuer);
        var listed = (await user.ListAsync()).Json.GetProperty("items").EnumerateArray().Single();
        listed.GetProperty("last_used_at").GetString().Should().Be($"{own.Clock.GetUtcNow():yyyy-MM-dd}T00:00:00Z");
        listed.GetProperty("has_live_tokens").GetBoolean().Should().BeTrue();

        own.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        (await own.GetAsync("/api/read", token)).Status.Should().Be(200);
        own.Clock.Advance(TimeSpan.FromSeconds(1));
        (await own.GetAsync("/api/read", token)).Status.Should().Be(401);
        (await own.IntrospectAsync(token)).Text("active").Should().Be("False");
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task A_token_is_narrowed_paused_and_revoked_like_an_app()
    {
        var (user, token) = await TokenAsync("changed", "read", "write");
        var id = (await user.IdsAsync()).Single();

        (await user.PatchAsync(id, new { scope = new[] { "write" } })).Status.Should().Be(200);
        (await app.GetAsync("/api/read", token)).Status.Should().Be(403);
        (await user.PatchAsync(id, new { paused = true })).Status.Should().Be(200);
        (await WriteAsync(app, token)).Status.Should().Be(401);
        (await user.PatchAsync(id, new { paused = false })).Status.Should().Be(200);
        (await WriteAsync(app, token)).Status.Should().Be(200);
        (await user.DeleteAsync("/" + id)).Status.Should().Be(204);
        (await WriteAsync(app, token)).Status.Should().Be(401);
        (await app.IntrospectAsync(token)).Text("active").Should().Be("False");
    }

    [Test]
    public async Task The_end_that_a_user_sets_later_counts_and_one_after_the_expiry_changes_nothing()
    {
        await using var own = await TestApp.StartAsync(o => o.PersonalAccessTokens = true);
        var user = new ConnectedAppsApiTests.Session(own, "ends");
        var made = await MakeAsync(
            user,
            new
            {
                name = "x",
                scope = new[] { "read" },
                expires_at = own.Clock.GetUtcNow().AddDays(1),
            }
        );
        var id = (await user.IdsAsync()).Single();

        await user.PatchAsync(id, new { ends_at = own.Clock.GetUtcNow().AddDays(300) });
        own.Clock.Advance(TimeSpan.FromHours(23));
        (await own.IntrospectAsync(made.Text("token")!)).Text("active").Should().Be("True");
        await user.PatchAsync(id, new { ends_at = own.Clock.GetUtcNow().AddMinutes(5) });
        var shortened = (await own.IntrospectAsync(made.Text("token")!)).Json.GetProperty("exp").GetInt64();
        shortened.Should().Be(own.Clock.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds());
        await user.PatchAsync(id, "{\"ends_at\":null}");
        own.Clock.Advance(TimeSpan.FromHours(2));
        (await own.IntrospectAsync(made.Text("token")!)).Text("active").Should().Be("False", "no change outlives the expiry");
    }

    [Test]
    public async Task Anybody_who_finds_a_token_can_revoke_it()
    {
        var (user, token) = await TokenAsync("leaked", "read");

        (await app.PostAsync("/oauth2/revoke", ("client_id", "personal-access-token"), ("token", token))).Status.Should().Be(200);

        (await app.GetAsync("/api/read", token)).Status.Should().Be(401);
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [TestCase("web")]
    [TestCase("spa")]
    public async Task A_client_cannot_revoke_it(string client)
    {
        var (_, token) = await TokenAsync("not-yours-" + client, "read");

        (await app.PostAsync("/oauth2/revoke", [.. TestApp.Credentials(client), ("token", token)])).ShouldBeError("invalid_grant");

        (await app.GetAsync("/api/read", token)).Status.Should().Be(200);
    }

    [Test]
    public async Task The_client_behind_tokens_can_do_nothing_else()
    {
        const string client = "personal-access-token";
        var (_, token) = await TokenAsync("behind", "read");
        var secret = token["hqp_".Length..^6];
        foreach (
            var form in new (string, string)[][]
            {
                [("grant_type", "authorization_code"), ("code", IssuedText.Seal("hqa_" + secret)), ("client_id", client)],
                [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", client)],
                [("grant_type", "client_credentials"), ("client_id", client)],
                [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "x"), ("client_id", client)],
            }
        )
            (await app.PostAsync("/oauth2/token", form)).Status.Should().Be(400);
        (await app.PostAsync("/oauth2/introspect", ("client_id", client), ("token", token))).ShouldBeError("invalid_client", 401);
        (await app.NewBrowser("behind").GetAsync(TestApp.AuthorizeUrl(client))).ShouldBeErrorPage();
        (await app.GetAsync("/api/read", token)).Status.Should().Be(200, "none of it ended the token");
    }

    [Test]
    public async Task A_made_up_or_altered_token_is_refused()
    {
        var (_, token) = await TokenAsync("altered", "read");
        var other = PersonalToken.New(app.Clock.GetUtcNow());
        string[] wrong =
        [
            token[..^1],
            token + "A",
            token.ToUpperInvariant(),
            "hqp_",
            other.ToWire(),
            new PersonalToken(new(token.Substring(4, 32), other.Code.Secret)).ToWire(),
        ];
        foreach (var text in wrong)
        {
            (await app.GetAsync("/api/read", text)).Header("WWW-Authenticate").Should().Contain("invalid_token");
            (await app.IntrospectAsync(text)).Text("active").Should().Be("False");
        }
    }

    [Test]
    public async Task The_secret_of_a_code_is_no_token()
    {
        var code = await app.CodeAsync("web");
        var forged = IssuedText.Seal("hqp_" + code["hqa_".Length..^6]);

        (await app.GetAsync("/api/read", forged)).Status.Should().Be(401);
    }

    [TestCase("""{"scope":["read"],"expires_at":"2026-12-24T00:00:00Z"}""", "name")]
    [TestCase("""{"name":"","scope":["read"],"expires_at":"2026-12-24T00:00:00Z"}""", "name")]
    [TestCase("""{"name":"\u202e\u200b","scope":["read"],"expires_at":"2026-12-24T00:00:00Z"}""", "name")]
    [TestCase("""{"name":"x","scope":[],"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":["unknown"],"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":["delete"],"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":["a b"],"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":[null],"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":null,"expires_at":"2026-12-24T00:00:00Z"}""", "scope")]
    [TestCase("""{"name":"x","scope":["read"]}""", "expires_at")]
    [TestCase("""{"name":"x","scope":["read"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [TestCase("""{"name":"x","scope":["read"],"expires_at":"2031-01-01T00:00:00Z"}""", "expires_at")]
    [TestCase("""{"name":"x","scope":["read"],"expires_at":"9999-12-31T23:59:59Z"}""", "expires_at")]
    [TestCase("""{"name":"x","scope":["read"],"expires_at":"soon"}""", "expires_at")]
    [TestCase("""{"name":"x","scope":["read"],"resource":["https://elsewhere.example"],"expires_at":"2026-12-24T00:00:00Z"}""", "resource")]
    [TestCase(
        """{"name":"x","scope":["read"],"resource":["https://auth.example.com/tools"],"expires_at":"2026-12-24T00:00:00Z"}""",
        "scope"
    )]
    [TestCase("""{"name":"x","scope":["read"],"expires_at":"2026-12-24T00:00:00Z","admin":true}""", "admin")]
    public async Task An_invalid_field_is_named(string json, string field)
    {
        var user = new ConnectedAppsApiTests.Session(app, "invalid");

        var refused = await MakeAsync(user, json);

        refused.Status.Should().Be(400, refused.Body);
        refused.ContentType.Should().Be("application/problem+json");
        refused.Body.Should().Contain(field).And.NotContain("hqp_");
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Somebody_without_rights_makes_none()
    {
        var user = new ConnectedAppsApiTests.Session(app, "guest");

        (await MakeAsync(user, Valid("x"))).ShouldBeProblem(403, "HQ1120");
        var page = await user.Browser.GetAsync("/oauth2/connected-apps/new-token");
        page.Status.Should().Be(400);
        page.Body.Should().Contain("You may not make personal access tokens here.");
    }

    [Test]
    public async Task It_needs_a_session_and_the_antiforgery_token()
    {
        var user = new ConnectedAppsApiTests.Session(app, "csrf");
        var (_, token) = await TokenAsync("csrf-bearer", "read", "write");

        (await SendAsync(user.Browser, Valid("x"), token: null)).Status.Should().Be(400);
        (await SendAsync(user.Browser, Valid("x"), "made-up")).Status.Should().Be(400);
        var others = await new ConnectedAppsApiTests.Session(app, "another").TokenAsync();
        (await SendAsync(user.Browser, Valid("x"), others)).Status.Should().Be(400);
        (await SendAsync(app.NewBrowser(null), Valid("x"), await user.TokenAsync())).Status.Should().Be(401);
        var request = Request(Valid("x"), await user.TokenAsync());
        request.Headers.Authorization = new("Bearer", token);
        (await user.Browser.SendAsync(request)).Status.Should().Be(401, "a token makes no token");
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Fifty_requests_at_once_make_no_more_than_the_limit()
    {
        var user = new ConnectedAppsApiTests.Session(app, "flood");
        var proof = await user.TokenAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => SendAsync(user.Browser, Valid("flood " + i), proof)));

        answers.Count(a => a.Status == 201).Should().Be(5);
        answers.Where(a => a.Status != 201).Should().OnlyContain(a => a.Status == 429 && a.Header("Retry-After") != null);
        (await user.IdsAsync()).Should().HaveCount(5);
    }

    [Test]
    public async Task An_audit_trail_hears_of_it_and_no_log_has_the_token()
    {
        var (user, token) = await TokenAsync("audited", "read");
        await app.GetAsync("/api/read", token);

        var granted = told.Granted.Where(g => g.Subject == user.User).Should().ContainSingle().Subject;
        (granted.ClientId, granted.Scope.ToString(), granted.Asked).Should().Be(("personal-access-token", "read", true));
        var secret = token[37..80];
        app.Logs.Lines.Should().NotContain(line => line.Contains(secret));
    }

    [Test]
    public async Task All_tokens_of_everybody_end_by_one_call()
    {
        await using var own = await TestApp.StartAsync(o => o.PersonalAccessTokens = true);
        var user = new ConnectedAppsApiTests.Session(own, "all");
        var made = await MakeAsync(user, Valid("x"));
        await user.TokensAsync("web");

        using (var scope = own.Services.CreateScope())
            await scope.ServiceProvider.GetRequiredService<ConnectedApps>().RevokeForClientAsync("personal-access-token", default);

        (await own.GetAsync("/api/read", made.Text("token"))).Status.Should().Be(401);
        (await user.IdsAsync()).Should().ContainSingle("the app is still connected");
    }

    [Test]
    public async Task Without_the_option_there_is_no_page_and_no_token_works()
    {
        await using var own = await TestApp.StartAsync();
        var user = new ConnectedAppsApiTests.Session(own, "off");

        (await MakeAsync(user, Valid("x"))).Status.Should().Be(404);
        (await user.Browser.GetAsync("/oauth2/connected-apps/new-token")).Status.Should().Be(404);
        (await user.Browser.GetAsync("/oauth2/connected-apps")).Body.Should().NotContain("personal access token");
        (await own.PostAsync("/oauth2/revoke", ("client_id", "personal-access-token"), ("token", "x"))).ShouldBeError(
            "invalid_client",
            401
        );
    }

    private static Task<Answer> WriteAsync(TestApp app, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        request.Headers.Authorization = new("Bearer", token);
        return app.SendAsync(request);
    }

    private static object Valid(string name) =>
        new
        {
            name,
            scope = new[] { "read" },
            expires_at = HQ.OAuth2.Tests.TestClock.Start.AddDays(20),
        };

    private static async Task<Answer> MakeAsync(ConnectedAppsApiTests.Session user, object body) =>
        await SendAsync(user.Browser, body, await user.TokenAsync());

    private static Task<Answer> SendAsync(Browser browser, object body, string? token) => browser.SendAsync(Request(body, token));

    private static HttpRequestMessage Request(object body, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        if (token is not null)
            request.Headers.Add("RequestVerificationToken", token);
        return request;
    }

    private async Task<(ConnectedAppsApiTests.Session User, string Token)> TokenAsync(string name, params string[] scope)
    {
        var user = new ConnectedAppsApiTests.Session(app, name);
        var made = await MakeAsync(
            user,
            new
            {
                name = "script",
                scope,
                expires_at = app.Clock.GetUtcNow().AddDays(1),
            }
        );
        made.Status.Should().Be(201, made.Body);
        return (user, made.Text("token")!);
    }

    /// <summary>Guests make no tokens, nobody gives away "delete", and "unknown" is no scope of the server.</summary>
    private sealed class Rights : IPersonalTokenPolicy
    {
        public ValueTask<ScopeSet> ScopesAsync(ClaimsPrincipal user, CancellationToken ct) =>
            new(user.Identity!.Name == "guest" ? ScopeSet.Empty : ScopeSet.Of("read", "write", "unknown"));
    }

    private sealed class Told : IOAuthEvents
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<OAuthEvent> all = [];

        public IEnumerable<OAuthEvent.AuthorizationGranted> Granted => all.OfType<OAuthEvent.AuthorizationGranted>();

        public ValueTask OnAsync(OAuthEvent happened)
        {
            all.Enqueue(happened);
            return default;
        }
    }
}
