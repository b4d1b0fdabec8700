using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What each step asks of the database, once the client and the keys are in memory.</summary>
[NonParallelizable]
internal sealed class CommandCountTests(Engine engine) : OnEachDatabase(engine)
{
    private readonly ProofKey signer = ProofKey.New();
    private TestApp app = null!;
    private SqlCommands sql = null!;

    [SetUp]
    public async Task ListenAsync()
    {
        app = await TestApp.StartAsync(
            o =>
            {
                var client = TestApp.Client("signer", null, null, [], [OAuthGrantTypes.ClientCredentials]);
                client.Jwks = ProofKey.Set(signer);
                client.Introspects.Add("*");
                o.Clients.Add(client);
            },
            on: Database
        );
        sql = new();
    }

    [TearDown]
    public async Task StopAsync()
    {
        sql?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
    }

    [Test]
    public async Task A_login_is_one_read_for_the_page_one_insert_one_ticket_and_one_update_and_a_refresh_is_one_update()
    {
        var registered = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { "http://127.0.0.1/cb" },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
                client_name = "Some app",
            }
        );
        var client = registered.Text("client_id")!;
        var redirect = ("redirect_uri", "http://127.0.0.1:4711/cb");
        await LoginAsync(client, redirect);
        sql.Take();

        var tokens = await LoginAsync(client, redirect);
        // The page folds scopes that the user allowed before; nothing else needs a read for that.
        sql.Take().Should().Equal("select hq_authorizations", "insert hq_authorizations", "insert hq_tickets", "update hq_authorizations");

        (await app.RefreshAsync(client, tokens.RefreshToken())).Status.Should().Be(200);
        sql.Take().Should().Equal("update hq_authorizations");

        // The same token again, inside the leeway: it is signed for, and nothing is written.
        (await app.RefreshAsync(client, tokens.RefreshToken()))
            .Status.Should()
            .Be(200);
        sql.Take().Should().Equal("select hq_authorizations");
    }

    [Test]
    public async Task A_login_by_a_remembered_consent_reads_by_two_keys()
    {
        await app.TokensAsync("web");
        sql.Take();

        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();
        sql.Take().Should().Equal("select hq_tickets", "select hq_authorizations", "insert hq_authorizations");
    }

    [Test]
    public async Task Introspection_and_the_bearer_handler_read_one_row_and_client_credentials_none()
    {
        var tokens = await app.TokensAsync("web");
        sql.Take();

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        sql.Take().Should().Equal("select hq_authorizations");

        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(200);
        sql.Take().Should().Equal("select hq_authorizations");

        await app.MachineTokenAsync();
        sql.Take().Should().BeEmpty();

        (await app.GetAsync("/oauth2/jwks")).Status.Should().Be(200);
        (await app.GetAsync("/.well-known/oauth-authorization-server")).Status.Should().Be(200);
        sql.Take().Should().BeEmpty();
    }

    [Test]
    public async Task An_assertion_and_a_pushed_request_are_a_ticket_each_and_a_dpop_proof_is_none()
    {
        var key = ProofKey.New();
        var tokens = await app.TokensAsync("spa");
        await app.TokensAsync("web");
        sql.Take();

        // DPoP (RFC 9449): a refresh and a call cost what they cost without a proof.
        var bound = await app.SendAsync(
            WithProof(new(HttpMethod.Post, "/oauth2/token") { Content = Refresh(tokens.RefreshToken()) }, "POST", "/oauth2/token")
        );
        bound.Text("token_type").Should().Be("DPoP", bound.Body);
        sql.Take().Should().Equal("update hq_authorizations");
        var call = WithProof(new(HttpMethod.Get, "/api/read"), "GET", "/api/read", bound.AccessToken());
        call.Headers.Authorization = new("DPoP", bound.AccessToken());
        (await app.SendAsync(call)).Status.Should().Be(200);
        sql.Take().Should().Equal("select hq_authorizations");

        // PAR (RFC 9126): the push is a ticket; the visit reads it and whether it is spent; the code spends it.
        var asked = System.Web.HttpUtility.ParseQueryString(TestApp.AuthorizeUrl("web").Split('?')[1]);
        var pushed = await app.PostAsync(
            "/oauth2/par",
            [.. asked.AllKeys.Select(name => (name!, asked[name]!)), .. TestApp.Credentials("web")]
        );
        pushed.Status.Should().Be(201, pushed.Body);
        sql.Take().Should().Equal("insert hq_tickets");
        var browser = app.NewBrowser();
        var visit = await browser.GetAsync(
            $"/oauth2/authorize?client_id=web&request_uri={Uri.EscapeDataString(pushed.Text("request_uri")!)}"
        );
        sql.Take().Should().Equal("select hq_tickets", "select hq_tickets");
        (await browser.GetAsync(visit.Location!)).LocationParameter("code").Should().NotBeNull();
        sql.Take().Should().Equal("select hq_tickets", "select hq_authorizations", "insert hq_tickets", "insert hq_authorizations");

        // private_key_jwt (RFC 7523): the use of an assertion is a ticket.
        (await app.PostAsync("/oauth2/introspect", [("token", bound.AccessToken()), .. Assertion()]))
            .Text("active")
            .Should()
            .Be("True");
        sql.Take().Should().Equal("insert hq_tickets", "select hq_authorizations");

        static FormUrlEncodedContent Refresh(string token) =>
            new([new("grant_type", "refresh_token"), new("refresh_token", token), new("client_id", "spa")]);
        HttpRequestMessage WithProof(HttpRequestMessage request, string method, string path, string? token = null)
        {
            request.Headers.Add("DPoP", key.Proof(method, TestApp.Issuer + path, app.Clock.Now, token));
            return request;
        }
        (string, string)[] Assertion() =>
            [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                (
                    "client_assertion",
                    signer.Sign(
                        new()
                        {
                            ["iss"] = "signer",
                            ["sub"] = "signer",
                            ["aud"] = TestApp.Issuer,
                            ["jti"] = "once",
                            ["exp"] = app.Clock.Now.AddMinutes(1).ToUnixTimeSeconds(),
                        }
                    )
                ),
            ];
    }

    [Test]
    public async Task Steps_on_sqlite_share_a_connection_that_stays_open()
    {
        var tokens = await app.TokensAsync("spa");
        var before = sql.Opened;

        for (var i = 0; i < 5; i++)
            tokens = await app.RefreshAsync("spa", tokens.RefreshToken());

        tokens.Status.Should().Be(200);
        (sql.Opened - before).Should().Be(Engine == Engine.Sqlite ? 0 : 5);
    }

    [Test]
    public async Task Garbage_asks_nothing_of_the_database()
    {
        var tokens = await app.TokensAsync("spa");
        sql.Take();
        foreach (var garbage in new[] { "x", tokens.RefreshToken()[..^1], tokens.RefreshToken() + "x" })
            (await app.RefreshAsync("spa", garbage)).ShouldBeError("invalid_grant");
        (await app.RedeemAsync("spa", "hqa_garbage")).ShouldBeError("invalid_grant");
        sql.Take().Should().BeEmpty();
    }

    [Test]
    public async Task The_first_use_of_a_self_registered_client_on_a_day_is_noted_once()
    {
        var client = await app.DcrAsync();
        await LoginAsync(client, ("redirect_uri", TestApp.RedirectUri));
        sql.Take().Should().ContainSingle(c => c == "update hq_clients");

        app.Clock.Advance(TimeSpan.FromDays(1));
        await LoginAsync(client, ("redirect_uri", TestApp.RedirectUri));
        sql.Take().Should().ContainSingle(c => c == "update hq_clients");
    }

    private async Task<Answer> LoginAsync(string client, (string Name, string Value) redirect)
    {
        var code = await app.CodeAsync(client, (redirect.Name, redirect.Value));
        var answer = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("code", code),
            redirect,
            ("code_verifier", TestApp.Verifier),
            ("client_id", client)
        );
        answer.Status.Should().Be(200, answer.Body);
        return answer;
    }
}
