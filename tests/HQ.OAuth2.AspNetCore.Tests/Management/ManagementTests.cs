using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Manual registration over HTTP: provenance api, secrets once, problems that name the field.</summary>
internal sealed class ManagementTests
{
    private const string Apps = "/api/v0/oauth2/apps";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            host: b =>
            {
                b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireClaim(System.Security.Claims.ClaimTypes.Name, "root")));
                b.Services.AddOpenApi();
            },
            map: a =>
            {
                a.MapHqOAuth2Management().RequireAuthorization("admin");
                a.MapOpenApi();
            }
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_client_is_made_read_changed_and_removed()
    {
        var made = await SendAsync(
            "POST",
            "",
            """{"client_name":"Report","redirect_uris":["https://report.example/cb"],"grant_types":["authorization_code","refresh_token"],"scope":"read","org":"acme","contacts":["a@b.example"]}"""
        );
        made.Status.Should().Be(201, made.Body);
        made.ContentType.Should().Be("application/json");
        made.Header("Cache-Control").Should().Contain("no-store");
        var (id, secret) = (made.Text("client_id")!, made.Text("client_secret")!);
        made.Location.Should().Be($"{Apps}/{id}");
        (made.Text("provenance"), made.Text("org"), made.Text("type"), made.Text("scope"))
            .Should()
            .Be(("api", "acme", "confidential", "read"));
        made.Text("created_at").Should().Be(app.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));

        var read = await SendAsync("GET", "/" + id);
        read.Status.Should().Be(200);
        read.Body.Should().NotContain(secret).And.NotContain("$2");
        read.Json.TryGetProperty("client_secret", out _).Should().BeFalse();
        read.Json.GetProperty("secrets").GetArrayLength().Should().Be(1);
        read.Text("client_name").Should().Be("Report");

        // It works as any client does, and what changes counts at once.
        (await TokenAsync(id, secret, "refresh_token")).ShouldBeError("invalid_grant");
        var changed = await SendAsync(
            "PUT",
            "/" + id,
            """{"client_name":"Reports","redirect_uris":["https://report.example/2"],"disabled":true}"""
        );
        changed.Status.Should().Be(200, changed.Body);
        (changed.Text("client_name"), changed.Text("org"), changed.Text("disabled")).Should().Be(("Reports", "acme", "True"));
        changed.Json.TryGetProperty("scope", out _).Should().BeFalse("what is absent gets its default");
        (await TokenAsync(id, secret, "refresh_token")).ShouldBeError("invalid_client", 401);

        (await SendAsync("DELETE", "/" + id)).Status.Should().Be(204);
        (await SendAsync("GET", "/" + id)).ShouldBeProblem(404, "HQ1047");
        (await SendAsync("DELETE", "/" + id)).ShouldBeProblem(404, "HQ1047");
        (await SendAsync("PUT", "/" + id, """{"redirect_uris":["https://x.example/"]}""")).ShouldBeProblem(404, "HQ1047");
        (await SendAsync("POST", $"/{id}/secret", "{}")).ShouldBeProblem(404, "HQ1047");
    }

    [Test]
    public async Task Each_member_is_kept_and_given_back()
    {
        const string members = """
            {"client_name":"Full","redirect_uris":["https://full.example/cb"],"grant_types":["authorization_code","refresh_token"],
             "scope":"read","token_endpoint_auth_method":"client_secret_post","client_uri":"https://full.example/",
             "logo_uri":"https://full.example/logo.png","tos_uri":"https://full.example/tos","policy_uri":"https://full.example/policy",
             "contacts":["a@b.example"],"software_id":"full","software_version":"1.0","application_type":"web",
             "token_endpoint_auth_signing_alg":"RS256","jwks_uri":"https://full.example/jwks"}
            """;
        var made = await SendAsync("POST", "", members);
        made.Status.Should().Be(201, made.Body);
        var id = made.Text("client_id")!;
        var updated = await SendAsync("PUT", "/" + id, members);

        foreach (var answer in new[] { made, updated, await SendAsync("GET", "/" + id) })
        {
            foreach (var member in JsonElement.Parse(members).EnumerateObject())
                JsonElement.DeepEquals(answer.Json.GetProperty(member.Name), member.Value).Should().BeTrue(member.Name);
        }
    }

    [Test]
    public async Task A_rotation_lets_both_secrets_work_for_the_overlap()
    {
        var made = await SendAsync("POST", "", """{"grant_types":["client_credentials"]}""");
        var (id, first) = (made.Text("client_id")!, made.Text("client_secret")!);
        var rotated = await SendAsync("POST", $"/{id}/secret", """{"overlap_seconds":3600}""");
        rotated.Status.Should().Be(200, rotated.Body);
        var second = rotated.Text("client_secret")!;
        second.Should().NotBe(first);
        rotated.Json.GetProperty("secrets").GetArrayLength().Should().Be(2);
        foreach (var secret in new[] { first, second })
            (await TokenAsync(id, secret)).Status.Should().Be(200);

        app.Clock.Advance(TimeSpan.FromMinutes(59));
        (await TokenAsync(id, first)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await TokenAsync(id, first)).ShouldBeError("invalid_client", 401);
        (await TokenAsync(id, second)).Status.Should().Be(200);

        // At once, and without a body: a day.
        var third = (await SendAsync("POST", $"/{id}/secret", """{"overlap_seconds":0}""")).Text("client_secret")!;
        (await TokenAsync(id, second)).ShouldBeError("invalid_client", 401);
        var last = await SendAsync("POST", $"/{id}/secret", "");
        last.Json.GetProperty("secrets").GetArrayLength().Should().Be(2, "expired ones are dropped");
        last.Json.GetProperty("secrets")[1]
            .GetProperty("expires_at")
            .GetString()
            .Should()
            .Be(app.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        (await TokenAsync(id, third)).Status.Should().Be(200);
        app.Logs.Lines.Should().NotContain(l => l.Contains(first) || l.Contains(second) || l.Contains(third));
    }

    [TestCase("""{"overlap_seconds":-1}""", "overlap_seconds")]
    [TestCase("""{"overlap_seconds":7776001}""", "overlap_seconds")]
    [TestCase("""{"overlap_seconds":"1"}""", "overlap_seconds")]
    [TestCase("""{"overlap":1}""", "overlap")]
    public async Task An_overlap_that_cannot_be_is_refused(string body, string field)
    {
        var id = (await SendAsync("POST", "", """{"grant_types":["client_credentials"]}""")).Text("client_id")!;
        Fields(await SendAsync("POST", $"/{id}/secret", body)).Should().Equal(field);
    }

    [Test]
    public async Task A_public_client_has_no_secret_to_rotate()
    {
        var made = await SendAsync("POST", "", """{"token_endpoint_auth_method":"none","redirect_uris":["https://p.example/cb"]}""");
        made.Json.TryGetProperty("client_secret", out _).Should().BeFalse();
        made.Text("type").Should().Be("public");
        var id = made.Text("client_id")!;
        Fields(await SendAsync("POST", $"/{id}/secret", "{}")).Should().Equal("token_endpoint_auth_method");

        // It becomes confidential: a secret is made, this once. And back: none is left.
        var confidential = await SendAsync("PUT", "/" + id, """{"redirect_uris":["https://p.example/cb"]}""");
        confidential.Text("client_secret").Should().StartWith("hqs_");
        var open = await SendAsync("PUT", "/" + id, """{"token_endpoint_auth_method":"none","redirect_uris":["https://p.example/cb"]}""");
        open.Json.GetProperty("secrets").GetArrayLength().Should().Be(0);
    }

    [Test]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        var refused = await SendAsync(
            "POST",
            "",
            """{"redirect_uris":["javascript:alert(1)","http://c.example/cb"],"grant_types":["password"],"scope":"nope","logo_uri":"http://l.example/"}"""
        );
        refused.ShouldBeProblem(400, "HQ1039");
        Fields(refused).Should().BeEquivalentTo("grant_types", "redirect_uris", "redirect_uris", "scope", "logo_uri");
        refused = await SendAsync("POST", "", """{"redirect_uris":["javascript:alert(1)","http://c.example/cb"],"policy_uri":"x"}""");
        refused.ShouldBeProblem(400, "HQ1038");
        Fields(refused).Should().Equal("redirect_uris", "redirect_uris", "policy_uri");
        refused.Body.Should().NotContain("alert(1)");
    }

    [TestCase("""{"redirect_uri":["https://c.example/cb"]}""", "redirect_uri")]
    [TestCase("""{"redirect_uris":"https://c.example/cb"}""", "redirect_uris")]
    [TestCase("""{"redirect_uris":[null]}""", "redirect_uris")]
    [TestCase("""{"jwks_uri":7}""", "jwks_uri")]
    [TestCase("""{"response_types":["code"]}""", "response_types")]
    [TestCase("""{"trusted":"yes"}""", "trusted")]
    [TestCase("""{"client_id":"mine"}""", "client_id")]
    [TestCase("""{"client_secret":"hunter2"}""", "client_secret")]
    [TestCase("""{"org":"a","org":"b"}""", "org")]
    public async Task A_member_that_is_unknown_or_of_the_wrong_type_is_named(string body, string field)
    {
        var refused = await SendAsync("POST", "", body);
        refused.ShouldBeProblem(400, "HQ1037");
        Fields(refused).Should().Equal(field);
        refused.Body.Should().NotContain("hunter2");
    }

    [Test]
    public async Task Keys_of_a_client_are_made_read_and_replaced()
    {
        var (old, next) = (ProofKey.New("ES256", "old"), ProofKey.New("RS256", "next"));
        string Body(string keys) => $$"""{"grant_types":["client_credentials"],"token_endpoint_auth_method":"private_key_jwt",{{keys}}}""";
        var made = await SendAsync("POST", "", Body($"\"jwks\":{ProofKey.Set(old)}"));
        made.Status.Should().Be(201, made.Body);
        made.Json.TryGetProperty("client_secret", out _).Should().BeFalse();
        made.Json.GetProperty("jwks").GetProperty("keys")[0].GetProperty("kid").GetString().Should().Be("old");
        var id = made.Text("client_id")!;
        (await app.PostAsync(BackChannel.Token, [BackChannel.ClientCredentials, .. old.Signed(id, app.Clock.Now)])).Status.Should().Be(200);

        // Both for a while, then the new one alone; each at once.
        (await SendAsync("PUT", "/" + id, Body($"\"jwks\":{ProofKey.Set(old, next)}")))
            .Status.Should()
            .Be(200);
        (await app.PostAsync(BackChannel.Token, [BackChannel.ClientCredentials, .. old.Signed(id, app.Clock.Now)])).Status.Should().Be(200);
        (await app.PostAsync(BackChannel.Token, [BackChannel.ClientCredentials, .. next.Signed(id, app.Clock.Now)]))
            .Status.Should()
            .Be(200);
        var replaced = await SendAsync("PUT", "/" + id, Body($"\"jwks\":{ProofKey.Set(next)}"));
        replaced.Json.GetProperty("jwks").GetProperty("keys").GetArrayLength().Should().Be(1);
        (await app.PostAsync(BackChannel.Token, [BackChannel.ClientCredentials, .. old.Signed(id, app.Clock.Now)])).ShouldBeError(
            "invalid_client",
            401
        );

        Fields(await SendAsync("PUT", "/" + id, Body("\"jwks\":{\"keys\":[]}"))).Should().Equal("jwks");
        Fields(await SendAsync("PUT", "/" + id, Body("\"jwks\":7"))).Should().Equal("jwks");
        Fields(await SendAsync("PUT", "/" + id, Body("\"contacts\":[]"))).Should().Equal("jwks");
        Fields(await SendAsync("PUT", "/" + id, Body($"\"jwks\":{ProofKey.Set(next)},\"jwks_uri\":\"https://c.example/jwks\"")))
            .Should()
            .Equal("jwks");
        var leaked = await SendAsync("PUT", "/" + id, Body($"\"jwks\":{{\"keys\":[{old.PrivateJwk().ToJsonString()}]}}"));
        Fields(leaked).Should().Contain("jwks");
        leaked.Body.Should().NotContain((string)old.PrivateJwk()["d"]!);
    }

    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("\"x\"")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        (await SendAsync("POST", "", body)).ShouldBeProblem(400, "HQ1037");
    }

    [Test]
    public async Task A_form_of_another_site_changes_nothing()
    {
        var id = (await SendAsync("POST", "", """{"grant_types":["client_credentials"]}""")).Text("client_id")!;
        foreach (var type in new[] { "application/x-www-form-urlencoded", "text/plain", "multipart/form-data" })
        {
            (await SendAsync("POST", $"/{id}/secret", "{}", type: type)).Status.Should().Be(415);
            (await SendAsync("POST", "", "{}", type: type)).Status.Should().Be(415);
        }

        // Without a body a browser sends no type at all.
        (await SendAsync("POST", $"/{id}/secret")).ShouldBeProblem(415, "HQ1051");
        (await SendAsync("GET", "/" + id)).Json.GetProperty("secrets").GetArrayLength().Should().Be(1);
    }

    [Test]
    public async Task A_client_of_the_configuration_is_read_and_not_changed()
    {
        (await SendAsync("GET", "/web")).Text("provenance").Should().Be("api");
        (await SendAsync("PUT", "/web", """{"redirect_uris":["https://x.example/"]}""")).ShouldBeProblem(409, "HQ1050");
        (await SendAsync("DELETE", "/web")).ShouldBeProblem(409, "HQ1050");
        (await SendAsync("POST", "/web/secret", "{}")).ShouldBeProblem(409, "HQ1050");
    }

    [Test]
    public async Task A_client_that_registered_itself_is_disabled_and_never_trusted()
    {
        var id = await app.DcrAsync();
        const string Same = "\"redirect_uris\":[\"https://app.example.com/cb\"],\"token_endpoint_auth_method\":\"none\"";
        Fields(await SendAsync("PUT", "/" + id, $$"""{{{Same}},"trusted":true}""")).Should().Equal("trusted");
        Fields(await SendAsync("PUT", "/" + id, $$"""{{{Same}},"introspects":["*"]}""")).Should().Equal("introspects");
        Fields(await SendAsync("PUT", "/" + id, $$"""{{{Same}},"grant_types":["client_credentials"]}""")).Should().Contain("grant_types");
        (await SendAsync("PUT", "/" + id, $$"""{{{Same}},"disabled":true}""")).Text("provenance").Should().Be("dcr");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id))).ShouldBeErrorPage();
    }

    [Test]
    public async Task The_list_is_filtered_and_goes_page_by_page()
    {
        for (var i = 0; i < 5; i++)
            await SendAsync("POST", "", """{"grant_types":["client_credentials"],"org":"paged"}""");
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await SendAsync("GET", $"?org=paged&limit=2{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}");
            page.Status.Should().Be(200, page.Body);
            seen.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("client_id").GetString()!));
            page.Body.Should().NotContain("client_secret\"");
            after = page.Text("next");
        } while (after is not null);
        seen.Should().HaveCount(5).And.OnlyHaveUniqueItems();

        var dcr = await app.DcrAsync();
        var list = (await SendAsync("GET", "?provenance=dcr&limit=1000")).Json.GetProperty("items").EnumerateArray().ToList();
        list.Should().OnlyContain(c => c.GetProperty("provenance").GetString() == "dcr");
        list.Select(c => c.GetProperty("client_id").GetString()).Should().Contain(dcr).And.NotContain("web");
        var all = (await SendAsync("GET", "?limit=1000")).Json.GetProperty("items").EnumerateArray();
        all.Select(c => c.GetProperty("client_id").GetString()).Should().Contain("web").And.Contain(dcr);
        Fields(await SendAsync("GET", "?provenance=me&limit=0")).Should().Equal("limit", "provenance");
        Fields(await SendAsync("GET", "?limit=1%00")).Should().Equal("limit");
    }

    [Test]
    public async Task A_client_id_that_is_a_url_is_addressed_encoded()
    {
        const string Id = "https://client.example/meta?x=1";
        using (var scope = app.Services.CreateScope())
        {
            var template = (await scope.ServiceProvider.GetRequiredService<IClientStore>().FindAsync(await app.DcrAsync(), default))!;
            var registry = (IClientRegistry)scope.ServiceProvider.GetRequiredService<IClientStore>();
            (await registry.TryAddAsync(template with { ClientId = Id }, default)).Should().BeTrue();
        }

        (await SendAsync("GET", "/" + Uri.EscapeDataString(Id))).Text("client_id").Should().Be(Id);
        (await SendAsync("DELETE", "/" + Uri.EscapeDataString(Id))).Status.Should().Be(204);
    }

    [Test]
    [Rfc("21-7.9-3")]
    public async Task An_administrator_sees_and_ends_what_was_allowed()
    {
        var id = await app.DcrAsync();
        var (user, other) = (new ConnectedAppsApiTests.Session(app, "seen"), new ConnectedAppsApiTests.Session(app, "seen-too"));
        var tokens = await user.TokensAsync(id);
        await other.TokensAsync(id);
        await other.TokensAsync("web");
        var bySubject = await SendAsync("GET", "", path: "/api/v0/oauth2/authorizations?subject=seen-too");
        bySubject.Json.GetProperty("items").GetArrayLength().Should().Be(2);
        var byClient = await SendAsync("GET", "", path: "/api/v0/oauth2/authorizations?client_id=" + id);
        byClient
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("subject").GetString())
            .Should()
            .BeEquivalentTo("seen", "seen-too");
        Fields(await SendAsync("GET", "", path: "/api/v0/oauth2/authorizations")).Should().Equal("subject");

        (await SendAsync("DELETE", $"/{id}/authorizations")).Text("revoked").Should().Be("2");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await SendAsync("DELETE", "", path: "/api/v0/oauth2/authorizations?subject=seen-too")).Text("revoked").Should().Be("1");
        (await other.IdsAsync()).Should().BeEmpty();
        Fields(await SendAsync("DELETE", "", path: "/api/v0/oauth2/authorizations")).Should().Equal("subject");
    }

    [Test]
    public async Task A_removed_client_takes_what_users_allowed_along()
    {
        var id = await app.DcrAsync();
        var tokens = await new ConnectedAppsApiTests.Session(app, "along").TokensAsync(id);
        (await SendAsync("DELETE", "/" + id)).Status.Should().Be(204);
        (await app.RowsAsync("along")).Should().BeEmpty();
        (await app.RefreshAsync(id, tokens.Text("refresh_token")!)).ShouldBeError("invalid_client", 401);
    }

    [TestCase(null, 401)]
    [TestCase("alice", 403)]
    public async Task The_hosts_policy_decides_who_may(string? user, int status)
    {
        foreach (var (method, path) in new[] { ("GET", ""), ("POST", ""), ("GET", "/web"), ("DELETE", "/web"), ("POST", "/web/secret") })
            (await SendAsync(method, path, "{}", user)).Status.Should().Be(status, "{0} {1}", method, path);
    }

    [Test]
    public async Task Without_a_policy_the_host_does_not_start()
    {
        await StartAsync(a => a.MapHqOAuth2Management())
            .Should()
            .ThrowAsync<Exception>()
            .WithMessage("*MapHqOAuth2Management()*RequireAuthorization*");
        await StartAsync(a => a.MapHqOAuth2Management().RequireAuthorization().AllowAnonymous())
            .Should()
            .ThrowAsync<Exception>()
            .WithMessage("*AllowAnonymous is not for it*");

        static Func<Task> StartAsync(Action<WebApplication> map) => async () => await (await TestApp.StartAsync(map: map)).DisposeAsync();
    }

    [Test]
    public async Task A_client_store_that_cannot_add_clients_stops_the_start()
    {
        var start = () =>
            TestApp.StartAsync(
                o => o.Dcr = false,
                parts: p => p.AddClientStore<ReadOnlyStore>(),
                map: a => a.MapHqOAuth2Management().RequireAuthorization()
            );
        await start.Should().ThrowAsync<Exception>().WithMessage("*MapHqOAuth2Management()*IClientRegistry*");
    }

    private sealed class ReadOnlyStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => default;
    }

    [Test]
    public async Task In_a_group_without_a_policy_it_answers_nobody()
    {
        await using var open = await TestApp.StartAsync(map: a => a.MapGroup("/inner").MapHqOAuth2Management());
        (await open.GetAsync("/inner" + Apps)).ShouldBeProblem(500, "HQ1052");
        open.Logs.Lines.Should().Contain(l => l.Contains("MapHqOAuth2Management() has no policy"));
        await using var outer = await TestApp.StartAsync(map: a => a.MapGroup("/inner").RequireAuthorization().MapHqOAuth2Management());
        (await outer.NewBrowser("anybody").GetAsync("/inner" + Apps)).Status.Should().Be(200);
    }

    [Test]
    public async Task The_openapi_document_describes_it()
    {
        var document = (await app.GetAsync("/openapi/v1.json")).Json;
        var paths = document.GetProperty("paths");
        paths
            .EnumerateObject()
            .Where(p => p.Name.StartsWith("/api/v0/oauth2/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name} {p.Name["/api/v0/oauth2".Length..]}"))
            .Should()
            .BeEquivalentTo(
                "get /apps",
                "post /apps",
                "get /apps/{client_id}",
                "put /apps/{client_id}",
                "delete /apps/{client_id}",
                "post /apps/{client_id}/secret",
                "delete /apps/{client_id}/authorizations",
                "get /authorizations",
                "delete /authorizations"
            );
        var create = paths.GetProperty(Apps).GetProperty("post");
        Schema(create.GetProperty("requestBody").GetProperty("content").GetProperty("application/json"))
            .Should()
            .Contain(["client_name", "redirect_uris", "token_endpoint_auth_method", "jwks_uri", "org", "trusted"])
            .And.NotContain(["client_id", "metadata", "settings"]);
        var responses = create.GetProperty("responses");
        Schema(responses.GetProperty("201").GetProperty("content").GetProperty("application/json"))
            .Should()
            .Contain(["client_id", "client_secret", "contacts", "jwks_uri", "created_at", "secrets"]);
        Schema(responses.GetProperty("400").GetProperty("content").GetProperty("application/problem+json"))
            .Should()
            .Contain(["type", "title", "status", "error_id", "invalid_fields"]);
        paths
            .GetProperty(Apps)
            .GetProperty("get")
            .GetProperty("parameters")
            .EnumerateArray()
            .Select(p => p.GetProperty("name").GetString())
            .Should()
            .Equal("org", "provenance", "limit", "after");

        IEnumerable<string> Schema(JsonElement content)
        {
            var schema = content.GetProperty("schema");
            if (schema.TryGetProperty("$ref", out var reference))
                schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
            return schema.GetProperty("properties").EnumerateObject().Select(p => p.Name);
        }
    }

    [TestCase(""","grant_types":["authorization_code","implicit"]""", "grant_types")]
    [TestCase(""","scope":"openid" """, "scope")]
    [TestCase(""","logo_uri":"http://a.example/logo.png" """, "logo_uri")]
    [TestCase(""","jwks_uri":"http://a.example/jwks" """, "jwks_uri")]
    [TestCase(""","token_endpoint_auth_signing_alg":"a\nb" """, "token_endpoint_auth_signing_alg")]
    [TestCase(""","client_name":"a\u202eb" """, "client_name")]
    [TestCase(""","contacts":["a\nb"]""", "contacts")]
    [TestCase(""","token_endpoint_auth_method":"own_method" """, "token_endpoint_auth_method")]
    public async Task An_administrator_is_told_what_a_client_would_have_left_out_for_it(string member, string field)
    {
        const string uris = "\"redirect_uris\":[\"https://app.example.com/cb\"]";
        Fields(await SendAsync("POST", "", $"{{{uris}{member}}}")).Should().Equal(field);
        Fields(await SendAsync("PUT", "/" + await app.DcrAsync(), $"{{{uris}{member}}}")).Should().Equal(field);
        (
            await app.PostJsonAsync(
                "/oauth2/register",
                member.Contains("own_method", StringComparison.Ordinal) ? "{}" : $"{{{uris}{member}}}"
            )
        )
            .Status.Should()
            .Be(member.Contains("own_method", StringComparison.Ordinal) ? 400 : 201);
    }

    private static IEnumerable<string> Fields(Answer problem)
    {
        problem.ContentType.Should().Be("application/problem+json", problem.Body);
        return problem.Json.GetProperty("invalid_fields").EnumerateArray().Select(f => f.GetProperty("name").GetString()!);
    }

    private Task<Answer> TokenAsync(string id, string secret, string grant = "client_credentials") =>
        app.PostAsync("/oauth2/token", ("grant_type", grant), ("refresh_token", "x"), ("basic", $"{id}:{secret}"));

    private Task<Answer> SendAsync(
        string method,
        string below,
        string? body = null,
        string? user = "root",
        string type = "application/json",
        string path = Apps
    )
    {
        var request = new HttpRequestMessage(new(method), path + below);
        if (body is not null && method is "POST" or "PUT")
            request.Content = new StringContent(body!, Encoding.UTF8, type);
        return app.NewBrowser(user).SendAsync(request);
    }
}
