using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Changes of one client that meet each other: the client's own, and those of administrators.</summary>
internal sealed class ClientRaceTests
{
    private const string Apps = "/api/v0/oauth2/apps/";
    private const int Rounds = 20;

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            o => o.DcrManagement = true,
            host: b => b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireAuthenticatedUser())),
            map: a => a.MapHqOAuth2Management().RequireAuthorization("admin")
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_client_that_repeats_its_own_update_stays_disabled_once_an_administrator_disabled_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, token, _) = await RegisterAsync();
            var (disabled, late) = await WhileItUpdatesItselfAsync(
                id,
                token,
                async () =>
                    (
                        await AdminAsync("PUT", id, """{"redirect_uris":["https://admin.example/cb"],"disabled":true,"org":"admins"}"""),
                        await OwnAsync("PUT", id, token)
                    )
            );

            disabled.Status.Should().Be(200, disabled.Body);
            late.Status.Should().Be(401, late.Body);
            var client = (await app.FindClientAsync(id))!;
            (client.Disabled, client.Org).Should().Be((true, "admins"), "round {0}", round);
        }
    }

    [Test]
    public async Task A_secret_that_was_rotated_away_never_lives_again()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, token, first) = await RegisterAsync();
            var rotated = await WhileItUpdatesItselfAsync(id, token, () => AdminAsync("POST", $"{id}/secret", """{"overlap_seconds":0}"""));

            rotated.Status.Should().Be(200, rotated.Body);
            (await ProveAsync(id, first)).ShouldBeError("invalid_client", 401);
            (await ProveAsync(id, rotated.Text("client_secret")!)).ShouldBeError("invalid_grant");
            // An update with the old secret is refused as well.
            (await OwnAsync("PUT", id, token, first)).ShouldBeError("invalid_client_metadata");
        }
    }

    [Test]
    public async Task A_deleted_client_is_not_made_again_by_its_updates()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, token, _) = await RegisterAsync();
            var byItself = round % 2 == 0;
            var deleted = await WhileItUpdatesItselfAsync(
                id,
                token,
                () => byItself ? OwnAsync("DELETE", id, token) : AdminAsync("DELETE", id)
            );

            deleted.Status.Should().Be(204, deleted.Body);
            (await app.FindClientAsync(id)).Should().BeNull();
        }
    }

    [Test]
    public async Task Of_many_administrators_with_one_etag_one_changes_the_client()
    {
        var (id, _, _) = await RegisterAsync();
        for (var round = 0; round < 3; round++)
        {
            var etag = (await AdminAsync("GET", id)).Header("ETag")!;

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 20).Select(i => Task.Run(() => AdminAsync("PUT", id, Named($"{round}-{i}"), etag)))
            );

            var won = answers.Should().ContainSingle(a => a.Status == 200).Subject;
            foreach (var lost in answers.Where(a => a != won))
                lost.ShouldBeProblem(412, "HQ1060");
            var read = await AdminAsync("GET", id);
            (read.Text("client_name"), read.Header("ETag")).Should().Be((won.Text("client_name"), won.Header("ETag")));
            read.Header("ETag").Should().NotBe(etag);
        }
    }

    [Test]
    public async Task Without_an_etag_each_administrator_is_served_and_the_last_one_wins_as_a_whole()
    {
        var (id, _, _) = await RegisterAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Task.Run(() => AdminAsync("PUT", id, Named($"{i}", $"org-{i}"))))
        );

        answers.Should().OnlyContain(a => a.Status == 200);
        var last = answers.MaxBy(a => a.Json.GetProperty("version").GetInt64())!;
        var read = await AdminAsync("GET", id);
        read.Body.Should().Be(last.Body);
        read.Text("org").Should().Be("org-" + read.Text("client_name"));
        read.Text("version").Should().Be("9");
    }

    [Test]
    public async Task Every_answer_with_a_client_has_its_etag_and_a_change_takes_it_back()
    {
        var made = await AdminAsync("POST", "", """{"grant_types":["client_credentials"]}""");
        var id = made.Text("client_id")!;
        (made.Status, made.Header("ETag"), made.Text("version")).Should().Be((201, "\"1\"", "1"));
        (await AdminAsync("GET", id)).Header("ETag").Should().Be("\"1\"");

        var changed = await AdminAsync("PUT", id, Named("a"), "\"0\", \"1\"");
        (changed.Status, changed.Header("ETag")).Should().Be((200, "\"2\""));
        var rotated = await AdminAsync("POST", $"{id}/secret", "{}", "*");
        (rotated.Status, rotated.Header("ETag")).Should().Be((200, "\"3\""));

        foreach (var stale in new[] { "\"2\"", "\"4\"", "W/\"3\"", "\"03\"", "\"x\"", "\"\"" })
        {
            (await AdminAsync("PUT", id, Named("b"), stale)).ShouldBeProblem(412, "HQ1060");
            (await AdminAsync("POST", $"{id}/secret", "{}", stale)).ShouldBeProblem(412, "HQ1060");
            (await AdminAsync("DELETE", id, null, stale)).ShouldBeProblem(412, "HQ1060");
        }

        foreach (var malformed in new[] { "3", "\"3", "\"3\" \"4\"", "3,4" })
            (await AdminAsync("DELETE", id, null, malformed)).ShouldBeProblem(400, "HQ1049");
        (await AdminAsync("GET", id)).Header("ETag").Should().Be("\"3\"");
        (await AdminAsync("DELETE", id, null, "\"3\"")).Status.Should().Be(204);
        (await AdminAsync("DELETE", id, null, "\"3\"")).ShouldBeProblem(404, "HQ1047");
        (await AdminAsync("PUT", "web", Named("b"), "\"1\"")).ShouldBeProblem(409, "HQ1050");
    }

    [Test]
    public async Task A_precondition_comes_after_what_else_is_wrong()
    {
        var (id, _, _) = await RegisterAsync();

        (await AdminAsync("PUT", id, """{"redirect_uris":["javascript:x"]}""", "\"9\"")).ShouldBeProblem(400, "HQ1038");
        (await AdminAsync("PUT", "hqc_none", Named("a"), "\"9\"")).ShouldBeProblem(404, "HQ1047");
    }

    [Test]
    public async Task A_clients_own_update_leaves_what_an_administrator_decided()
    {
        var (id, token, secret) = await RegisterAsync();
        var decided = await AdminAsync(
            "PUT",
            id,
            """{"redirect_uris":["https://a.example/cb"],"org":"acme","require_pkce":true,"scope":"read"}"""
        );
        decided.Text("scope_is_ceiling").Should().Be("True");

        var updated = await OwnAsync("PUT", id, token, secret, "read write delete");

        (updated.Status, updated.Text("scope")).Should().Be((200, "read"));
        var client = (await app.FindClientAsync(id))!;
        (client.Org, client.RequirePkce, client.Scope!.ToString(), client.ScopeIsCeiling).Should().Be(("acme", true, "read", true));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id, ("scope", "read write")))).ShouldBeErrorPage();
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id, ("scope", "read")))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task Without_a_scope_from_an_administrator_a_client_may_step_up()
    {
        var (id, token, secret) = await RegisterAsync();
        await AdminAsync("PUT", id, $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"scope":"read"}""");

        var changed = await AdminAsync("PUT", id, $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"]}""");

        changed.Text("scope_is_ceiling").Should().Be("False");
        (await OwnAsync("PUT", id, token, secret, "read write")).Text("scope").Should().Be("read write");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id, ("scope", "read write delete")))).IsConsentPage().Should().BeTrue();
    }

    private static string Named(string name, string org = "acme") =>
        JsonSerializer.Serialize(
            new
            {
                client_name = name,
                redirect_uris = new[] { TestApp.RedirectUri },
                org,
            }
        );

    // Four of the client's own updates at any moment, before, during and after what is done.
    private async Task<T> WhileItUpdatesItselfAsync<T>(string id, string token, Func<Task<T>> act)
    {
        using var stop = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 4).Select(_ => Task.Run(RepeatAsync)).ToList();
        try
        {
            return await act();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(busy).WaitAsync(TimeSpan.FromSeconds(30));
        }

        async Task RepeatAsync()
        {
            while (!stop.IsCancellationRequested)
                await OwnAsync("PUT", id, token);
        }
    }

    private async Task<(string Id, string Token, string Secret)> RegisterAsync()
    {
        var registered = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, client_name = "App" });
        return (registered.Text("client_id")!, registered.Text("registration_access_token")!, registered.Text("client_secret")!);
    }

    private Task<Answer> ProveAsync(string id, string secret) =>
        app.PostAsync("/oauth2/token", ("grant_type", "authorization_code"), ("code", "x"), ("basic", $"{id}:{secret}"));

    private Task<Answer> OwnAsync(string method, string id, string token, string? secret = null, string? scope = null)
    {
        var request = new HttpRequestMessage(new(method), "/oauth2/register/" + id);
        request.Headers.Authorization = new("Bearer", token);
        if (method == "PUT")
        {
            var body = new Dictionary<string, object>
            {
                ["client_id"] = id,
                ["redirect_uris"] = new[] { TestApp.RedirectUri },
                ["client_name"] = Guid.NewGuid().ToString(),
            };
            if (secret is not null)
                body["client_secret"] = secret;
            if (scope is not null)
                body["scope"] = scope;
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        return app.SendAsync(request);
    }

    private Task<Answer> AdminAsync(string method, string below, string? body = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(new(method), (Apps + below).TrimEnd('/'));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return app.NewBrowser("root").SendAsync(request);
    }
}
