using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A user's list of connected apps over HTTP: what it says, who may read it, and what a removal ends.</summary>
internal sealed class ConnectedAppsApiTests
{
    private const string Path = "/api/v0/users/me/oauth2/authorizations";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task It_lists_what_the_user_allowed()
    {
        var user = new Session(app, "list-user");
        await user.TokensAsync("web");
        var list = await user.ListAsync();
        list.Status.Should().Be(200);
        list.ContentType.Should().Be("application/json");
        list.Header("Cache-Control").Should().Contain("no-store");
        list.Json.EnumerateObject().Select(p => p.Name).Should().Equal("items");
        var item = list.Json.GetProperty("items")[0];
        item.EnumerateObject()
            .Select(p => p.Name)
            .Should()
            .BeEquivalentTo(
                "authorization_id",
                "authorization_issued_at",
                "subject",
                "app_name",
                "app_display_name",
                "app_client_id",
                "app_provenance",
                "app_org",
                "is_device",
                "is_personal_access_token",
                "redirect_host",
                "scope",
                "resource",
                "last_used_at",
                "has_live_tokens",
                "consent_remembered_until"
            );
        item.GetProperty("authorization_issued_at").GetString().Should().Be(app.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        item.GetProperty("app_client_id").GetString().Should().Be("web");
        item.GetProperty("app_provenance").GetString().Should().Be("api");
        item.GetProperty("app_org").GetString().Should().Be("default");
        item.GetProperty("redirect_host").GetString().Should().Be("app.example.com");
        item.GetProperty("scope").EnumerateArray().Select(s => s.GetString()).Should().Equal("read", "write");
        item.GetProperty("resource").EnumerateArray().Select(s => s.GetString()).Should().Equal(TestApp.Issuer);
        item.GetProperty("has_live_tokens").GetBoolean().Should().BeTrue();
        list.Body.Should().NotContainAny("hqa_", "hqr_", "secret");
    }

    [Test]
    public async Task The_stable_name_and_the_shown_name_differ_where_a_name_is_hostile()
    {
        var id = (
            await app.RegisterAsync(
                new
                {
                    redirect_uris = new[] { TestApp.RedirectUri },
                    client_name = "Claude   \u2003 by <b>x",
                    token_endpoint_auth_method = "none",
                }
            )
        ).Text("client_id")!;
        var user = new Session(app, "name-user");
        await user.TokensAsync(id);
        var item = (await user.ListAsync()).Json.GetProperty("items")[0];
        item.GetProperty("app_name").GetString().Should().Be("Claude   \u2003 by <b>x");
        item.GetProperty("app_display_name").GetString().Should().Be("Claude by <b>x");
        item.GetProperty("app_provenance").GetString().Should().Be("dcr");
        item.TryGetProperty("consent_remembered_until", out _).Should().BeFalse("a self-registered client is always asked for");
    }

    [Test]
    public async Task It_goes_page_by_page_and_leaves_out_what_does_not_count()
    {
        var user = new Session(app, "page-user");
        for (var i = 0; i < 5; i++)
        {
            await user.TokensAsync("native");
            // A code that nobody redeems is no connected app.
            await user.Browser.ApproveAsync(TestApp.AuthorizeUrl("native"));
        }

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await user.ListAsync($"?limit=2{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}");
            var ids = page.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("authorization_id").GetString()!).ToList();
            after = page.Text("next");
            ids.Should().HaveCount(after is null ? ids.Count : 2, "a page that is not the last is full");
            seen.AddRange(ids);
        } while (after is not null);
        seen.Should().HaveCount(5).And.OnlyHaveUniqueItems();
    }

    [TestCase("0")]
    [TestCase("1001")]
    [TestCase("many")]
    [TestCase("-1")]
    public async Task A_limit_that_cannot_be_is_a_problem_with_the_field(string limit)
    {
        var answer = await new Session(app, "limit-user").ListAsync("?limit=" + limit);
        answer.ShouldBeProblem(400, "HQ1049");
        answer.Json.GetProperty("invalid_fields")[0].GetProperty("name").GetString().Should().Be("limit");
    }

    [Test, Rfc("7009-2.1-6")]
    [Rfc("21-7.9-3")]
    public async Task A_removal_ends_every_token_and_the_remembered_consent_at_once()
    {
        var user = new Session(app, "end-user");
        var tokens = await user.TokensAsync("web");
        (await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull("it is remembered");
        foreach (var id in await user.IdsAsync())
            (await user.DeleteAsync("/" + id)).Status.Should().Be(204);

        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await app.IntrospectAsync(tokens.Text("refresh_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        (await app.RefreshAsync("web", tokens.Text("refresh_token")!)).ShouldBeError("invalid_grant");
        (await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task An_authorization_of_another_user_is_not_found()
    {
        var (victim, thief) = (new Session(app, "victim"), new Session(app, "thief"));
        var tokens = await victim.TokensAsync("web");
        var id = (await victim.IdsAsync()).Single();
        var others = await thief.DeleteAsync("/" + id);
        var unknown = await thief.DeleteAsync("/" + new string('0', 32));
        others.ShouldBeProblem(404, "HQ1047");
        others.Body.Should().Be(unknown.Body);
        (await thief.DeleteAsync("/x%27%20or%201=1")).Body.Should().Be(unknown.Body);
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task Everything_goes_at_once()
    {
        var (user, other) = (new Session(app, "all-user"), new Session(app, "all-other"));
        await user.TokensAsync("web");
        await user.TokensAsync("native");
        await other.TokensAsync("web");
        (await user.DeleteAsync("")).Status.Should().Be(204);
        (await user.IdsAsync()).Should().BeEmpty();
        (await other.IdsAsync()).Should().HaveCount(1);
    }

    [Test]
    public async Task Without_a_session_nobody_is_sent_anywhere()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        var answer = await app.SendAsync(request);
        answer.ShouldBeProblem(401, "HQ1046");
        answer.Location.Should().BeNull();
        using var delete = new HttpRequestMessage(HttpMethod.Delete, Path);
        (await app.SendAsync(delete)).ShouldBeProblem(401, "HQ1046");
    }

    [Test]
    public async Task An_access_token_is_no_session()
    {
        var user = new Session(app, "bearer-user");
        var token = (await user.TokensAsync("web")).Text("access_token")!;
        (await app.GetAsync(Path, token)).ShouldBeProblem(401, "HQ1046");

        // Also where the host's default scheme takes such tokens, or the session rides along.
        await using var bearer = await TestApp.StartAsync(host: b =>
            b.Services.Configure<Microsoft.AspNetCore.Authentication.AuthenticationOptions>(o =>
                o.DefaultScheme = HqOAuth2BearerDefaults.AuthenticationScheme
            )
        );
        var id = (
            await bearer.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "web:" + TestApp.WebSecret))
        ).Text("access_token");
        (await bearer.GetAsync(Path, id)).ShouldBeProblem(401, "HQ1046");
        using var both = new HttpRequestMessage(HttpMethod.Get, Path);
        both.Headers.Add("Cookie", "test-user=bearer-user");
        both.Headers.Add("Authorization", "bearer " + token);
        (await app.SendAsync(both)).ShouldBeProblem(401, "HQ1046");
    }

    [Test]
    public async Task A_removal_without_the_antiforgery_token_of_the_session_removes_nothing()
    {
        var (user, other) = (new Session(app, "forged"), new Session(app, "forger"));
        await user.TokensAsync("web");
        var id = (await user.IdsAsync()).Single();
        foreach (var path in new[] { "/" + id, "" })
        {
            (await user.DeleteAsync(path, token: null)).ShouldBeProblem(400, "HQ1048");
            (await user.DeleteAsync(path, token: await other.TokenAsync())).ShouldBeProblem(400, "HQ1048");
        }

        (await user.IdsAsync()).Should().Equal(id);
    }

    [Test]
    public async Task No_other_origin_may_read_it()
    {
        await using var open = await TestApp.StartAsync(host: OpenCors.Add);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("Cookie", "test-user=someone");
        request.Headers.Add("Origin", "https://evil.example");
        var answer = await open.SendAsync(request);
        (answer.Status, answer.Header("Access-Control-Allow-Origin")).Should().Be((200, null));
    }

    [Test]
    public async Task A_host_ends_everything_of_a_user_or_of_a_client_in_code()
    {
        var (user, other) = (new Session(app, "code-user"), new Session(app, "code-other"));
        await user.TokensAsync("web");
        await user.TokensAsync("native");
        var client = await app.DcrAsync();
        await user.TokensAsync(client);
        await other.TokensAsync(client);
        using var scope = app.Services.CreateScope();
        var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
        (await apps.RevokeForClientAsync(client, CancellationToken.None)).Should().Be(2);
        (await other.IdsAsync()).Should().BeEmpty();
        (await apps.RevokeForSubjectAsync("code-user", CancellationToken.None)).Should().Be(2);
        (await user.IdsAsync()).Should().BeEmpty();
        (await apps.RevokeForSubjectAsync("code-user", CancellationToken.None)).Should().Be(0);
    }

    [Test]
    public async Task The_apps_of_a_client_that_is_gone_are_not_listed()
    {
        var client = await app.DcrAsync();
        var user = new Session(app, "gone-user");
        await user.TokensAsync(client);
        (await user.IdsAsync()).Should().HaveCount(1);
        using var scope = app.Services.CreateScope();
        await ((IClientRegistry)scope.ServiceProvider.GetRequiredService<IClientStore>()).TryRemoveAsync(client, CancellationToken.None);
        app.Services.GetRequiredService<ClientCache>().Forget(client);
        (await user.IdsAsync()).Should().BeEmpty();
    }

    /// <summary>A user's browser that also calls the API as a script of the host's own origin does.</summary>
    internal sealed class Session(TestApp app, string user)
    {
        public string User => user;

        public Browser Browser { get; } = app.NewBrowser(user);

        public async Task<Answer> TokensAsync(string client)
        {
            var code = (await Browser.ApproveAsync(TestApp.AuthorizeUrl(client))).LocationParameter("code")!;
            var tokens = await app.RedeemAsync(client, code);
            tokens.Status.Should().Be(200, tokens.Body);
            return tokens;
        }

        public Task<Answer> ListAsync(string query = "") => Browser.GetAsync(Path + query);

        public async Task<string> TokenAsync() => (await ListAsync()).Header("RequestVerificationToken")!;

        public async Task<List<string>> IdsAsync() =>
            [.. (await ListAsync()).Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("authorization_id").GetString()!)];

        public async Task<Answer> PatchAsync(string id, object change) =>
            await PatchAsync(id, change as string ?? JsonSerializer.Serialize(change), await TokenAsync());

        public Task<Answer> PatchAsync(string id, string json, string? token)
        {
            var request = new HttpRequestMessage(HttpMethod.Patch, $"{Path}/{id}")
            {
                Content = new StringContent(json, Encoding.UTF8, "application/json"),
            };
            if (token is not null)
                request.Headers.Add("RequestVerificationToken", token);
            return Browser.SendAsync(request);
        }

        public async Task<Answer> DeleteAsync(string path) => await DeleteAsync(path, await TokenAsync());

        public Task<Answer> DeleteAsync(string path, string? token)
        {
            var request = new HttpRequestMessage(HttpMethod.Delete, Path + path);
            if (token is not null)
                request.Headers.Add("RequestVerificationToken", token);
            return Browser.SendAsync(request);
        }
    }
}
