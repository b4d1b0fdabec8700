using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Dynamic client registration (RFC 7591): the request, the answer, and what is kept.</summary>
internal sealed class RegistrationTests
{
    private const string Register = "/oauth2/register";
    private const string Uris = "\"redirect_uris\":[\"https://app.example.com/cb\"]";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private async Task<Answer> RegisteredAsync(string members)
    {
        var answer = await app.PostJsonAsync(Register, $"{{{Uris}{members}}}");
        answer.Status.Should().Be(201, answer.Body);
        return answer;
    }

    private static string[] List(Answer answer, string member) =>
        [.. answer.Json.GetProperty(member).EnumerateArray().Select(e => e.GetString()!)];

    [Test]
    [Rfc("7591-3.2.1-1")]
    [Rfc("7591-3.2.1-3")]
    [Rfc("7591-3.2.1-4")]
    [Rfc("7591-3.2.1-5")]
    [Rfc("7591-3.2.1-6")]
    [Rfc("7591-2-2")]
    [Rfc("7591-2-6")]
    [Rfc("7591-2-8")]
    [Rfc("7591-2-10")]
    [Rfc("7591-3-3")]
    public async Task The_answer_has_everything_that_was_registered_defaults_included()
    {
        var answer = await RegisteredAsync("");
        answer.ContentType.Should().Be("application/json");
        answer.Header("Cache-Control").Should().Contain("no-store");
        string[] members =
        [
            "client_id",
            "client_id_issued_at",
            "client_secret",
            "client_secret_expires_at",
            "token_endpoint_auth_method",
            "grant_types",
            "response_types",
            "redirect_uris",
            "scope",
        ];
        answer.Json.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo(members);
        answer.Json.GetProperty("client_secret_expires_at").GetInt64().Should().Be(0);
        answer.Json.GetProperty("client_id_issued_at").GetInt64().Should().Be(TestClock.Start.ToUnixTimeSeconds());
        answer.Text("token_endpoint_auth_method").Should().Be("client_secret_basic");
        List(answer, "grant_types").Should().Equal("authorization_code");
        List(answer, "response_types").Should().Equal("code");
        List(answer, "redirect_uris").Should().Equal(TestApp.RedirectUri);
        answer.Text("scope").Should().Be("read");
    }

    [TestCase("client_secret_basic")]
    [TestCase("client_secret_post")]
    [TestCase("none")]
    [Rfc("7591-2-2")]
    [Rfc("7591-2-3")]
    [Rfc("7591-2-4")]
    [Rfc("6749-10.1-1")]
    public async Task The_client_works_with_its_method_and_a_secret_in_either_place(string method)
    {
        var client = await RegisteredAsync($",\"token_endpoint_auth_method\":\"{method}\"");
        client.Json.TryGetProperty("client_secret", out _).Should().Be(method != "none");
        client.Json.TryGetProperty("client_secret_expires_at", out _).Should().Be(method != "none");
        var (id, secret) = (client.Text("client_id")!, client.Text("client_secret") ?? "made-up");
        var code = await app.CodeAsync(id);
        Task<Answer> RedeemAsync(string used) =>
            app.PostAsync(
                "/oauth2/token",
                [
                    ("grant_type", "authorization_code"),
                    ("code", code),
                    ("code_verifier", TestApp.Verifier),
                    .. used switch
                    {
                        "client_secret_basic" => new[] { ("basic", $"{id}:{secret}") },
                        "client_secret_post" => [("client_id", id), ("client_secret", secret)],
                        _ => [("client_id", id)],
                    },
                ]
            );
        string[] wrong = method == "none" ? ["client_secret_basic", "client_secret_post"] : ["none"];
        foreach (var other in wrong)
            (await RedeemAsync(other)).ShouldBeError("invalid_client", 401);
        (await RedeemAsync(method == "client_secret_basic" ? "client_secret_post" : method)).Status.Should().Be(200);
    }

    [Test, Rfc("7591-3.1-1"), Rfc("7591-3.2.1-2"), Rfc("9700-2.6-1")]
    public async Task The_server_chooses_id_and_secret()
    {
        const string wish = ",\"client_id\":\"alice\",\"client_secret\":\"mine\",\"client_id_issued_at\":1,\"client_secret_expires_at\":1";
        var (first, second) = (await RegisteredAsync(wish), await RegisteredAsync(wish));
        first.Text("client_id").Should().StartWith("hqc_").And.NotBe(second.Text("client_id"));
        first.Text("client_secret").Should().NotBe("mine").And.NotBe(second.Text("client_secret"));
        first.Json.GetProperty("client_secret_expires_at").GetInt64().Should().Be(0);
    }

    [Test, Rfc("7591-5-6")]
    public async Task Nothing_that_an_administrator_decides_can_be_registered()
    {
        const string wish =
            ",\"trusted\":true,\"introspects\":[\"*\"],\"org\":\"acme\",\"disabled\":false,\"provenance\":\"api\",\"require_pkce\":false,\"scope_is_ceiling\":true";
        var client = await RegisteredAsync(wish);
        var kept = (await app.Services.GetRequiredService<IClientStore>().FindAsync(client.Text("client_id")!, CancellationToken.None))!;
        (kept.Provenance, kept.Org, kept.Trusted, kept.Introspects.Count).Should().Be((ClientProvenance.Dcr, "default", false, 0));
        (kept.RequirePkce, kept.ScopeIsCeiling).Should().Be((null, false));
    }

    [Test, Rfc("7591-3.2.1-6"), Rfc("6749-10.3-1")]
    public async Task Only_a_hash_of_the_secret_is_kept()
    {
        var client = await RegisteredAsync("");
        var kept = await app.Services.GetRequiredService<IClientStore>().FindAsync(client.Text("client_id")!, CancellationToken.None);
        kept!.Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$2").And.NotContain(client.Text("client_secret"));
        (kept.Provenance, kept.Org).Should().Be((ClientProvenance.Dcr, "default"));
        app.Logs.Lines.Should().NotContain(l => l.Contains(client.Text("client_secret")!));
    }

    [Test, Rfc("7591-2-1"), Rfc("7591-2-15"), Rfc("7591-3.2.1-5"), Rfc("7591-2.2-2")]
    public async Task What_was_sent_comes_back_as_it_was_sent()
    {
        const string name = "Café e\u0301 日本 🚀 <b>&amp;";
        object metadata = new
        {
            redirect_uris = new[] { "https://b.example/cb?x=%20", "https://a.example/cb" },
            token_endpoint_auth_method = "none",
            grant_types = new[] { "refresh_token", "authorization_code" },
            response_types = new[] { "code" },
            scope = "write read",
            client_name = name,
            client_uri = "https://a.example",
            logo_uri = "https://a.example/logo.png",
            tos_uri = "https://a.example/tos",
            policy_uri = "https://a.example/policy?a=b",
            contacts = new[] { "a@a.example", "b@a.example" },
            software_id = "4NRB1-0XZABZI9E6-5SM3R",
            software_version = "1.0+é",
            token_endpoint_auth_signing_alg = "RS256",
            jwks_uri = "https://a.example/jwks",
        };
        var answer = await app.RegisterAsync(metadata);
        answer.Status.Should().Be(201, answer.Body);
        foreach (var member in JsonSerializer.SerializeToElement(metadata).EnumerateObject())
            JsonElement.DeepEquals(answer.Json.GetProperty(member.Name), member.Value).Should().BeTrue(member.Name);
        foreach (var uri in List(answer, "redirect_uris"))
        {
            var url = TestApp.AuthorizeUrl(answer.Text("client_id")!, ("redirect_uri", uri));
            (await app.NewUser().ApproveAsync(url)).LocationParameter("code").Should().NotBeNull();
        }
    }

    [Test, Rfc("7591-2-13")]
    public async Task Unknown_members_are_ignored_and_not_kept()
    {
        var answer = await RegisteredAsync(",\"example_extension_parameter\":{\"a\":[1]},\"application_type\":\"desktop\",\"id_token\":7");
        answer.Body.Should().NotContain("example_extension").And.NotContain("application_type").And.NotContain("id_token");
    }

    [TestCase("native", "https://app.example.com/cb")]
    [TestCase("web", "http://localhost/cb")]
    [TestCase("web", "cursor://anysphere.cursor-mcp/oauth/callback")]
    [Rfc("MCP-R.3.1-1"), Rfc("MCP-A.3-1")]
    public async Task An_application_type_is_a_hint_that_is_given_back_and_decides_nothing(string type, string uri)
    {
        var answer = await app.RegisterAsync(
            new
            {
                application_type = type,
                redirect_uris = new[] { uri },
                token_endpoint_auth_method = "none",
            }
        );

        answer.Status.Should().Be(201, answer.Body);
        answer.Text("application_type").Should().Be(type);
    }

    [Test, Rfc("7591-3.2.1-5")]
    public async Task Null_and_empty_count_as_absent_and_no_null_comes_back()
    {
        var answer = await RegisteredAsync(
            """
            ,"client_name":null,"client_uri":"","logo_uri":null,"tos_uri":"","scope":"","grant_types":[],"response_types":null,
            "contacts":[],"software_id":"","jwks":null,"jwks_uri":"","token_endpoint_auth_method":null
            """
        );
        answer.Body.Should().NotContain("null").And.NotContain("\"\"").And.NotContain("[]");
        answer.Text("token_endpoint_auth_method").Should().Be("client_secret_basic");
        List(answer, "grant_types").Should().Equal("authorization_code");
    }

    [TestCase(""","redirect_uris":["https://evil.example/cb"]""")]
    [TestCase(""","client_name":"a","client_name":"b" """)]
    [TestCase(""","x":1,"x":2""")]
    public async Task A_member_may_not_appear_twice(string members) =>
        (await app.PostJsonAsync(Register, $"{{{Uris}{members}}}")).ShouldBeError("invalid_client_metadata");

    [TestCase(""","redirect_uris":"https://app.example.com/cb" """)]
    [TestCase(""","redirect_uris":[1]""")]
    [TestCase(""","redirect_uris":{}""")]
    [TestCase(""","redirect_uris":[null]""")]
    [TestCase(""","grant_types":7""")]
    [TestCase(""","grant_types":"authorization_code" """)]
    [TestCase(""","response_types":"code" """)]
    [TestCase(""","contacts":{"a":"b"}""")]
    [TestCase(""","scope":["read"]""")]
    [TestCase(""","client_name":true""")]
    [TestCase(""","client_uri":7""")]
    [TestCase(""","token_endpoint_auth_method":["none"]""")]
    [TestCase(""","software_version":1.0""")]
    [TestCase(""","token_endpoint_auth_signing_alg":["RS256"]""")]
    [TestCase(""","jwks_uri":7""")]
    [Rfc("7591-2-14")]
    [Rfc("7591-3.2.2-1")]
    public async Task A_wrong_type_is_an_invalid_value(string member)
    {
        var body = member.Contains("redirect_uris", StringComparison.Ordinal) ? $"{{{member[1..]}}}" : $"{{{Uris}{member}}}";
        var answer = await app.PostJsonAsync(Register, body);
        answer.ShouldBeError("invalid_client_metadata");
        answer.Text("error_description").Should().Contain(member.Split('"')[1]);
    }

    [TestCase(""","grant_types":["implicit"]""")]
    [TestCase(""","grant_types":["foo"]""")]
    [TestCase(""","grant_types":["client_credentials"]""")]
    [TestCase(""","grant_types":["urn:ietf:params:oauth:grant-type:jwt-bearer"]""")]
    [TestCase(""","token_endpoint_auth_method":"private_key_jwt" """)]
    [TestCase(""","token_endpoint_auth_method":"NONE" """)]
    [TestCase(""","token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["tls_client_auth"]""")]
    [TestCase(""","token_endpoint_auth_methods_supported":["private_key_jwt"]""")]
    [TestCase(""","token_endpoint_auth_methods_supported":"none" """)]
    [TestCase(""","token_endpoint_auth_methods_supported":[null,"none"]""")]
    [TestCase(""","jwks":{"keys":[]},"jwks_uri":"https://app.example.com/jwks" """)]
    [TestCase(""","jwks":"{}" """)]
    [TestCase(""","jwks":[]""")]
    [TestCase(""","jwks":{}""")]
    [TestCase(""","jwks":{"keys":{}}""")]
    [TestCase(""","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}""")]
    [TestCase(""","jwks":{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [TestCase(""","jwks":{"keys":[]},"jwks_uri":"http://app.example.com/jwks" """)]
    [Rfc("7591-2-5")]
    [Rfc("7591-2-7")]
    [Rfc("7591-2-11")]
    [Rfc("7591-2-12")]
    [Rfc("7591-5-5")]
    [Rfc("21-2.1-1")]
    [Rfc("9700-2.4-1")]
    public async Task Metadata_without_a_usable_value_or_with_unsafe_keys_is_refused(string members) =>
        (await app.PostJsonAsync(Register, $"{{{Uris}{members}}}")).ShouldBeError("invalid_client_metadata");

    [TestCase(
        """
            ,"grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer"]
            """,
        "grant_types",
        """["authorization_code","refresh_token"]"""
    )]
    [TestCase(
        """
            ,"grant_types":["implicit","password","client_credentials","urn:ietf:params:oauth:grant-type:device_code","authorization_code","foo",""]
            """,
        "grant_types",
        """["authorization_code"]"""
    )]
    [TestCase(""","response_types":["code","code token","id_token"]""", "response_types", """["code"]""")]
    [TestCase(""","response_types":["code token"]""", "response_types", """["code"]""")]
    [TestCase(""","response_types":["code"],"grant_types":["refresh_token"]""", "response_types", null)]
    [TestCase(""","scope":"unknown other" """, "scope", "\"read\"")]
    [TestCase(""","scope":" openid email  write" """, "scope", "\"write\"")]
    [TestCase(""","scope":"re\"ad write" """, "scope", "\"write\"")]
    [TestCase(""","client_uri":"http://app.example.com" """, "client_uri", null)]
    [TestCase(""","logo_uri":"javascript:alert(1)" """, "logo_uri", null)]
    [TestCase(""","tos_uri":"https://" """, "tos_uri", null)]
    [TestCase(""","policy_uri":"data:text/html,x" """, "policy_uri", null)]
    [TestCase(""","client_uri":"not a uri" """, "client_uri", null)]
    [TestCase(""","jwks_uri":"http://app.example.com/jwks" """, "jwks_uri", null)]
    [TestCase(""","jwks_uri":"not a uri" """, "jwks_uri", null)]
    [TestCase(""","token_endpoint_auth_signing_alg":"RS\n256" """, "token_endpoint_auth_signing_alg", null)]
    [TestCase(""","client_name":"a\u202e\u0000\nb" """, "client_name", "\"ab\"")]
    [TestCase(""","client_name":"\u202e" """, "client_name", null)]
    [TestCase(""","software_id":"a\nb" """, "software_id", null)]
    [TestCase(""","contacts":["a\u2066b","a@app.example.com"]""", "contacts", """["a@app.example.com"]""")]
    [TestCase(""","contacts":["a\u2066b"]""", "contacts", null)]
    [TestCase(
        ""","token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["private_key_jwt","none"]""",
        "token_endpoint_auth_method",
        "\"none\""
    )]
    [Rfc("7591-2-5")]
    [Rfc("7591-2-7")]
    [Rfc("7591-2-10")]
    [Rfc("7591-2.1-1")]
    [Rfc("7591-2.2-2")]
    [Rfc("7591-3.2.1-5")]
    [Rfc("7591-3.2.1-7")]
    [Rfc("7591-5-7")]
    public async Task Unsupported_values_are_left_out_of_the_answer_and_logged(string members, string member, string? left)
    {
        var answer = await RegisteredAsync(members);

        (answer.Json.TryGetProperty(member, out var value) ? value.GetRawText() : null).Should().Be(left);
        answer.Body.Should().NotContain("null").And.NotContain("[]");
        app.Logs.Lines.Should()
            .ContainSingle(l => l.Contains(answer.Text("client_id")!) && l.Contains("was taken without"))
            .Which.Should()
            .Contain(member);
    }

    [Test, Rfc("7591-3.2.1-7")]
    public async Task Nothing_is_logged_of_a_registration_that_is_taken_whole_and_no_line_is_forged()
    {
        var whole = await RegisteredAsync(",\"scope\":\"read\",\"response_types\":[\"code\"],\"contacts\":[]");
        var forged = await RegisteredAsync(",\"client_name\":\"x\\ny\",\"grant_types\":[\"authorization_code\",\"a\\nClient b\\\"\"]");

        app.Logs.Lines.Should().NotContain(l => l.Contains(whole.Text("client_id")!) && l.Contains("was taken without"));
        app.Logs.Lines.Should()
            .ContainSingle(l => l.Contains(forged.Text("client_id")!) && l.Contains("was taken without"))
            .Which.Should()
            .NotContain("\n")
            .And.Contain("grant_types (a?Client b?)");
    }

    [Test, Rfc("7591-2.1-1")]
    public async Task An_empty_list_of_response_types_is_filled() =>
        List(await RegisteredAsync(",\"response_types\":[]"), "response_types").Should().Equal("code");

    [Test, Rfc("7591-3.2.1-7")]
    public async Task All_that_the_metadata_lists_can_be_registered_at_once()
    {
        var metadata = (await app.GetAsync("/.well-known/oauth-authorization-server")).Json;
        string List(string member) => metadata.GetProperty(member).GetRawText();

        var answer = await RegisteredAsync(
            $",\"grant_types\":{List("grant_types_supported")},\"response_types\":{List("response_types_supported")}"
                + $",\"token_endpoint_auth_methods_supported\":{List("token_endpoint_auth_methods_supported")}"
        );

        RegistrationTests.List(answer, "grant_types").Should().Equal("authorization_code", "refresh_token");
        answer.Text("token_endpoint_auth_method").Should().Be("none");
        (await app.TokensAsync(answer.Text("client_id")!)).Status.Should().Be(200);
    }

    [TestCase("""[{"kid":"without kty"},7,null,{"kty":"unknown"}]""")]
    [TestCase("[]")]
    [Rfc("7591-2-12")]
    public async Task Public_keys_that_nobody_understands_are_ignored(string keys) =>
        await RegisteredAsync($",\"jwks\":{{\"keys\":{keys}}}");

    [Test, Rfc("7591-2-12")]
    public async Task A_public_key_set_is_accepted() =>
        await RegisteredAsync(""","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}""");

    [Test, Rfc("7591-2-10")]
    public async Task A_scope_is_trimmed_to_what_is_known() =>
        (await RegisteredAsync(",\"scope\":\"delete unknown read\"")).Text("scope").Should().Be("delete read");

    [Test, Rfc("7591-2-8")]
    public async Task Without_the_code_grant_there_is_no_response_type()
    {
        var answer = await app.PostJsonAsync(Register, """{"grant_types":["refresh_token"]}""");
        answer.Status.Should().Be(201);
        answer.Body.Should().NotContain("response_types").And.NotContain("redirect_uris");
    }

    [TestCase("", "application/json")]
    [TestCase("null", "application/json")]
    [TestCase("[]", "application/json")]
    [TestCase("7", "application/json")]
    [TestCase("{", "application/json")]
    [TestCase("{} {}", "application/json")]
    [TestCase("{\"client_name\":\"\\ud800\"," + Uris + "}", "application/json")]
    [TestCase("{" + Uris + ",}", "application/json")]
    [TestCase("{" + Uris + "}", "text/plain")]
    [TestCase("{" + Uris + "}", "")]
    [TestCase("redirect_uris=https%3A%2F%2Fapp.example.com%2Fcb", "application/x-www-form-urlencoded")]
    [Rfc("7591-3-1")]
    [Rfc("7591-3.2.2-1")]
    public async Task The_body_is_one_json_object(string body, string type) =>
        (await app.RawAsync(http => http.Post(Register, body, type))).ShouldBeError("invalid_client_metadata");

    [Test, Rfc("7591-3-1")]
    public async Task Only_post_registers()
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
        {
            var answer = await app.SendAsync(new(method, Register));
            (answer.Status, answer.Header("Allow")).Should().Be((405, "POST"));
        }

        var typed = await app.RawAsync(http => http.Post(Register, $"{{{Uris}}}", "application/json; charset=iso-8859-1"));
        typed.Status.Should().Be(201);
    }

    [TestCase(0, 201)]
    [TestCase(1, 413)]
    public async Task A_body_above_64_kB_is_refused(int more, int status)
    {
        var body = $"{{{Uris},\"x\":\"\"}}";
        body = body.Replace("\"\"", $"\"{new string('x', OAuthParameters.MaxBytes - body.Length + more)}\"", StringComparison.Ordinal);
        Encoding.UTF8.GetByteCount(body).Should().Be(OAuthParameters.MaxBytes + more);
        (await app.PostJsonAsync(Register, body)).Status.Should().Be(status);
        var chunked = await app.RawAsync(http =>
        {
            http.Post(Register, body, "application/json");
            http.Request.ContentLength = null;
        });
        chunked.Status.Should().Be(status);
    }

    [Test, Rfc("7591-3-2"), Rfc("6750-3.1-3")]
    public async Task A_host_may_demand_an_initial_access_token()
    {
        const string token = "an-initial-access-token";
        await using var guarded = await TestApp.StartAsync(o => o.InitialAccessTokens.Add(token));
        async Task<Answer> SendAsync(params string[] authorization)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Register);
            request.Content = new StringContent($"{{{Uris}}}", Encoding.UTF8, "application/json");
            foreach (var value in authorization)
                request.Headers.TryAddWithoutValidation("Authorization", value);
            return await guarded.SendAsync(request);
        }

        foreach (var none in new[] { Array.Empty<string>(), ["Basic YTpi"], ["Bearer "] })
        {
            var challenge = await SendAsync(none);
            (challenge.Status, challenge.Header("WWW-Authenticate")).Should().Be((401, "Bearer realm=\"oauth2\""));
            challenge.Body.Should().NotContain("client_id");
        }

        foreach (var wrong in new[] { "another-initial-token", token + "x", token[..^1], token.ToUpperInvariant() })
        {
            var refused = await SendAsync("Bearer " + wrong);
            refused.Status.Should().Be(401);
            refused.Header("WWW-Authenticate").Should().Be("Bearer realm=\"oauth2\", error=\"invalid_token\"");
        }

        (await SendAsync("Bearer " + token, "Bearer " + token)).ShouldBeError("invalid_request");
        (await SendAsync("bearer " + token)).Status.Should().Be(201);
        guarded.Logs.Lines.Should().NotContain(l => l.Contains(token));
    }
}
