using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Dynamic client registration (RFC 7591): what comes in, what is registered, what goes out.</summary>
internal sealed class RegistrationTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task Start() => app = await TestApp.StartAsync();

    [TearDown]
    public async Task Stop() => await app.DisposeAsync();

    [Test]
    [Rfc("7591-2-2")]
    [Rfc("7591-2-6")]
    [Rfc("7591-2-8")]
    [Rfc("7591-2-10")]
    [Rfc("7591-3-3")]
    [Rfc("7591-3.2.1-1")]
    [Rfc("7591-3.2.1-3")]
    [Rfc("7591-3.2.1-4")]
    [Rfc("7591-3.2.1-5")]
    [Rfc("7591-3.2.1-6")]
    public async Task Defaults_are_filled_in_and_returned_with_a_secret_that_works()
    {
        var answer = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        answer.Status.Should().Be(201);
        answer.ContentType.Should().Be("application/json");
        answer.Header("Cache-Control").Should().Be("no-store");
        answer
            .Json.EnumerateObject()
            .Select(m => m.Name)
            .Should()
            .Equal(
                "client_id",
                "client_id_issued_at",
                "client_secret",
                "client_secret_expires_at",
                "token_endpoint_auth_method",
                "grant_types",
                "response_types",
                "redirect_uris",
                "scope"
            );
        answer.Text("token_endpoint_auth_method").Should().Be("client_secret_basic");
        answer.Json.GetProperty("client_id_issued_at").GetInt64().Should().Be(TestClock.Start.ToUnixTimeSeconds());
        answer.Json.GetProperty("client_secret_expires_at").GetInt64().Should().Be(0);
        answer.Text("grant_types").Should().Be("""["authorization_code"]""");
        answer.Text("response_types").Should().Be("""["code"]""");
        answer.Text("scope").Should().Be("read");

        var stored = await StoredAsync(answer);
        stored.Provenance.Should().Be(ClientProvenance.Dcr);
        stored.Org.Should().Be("default");
        stored.Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$2a$").And.NotContain(answer.Text("client_secret"));

        var code = await app.CodeAsync(answer.Text("client_id")!);
        var tokens = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", TestApp.RedirectUri),
            ("code_verifier", TestApp.Verifier),
            ("basic", $"{answer.Text("client_id")}:{answer.Text("client_secret")}")
        );
        tokens.Status.Should().Be(200, tokens.Body);
        tokens.Text("refresh_token").Should().BeNull("the client did not ask for that grant");
    }

    [Test]
    [Rfc("7591-2-1")]
    [Rfc("7591-2-3")]
    [Rfc("7591-2-15")]
    [Rfc("7591-2.2-2")]
    [Rfc("6749-10.1-1")]
    public async Task What_is_sent_comes_back_unchanged_and_none_gets_no_secret()
    {
        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = new[]
                {
                    "http://127.0.0.1/cb?x=1",
                    "cursor://anysphere.cursor-mcp/oauth/callback",
                    "https://app.example.com/%7Ecb",
                },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
                response_types = new[] { "code" },
                client_name = "Zażółć <b>gęślą</b> 日本",
                client_uri = "https://app.example.com/",
                contacts = new[] { "a@example.com" },
                software_id = "id-1",
                software_version = "1.2",
                scope = "read write",
            }
        );
        answer.Status.Should().Be(201, answer.Body);
        answer.Body.Should().NotContain("client_secret").And.NotContain("null");
        answer
            .Json.GetProperty("redirect_uris")
            .EnumerateArray()
            .Select(u => u.GetString())
            .Should()
            .Equal("http://127.0.0.1/cb?x=1", "cursor://anysphere.cursor-mcp/oauth/callback", "https://app.example.com/%7Ecb");
        answer.Text("token_endpoint_auth_method").Should().Be("none");
        answer.Text("client_name").Should().Be("Zażółć <b>gęślą</b> 日本");
        answer.Text("software_id").Should().Be("id-1");
        answer.Text("software_version").Should().Be("1.2");
        answer.Text("contacts").Should().Be("""["a@example.com"]""");
        answer.Text("scope").Should().Be("read write");
        (await StoredAsync(answer)).Secrets.Should().BeEmpty();
        (await app.CodeAsync(answer.Text("client_id")!, ("redirect_uri", "cursor://anysphere.cursor-mcp/oauth/callback")))
            .Should()
            .StartWith("hqa_");
        (await app.CodeAsync(answer.Text("client_id")!, ("redirect_uri", "http://127.0.0.1:5555/cb?x=1"))).Should().StartWith("hqa_");
    }

    [Test]
    [Rfc("7591-2-4")]
    public async Task A_secret_in_the_body_works_for_a_client_registered_for_it()
    {
        var answer = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = "client_secret_post" }
        );
        var code = await app.CodeAsync(answer.Text("client_id")!);
        var tokens = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", TestApp.Verifier),
            ("client_id", answer.Text("client_id")!),
            ("client_secret", answer.Text("client_secret")!)
        );
        tokens.Status.Should().Be(200, tokens.Body);
    }

    [Test]
    [Rfc("7591-3.1-1")]
    [Rfc("7591-3.2.1-2")]
    [Rfc("9700-2.6-1")]
    [Rfc("6749-2.2-1")]
    public async Task Id_and_secret_are_fresh_whatever_the_request_says()
    {
        var request = new
        {
            client_id = "web",
            client_secret = "mine",
            redirect_uris = new[] { TestApp.RedirectUri },
        };
        var (one, other) = (await app.RegisterAsync(request), await app.RegisterAsync(request));
        one.Text("client_id").Should().StartWith("hqc_").And.NotBe(other.Text("client_id"));
        one.Text("client_secret").Should().StartWith("hqs_").And.NotBe(other.Text("client_secret"));
    }

    [TestCase(
        """{"redirect_uris":["https://a.example/cb"],"scope":"","logo_uri":null,"client_name":"","contacts":null,"grant_types":null}"""
    )]
    [TestCase(
        """{"redirect_uris":["https://a.example/cb"],"example_extension_parameter":{"x":[1]},"application_type":"native","SCOPE":"nonsense"}"""
    )]
    [TestCase("""{"redirect_uris":["https://a.example/cb"],"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}}""")]
    [Rfc("7591-2-13")]
    public async Task Null_and_empty_count_as_absent_and_unknown_members_are_ignored(string json)
    {
        var answer = await app.PostJsonAsync("/oauth2/register", json);
        answer.Status.Should().Be(201, answer.Body);
        answer.Body.Should().NotContain("null").And.NotContain("example_extension").And.NotContain("jwks").And.NotContain("\"\"");
        answer.Text("scope").Should().Be("read");
    }

    [TestCase("""{"redirect_uris":"https://a.example/cb"}""", TestName = "redirect_uris as string")]
    [TestCase("""{"redirect_uris":["https://a.example/cb",null]}""", TestName = "null in a list")]
    [TestCase("""{"redirect_uris":["https://a.example/cb"],"grant_types":1}""", TestName = "grant_types as number")]
    [TestCase("""{"redirect_uris":["https://a.example/cb"],"contacts":{}}""", TestName = "contacts as object")]
    [TestCase("""{"redirect_uris":["https://a.example/cb"],"client_name":["x"]}""", TestName = "client_name as list")]
    [Rfc("7591-2-14")]
    public Task A_wrong_type_is_refused(string json) => IsRefusedAsync(json, "invalid_client_metadata");

    [TestCase("implicit")]
    [TestCase("password")]
    [TestCase("foo")]
    [TestCase("client_credentials")]
    [Rfc("7591-2-7")]
    [Rfc("7591-5-5")]
    [Rfc("9700-2.4-1")]
    [Rfc("9700-2.1.2-1")]
    public Task A_grant_type_that_is_not_for_self_registered_clients_is_refused(string grant) =>
        IsRefusedAsync(
            """{"redirect_uris":["https://a.example/cb"],"grant_types":["authorization_code","GRANT"]}""".Replace(
                "GRANT",
                grant,
                StringComparison.Ordinal
            ),
            "invalid_client_metadata"
        );

    [TestCase("\"token_endpoint_auth_method\":\"private_key_jwt\"")]
    [TestCase("\"token_endpoint_auth_method\":\"NONE\"")]
    [TestCase("\"response_types\":[]")]
    [TestCase("\"response_types\":[\"token\"]")]
    [TestCase("\"jwks\":{\"keys\":[]},\"jwks_uri\":\"https://a.example/jwks\"")]
    [TestCase("\"jwks\":\"keys\"")]
    [TestCase("\"jwks\":[]")]
    [TestCase("\"jwks\":{}")]
    [TestCase("\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"d\":\"secret\"}]}")]
    [TestCase("\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"secret\"}]}")]
    [TestCase("\"jwks_uri\":\"http://a.example/jwks\"")]
    [TestCase("\"scope\":\"unknown\"")]
    [TestCase("\"scope\":\"a\\\"b\"")]
    [TestCase("\"client_name\":\"a\\u202eb\"")]
    [TestCase("\"client_name\":\"a\\u0000b\"")]
    [TestCase("\"logo_uri\":\"javascript:alert(1)\"")]
    [TestCase("\"client_uri\":\"http://a.example/\"")]
    [TestCase("\"tos_uri\":\"data:text/html,x\"")]
    [TestCase("\"policy_uri\":\"JavaScript:alert(1)\"")]
    [Rfc("7591-2-5")]
    [Rfc("7591-2-11")]
    [Rfc("7591-2-12")]
    [Rfc("7591-2.1-1")]
    [Rfc("7591-5-7")]
    public Task A_value_that_cannot_be_is_refused(string member) =>
        IsRefusedAsync("{\"redirect_uris\":[\"https://a.example/cb\"]," + member + "}", "invalid_client_metadata");

    [Test]
    [Rfc("7591-2-10")]
    public async Task A_scope_beyond_what_there_is_is_trimmed_and_told()
    {
        var answer = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, scope = "openid read offline_access delete" }
        );
        answer.Text("scope").Should().Be("read delete");
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("\"text\"")]
    [TestCase("{\"redirect_uris\":[\"https://a.example/cb\"],\"scope\":\"read\",\"scope\":\"write\"}")]
    [TestCase("{\"client_name\":\"\\ud800\",\"redirect_uris\":[\"https://a.example/cb\"]}")]
    [Rfc("7591-3-1")]
    [Rfc("7591-3.2.2-1")]
    public Task What_is_no_json_object_is_refused(string body) => IsRefusedAsync(body, "invalid_client_metadata");

    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("text/plain")]
    [Rfc("7591-3-1")]
    public async Task Another_content_type_is_refused(string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register")
        {
            Content = new StringContent("{}", Encoding.UTF8, type),
        };
        (await app.SendAsync(request)).ShouldBeError("invalid_client_metadata");
        (await app.GetAsync("/oauth2/register")).Status.Should().Be(405);
    }

    [Test]
    [Rfc("7591-3-4")]
    public async Task A_body_above_64_kilobytes_is_refused_unread()
    {
        var answer = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, client_name = new string('x', 70_000) });
        answer.ShouldBeError("invalid_request", 413);
    }

    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("[\"\"]")]
    [TestCase("[\"/cb\"]")]
    [TestCase("[\"//host/cb\"]")]
    [TestCase("[\"cb\"]")]
    [TestCase("[\"https://c.example/cb#x\"]")]
    [TestCase("[\"https://c.example/cb#\"]")]
    [TestCase("[\"https://*.c.example/cb\"]")]
    [TestCase("[\"https://c.example/*\"]")]
    [TestCase("[\"https://user@c.example/cb\"]")]
    [TestCase("[\"https://c.example/cb?state=a\"]")]
    [TestCase("[\"https://c.example/c b\"]")]
    [TestCase("[\"https://clіent.example/cb\"]")]
    [TestCase("[\"http://c.example/cb\"]")]
    [TestCase("[\"http://10.0.0.5/cb\"]")]
    [TestCase("[\"http://127.1/cb\"]")]
    [TestCase("[\"http://2130706433/cb\"]")]
    [TestCase("[\"http://localhost.evil.example/cb\"]")]
    [TestCase("[\"http://127.0.0.1@evil.example/cb\"]")]
    [TestCase("[\"ftp://c.example/cb\"]")]
    [TestCase("[\"javascript:alert(1)\"]")]
    [TestCase("[\"JavaScript:alert(1)\"]")]
    [TestCase("[\"data:text/html,x\"]")]
    [TestCase("[\"file:///etc/passwd\"]")]
    [TestCase("[\"myapp:/cb\"]")]
    [TestCase("[\"https://good.example/cb\",\"http://c.example/cb\"]")]
    [Rfc("6749-3.1.2-1")]
    [Rfc("6749-3.1.2-2")]
    [Rfc("6749-3.1.2.2-1")]
    [Rfc("6749-3.1.2.2-3")]
    [Rfc("7591-3.2.2-2")]
    [Rfc("7591-5-1")]
    [Rfc("7591-5-2")]
    [Rfc("8252-8.4-2")]
    [Rfc("9700-2.6-2")]
    public async Task A_redirect_uri_that_is_not_allowed_is_refused_and_nothing_is_stored(string uris)
    {
        await IsRefusedAsync("{\"token_endpoint_auth_method\":\"none\",\"redirect_uris\":" + uris + "}", "invalid_redirect_uri");
        var registry = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        (await registry.ListAsync(new(), default)).Items.Should().BeEmpty();
    }

    [TestCase(null, null)]
    [TestCase("Bearer wrong-initial-access-token", "invalid_token")]
    [Rfc("7591-3-2")]
    public async Task With_initial_access_tokens_registration_needs_one(string? header, string? error)
    {
        await using var closed = await TestApp.StartAsync(o => o.InitialAccessTokens.Add("an-initial-access-token"));
        var refused = await RegisterWithAsync(closed, header);
        refused.Status.Should().Be(401);
        refused.Header("WWW-Authenticate").Should().StartWith("Bearer realm=");
        (refused.Header("WWW-Authenticate")!.Contains("error=", StringComparison.Ordinal)).Should().Be(error is not null);
        (await RegisterWithAsync(closed, "bearer an-initial-access-token")).Status.Should().Be(201);
    }

    private static Task<Answer> RegisterWithAsync(TestApp app, string? authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register")
        {
            Content = new StringContent("{\"redirect_uris\":[\"https://a.example/cb\"]}", Encoding.UTF8, "application/json"),
        };
        if (authorization is not null)
            request.Headers.Add("Authorization", authorization);
        return app.SendAsync(request);
    }

    private async Task IsRefusedAsync(string json, string error) =>
        (await app.PostJsonAsync("/oauth2/register", json)).ShouldBeError(error);

    private async Task<Client> StoredAsync(Answer answer) =>
        (await app.Services.GetRequiredService<IClientStore>().FindAsync(answer.Text("client_id")!, default))!;
}
