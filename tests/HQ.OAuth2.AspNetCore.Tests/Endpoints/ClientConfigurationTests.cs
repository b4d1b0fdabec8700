using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Clients that manage the registration they made (RFC 7592).</summary>
internal sealed class ClientConfigurationTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(o => o.DcrManagement = true);

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("7592-3-1"), Rfc("7592-3-2"), Rfc("7592-2.1-1"), Rfc("7592-2.1-2")]
    public async Task A_registration_is_read_with_the_token_it_came_with()
    {
        var registered = await RegisterAsync();
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        registered.Text("registration_client_uri").Should().Be($"{TestApp.Issuer}/oauth2/register/{id}");
        registered.Text("jwks_uri").Should().Be("https://app.example.com/jwks");

        var read = await SendAsync("GET", id, token);
        (read.Status, read.ContentType).Should().Be((200, "application/json"));
        read.Header("Cache-Control").Should().Contain("no-store");
        Members(read)
            .Should()
            .BeEquivalentTo(Members(registered).Where(m => m.Name is not ("client_secret" or "client_secret_expires_at")));
    }

    [Test, Rfc("7592-2.2-1"), Rfc("7592-2.2-6")]
    public async Task An_update_replaces_everything()
    {
        var registered = await RegisterAsync();
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        var updated = await SendAsync(
            "PUT",
            id,
            token,
            new
            {
                client_id = id,
                client_secret = registered.Text("client_secret"),
                client_name = "New",
                redirect_uris = new[] { "https://new.example/cb" },
                token_endpoint_auth_signing_alg = "ES256",
            }
        );
        updated.Status.Should().Be(200, updated.Body);
        (updated.Text("token_endpoint_auth_signing_alg"), updated.Text("jwks_uri")).Should().Be(("ES256", null));
        (updated.Text("client_id"), updated.Text("client_name"), updated.Text("logo_uri"), updated.Text("client_secret"))
            .Should()
            .Be((id, "New", null, null));
        updated.Text("grant_types").Should().Be("""["authorization_code"]""");
        (updated.Text("registration_access_token"), updated.Text("client_id_issued_at"))
            .Should()
            .Be((token, registered.Text("client_id_issued_at")));
        (await SendAsync("GET", id, token)).Body.Should().Be(updated.Body);
        // The secret goes on working.
        (
            await app.PostAsync(
                "/oauth2/token",
                ("grant_type", "authorization_code"),
                ("code", "x"),
                ("basic", $"{id}:{registered.Text("client_secret")}")
            )
        ).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("7592-2.2-6"), Rfc("7591-3.2.1-7")]
    public async Task An_update_is_narrowed_like_a_registration()
    {
        var registered = await RegisterAsync();
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);

        var updated = await SendAsync(
            "PUT",
            id,
            token,
            new
            {
                client_id = id,
                redirect_uris = new[] { "https://new.example/cb" },
                grant_types = new[] { "authorization_code", "implicit" },
                response_types = Array.Empty<string>(),
                scope = "openid write",
                logo_uri = "http://new.example/logo.png",
                token_endpoint_auth_method = "private_key_jwt",
                token_endpoint_auth_methods_supported = new[] { "private_key_jwt", "none" },
            }
        );

        updated.Status.Should().Be(200, updated.Body);
        (updated.Text("token_endpoint_auth_method"), updated.Text("scope"), updated.Text("logo_uri")).Should().Be(("none", "write", null));
        (updated.Text("grant_types"), updated.Text("response_types")).Should().Be(("""["authorization_code"]""", """["code"]"""));
        app.Logs.Lines.Should().ContainSingle(l => l.Contains(id) && l.Contains("was taken without") && l.Contains("logo_uri"));
        (
            await SendAsync(
                "PUT",
                id,
                token,
                new
                {
                    client_id = id,
                    redirect_uris = new[] { "https://new.example/cb" },
                    grant_types = new[] { "client_credentials" },
                }
            )
        ).ShouldBeError("invalid_client_metadata");
    }

    [Test]
    public async Task A_scope_that_an_administrator_set_stays_when_the_server_has_it_no_more()
    {
        var registered = await RegisterAsync();
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        var client = (await app.FindClientAsync(id))!;
        await app.AddClientAsync(client with { Scope = ScopeSet.Of("retired"), ScopeIsCeiling = true });

        var body = new
        {
            client_id = id,
            redirect_uris = new[] { "https://new.example/cb" },
            scope = "read write",
        };
        (await SendAsync("PUT", id, token, body)).Text("scope").Should().Be("retired");

        var kept = (await app.FindClientAsync(id))!;
        (kept.ScopeIsCeiling, kept.Scope!.ToString()).Should().Be((true, "retired"));
    }

    [Test, Rfc("7592-2.2-2"), Rfc("7592-2.2-3"), Rfc("7592-2.2-4"), Rfc("7592-2.2-5")]
    public async Task An_update_that_chooses_what_is_not_the_clients_changes_nothing()
    {
        var registered = await RegisterAsync();
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        string[] uris = ["https://evil.example/cb"];
        object[] bodies =
        [
            new { redirect_uris = uris },
            new { client_id = "hqc_other", redirect_uris = uris },
            new
            {
                client_id = id,
                redirect_uris = uris,
                client_secret = "mine",
            },
            new
            {
                client_id = id,
                redirect_uris = uris,
                registration_access_token = token,
            },
            new
            {
                client_id = id,
                redirect_uris = uris,
                registration_client_uri = "https://x.example",
            },
            new
            {
                client_id = id,
                redirect_uris = uris,
                client_secret_expires_at = 0,
            },
            new
            {
                client_id = id,
                redirect_uris = uris,
                client_id_issued_at = 1,
            },
        ];
        foreach (var body in bodies)
        {
            var refused = await SendAsync("PUT", id, token, body);
            (refused.Status, refused.Text("error")).Should().Be((400, "invalid_client_metadata"));
        }

        (await SendAsync("PUT", id, token, new { client_id = id, redirect_uris = new[] { "javascript:x" } })).ShouldBeError(
            "invalid_redirect_uri"
        );
        (
            await SendAsync(
                "PUT",
                id,
                token,
                new
                {
                    client_id = id,
                    redirect_uris = uris,
                    grant_types = new[] { "client_credentials" },
                }
            )
        ).ShouldBeError("invalid_client_metadata");
        (await SendAsync("GET", id, token)).Body.Should().NotContain("evil");
    }

    [Test, Rfc("7592-2.3-1"), Rfc("7592-2.3-2"), Rfc("7592-2.1-4")]
    public async Task A_deletion_ends_the_client_and_what_users_allowed_it()
    {
        var registered = await app.RegisterAsync(Metadata("none"));
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        var tokens = await new ConnectedAppsApiTests.Session(app, "deleted").TokensAsync(id);
        var gone = await SendAsync("DELETE", id, token);
        (gone.Status, gone.Body).Should().Be((204, ""));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id))).ShouldBeErrorPage();
        (await app.RefreshAsync(id, tokens.Text("refresh_token")!)).ShouldBeError("invalid_client", 401);
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await app.RowsAsync("deleted")).Should().BeEmpty();
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
            ShouldBeRefused(await SendAsync(method, id, token, new { client_id = id }), 401, "invalid_token");
    }

    [Test, Rfc("7592-2-1"), Rfc("7592-2.1-3")]
    public async Task Only_the_token_of_this_registration_opens_it()
    {
        var (one, other) = (await RegisterAsync(), await RegisterAsync());
        var (id, token) = (one.Text("client_id")!, one.Text("registration_access_token")!);
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            var body = new { client_id = id, redirect_uris = new[] { TestApp.RedirectUri } };
            var none = await SendAsync(method, id, null, body);
            (none.Status, none.Header("WWW-Authenticate")).Should().Be((401, "Bearer realm=\"oauth2\""));
            ShouldBeRefused(await SendAsync(method, id, token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), body), 401, "invalid_token");
            ShouldBeRefused(await SendAsync(method, id, other.Text("registration_access_token"), body), 403, "insufficient_scope");
            using var basic = new HttpRequestMessage(new(method), "/oauth2/register/" + id);
            basic.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{one.Text("client_secret")}")));
            (await app.SendAsync(basic)).Status.Should().Be(401);
        }

        (await SendAsync("GET", id, token)).Status.Should().Be(200);
    }

    [Test, Rfc("7592-5-3")]
    public async Task The_token_opens_nothing_else_and_no_other_token_opens_the_registration()
    {
        var registered = await app.RegisterAsync(Metadata("none"));
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        var tokens = await new ConnectedAppsApiTests.Session(app, "apart").TokensAsync(id);
        ShouldBeRefused(await SendAsync("GET", id, tokens.Text("access_token")), 401, "invalid_token");
        (await app.IntrospectAsync(token)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await app.GetAsync("/api/read", token)).Status.Should().Be(401);
        using var scope = app.Services.CreateScope();
        var kept = (await scope.ServiceProvider.GetRequiredService<IClientStore>().FindAsync(id, default))!;
        kept.ToJson().Should().NotContain(token).And.NotContain(token.Split('.')[^1][..20]);
        app.Logs.Lines.Should().NotContain(l => l.Contains(token));
        token.Should().MatchRegex(@"^hqg_hqc_[\w-]{22}\.[\w-]{49}$");
    }

    [Test, Rfc("7592-5-1")]
    public async Task The_token_lives_as_long_as_the_client()
    {
        await using var patient = await TestApp.StartAsync(o =>
        {
            o.DcrManagement = true;
            o.PruneEvery = TimeSpan.Zero;
        });
        var registered = await patient.RegisterAsync(Metadata("none"));
        patient.Clock.Advance(TimeSpan.FromDays(3650));
        (await patient.GetAsync("/oauth2/register/" + registered.Text("client_id"), registered.Text("registration_access_token")))
            .Status.Should()
            .Be(200);
    }

    [TestCase("POST")]
    [TestCase("PATCH")]
    [Rfc("7592-2-2")]
    public async Task Another_method_is_answered_with_those_there_are(string method)
    {
        var answer = await SendAsync(method, "hqc_x", "x", new { });
        answer.Status.Should().Be(405);
        answer.Header("Allow").Should().ContainAll("GET", "PUT", "DELETE");
    }

    [Test]
    public async Task When_it_is_off_there_is_no_trace_of_it()
    {
        await using var off = await TestApp.StartAsync();
        var registered = await off.RegisterAsync(Metadata("none"));
        registered.Body.Should().NotContain("registration_");
        (await off.GetAsync("/oauth2/register/" + registered.Text("client_id"), "x")).Status.Should().Be(404);
    }

    [Test]
    public async Task A_client_of_the_hosts_own_is_not_its_to_manage()
    {
        var answer = await SendAsync("GET", "web", "hqg_web.x");
        ShouldBeRefused(answer, 401, "invalid_token");
    }

    private static void ShouldBeRefused(Answer answer, int status, string error)
    {
        (answer.Status, answer.Text("error")).Should().Be((status, error));
        answer.Header("Cache-Control").Should().Contain("no-store");
        if (status == 401)
            answer.Header("WWW-Authenticate").Should().Be($"Bearer realm=\"oauth2\", error=\"{error}\"");
    }

    private static IEnumerable<(string Name, string Value)> Members(Answer answer) =>
        answer.Json.EnumerateObject().Select(p => (p.Name, p.Value.ToString()));

    private static object Metadata(string method) =>
        new
        {
            redirect_uris = new[] { TestApp.RedirectUri },
            client_name = "App",
            logo_uri = "https://app.example.com/logo.png",
            token_endpoint_auth_method = method,
            grant_types = new[] { "authorization_code", "refresh_token" },
            contacts = new[] { "a@b.example" },
            token_endpoint_auth_signing_alg = "RS256",
            jwks_uri = "https://app.example.com/jwks",
        };

    private Task<Answer> RegisterAsync() => app.RegisterAsync(Metadata("client_secret_basic"));

    private Task<Answer> SendAsync(string method, string id, string? token, object? body = null)
    {
        var request = new HttpRequestMessage(new(method), "/oauth2/register/" + id);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        if (method is not ("GET" or "DELETE"))
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return app.SendAsync(request);
    }
}
