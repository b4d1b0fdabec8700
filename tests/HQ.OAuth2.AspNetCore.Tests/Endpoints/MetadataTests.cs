using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Authorization server metadata (RFC 8414).</summary>
internal sealed class MetadataTests
{
    private const string Path = "/.well-known/oauth-authorization-server";

    private static readonly string[] everyMember =
    [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "registration_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "jwks_uri",
        "scopes_supported",
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "revocation_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "code_challenge_methods_supported",
        "dpop_signing_alg_values_supported",
        "authorization_response_iss_parameter_supported",
    ];

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private static string[] List(Answer document, string member) =>
        [.. document.Json.GetProperty(member).EnumerateArray().Select(e => e.GetString()!)];

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_metadata_of_an_issuer_with_a_path_is_at_the_root_too_when_the_host_says_so(bool atRoot)
    {
        await using var other = await TestApp.StartAsync(o => (o.IssuerURL, o.RootMetadata) = ("https://example.com/issuer1", atRoot));
        var root = await other.GetAsync("https://example.com/.well-known/oauth-authorization-server");

        root.Status.Should().Be(atRoot ? 200 : 404);
        if (!atRoot)
            return;
        root.Text("issuer").Should().Be("https://example.com/issuer1");
        root.Body.Should().Be((await other.GetAsync("https://example.com/.well-known/oauth-authorization-server/issuer1")).Body);
        root.Header("Access-Control-Allow-Origin").Should().Be("*");
    }

    // V-META-1, V-META-2, V-META-4
    [TestCase("https://example.com", "")]
    [TestCase("https://example.com/issuer1", "/issuer1")]
    [TestCase("https://example.com:8443/a/b", "/a/b")]
    [TestCase("http://localhost:5000", "")]
    [Rfc("8414-3-1")]
    [Rfc("8414-3.3-1")]
    [Rfc("8414-2-1")]
    [Rfc("8414-2-2")]
    [Rfc("8414-2-3")]
    [Rfc("8414-2-5")]
    [Rfc("8414-2-14")]
    [Rfc("8414-2-15")]
    [Rfc("8414-3.2-3")]
    [Rfc("9207-2.3-1")]
    public async Task The_document_stands_between_host_and_path_and_names_what_is_there(string issuer, string path)
    {
        await using var other = await TestApp.StartAsync(o => o.IssuerURL = issuer);
        var document = await other.GetAsync(Path + path);
        document.Status.Should().Be(200);
        document.Text("issuer").Should().Be(issuer);
        if (path.Length > 0)
        {
            foreach (var wrong in new[] { Path, path + Path, Path + "/other", Path + path + "/x" })
                (await other.GetAsync(wrong)).Status.Should().Be(404, wrong);
        }

        foreach (var (member, name) in new[] { ("authorization", "authorize"), ("token", "token"), ("registration", "register") })
            document.Text(member + "_endpoint").Should().Be($"{issuer}/oauth2/{name}");
        foreach (var (member, name) in new[] { ("introspection", "introspect"), ("revocation", "revoke") })
            document.Text(member + "_endpoint").Should().Be($"{issuer}/oauth2/{name}");
        document.Text("jwks_uri").Should().Be(issuer + "/oauth2/jwks");

        (await other.GetAsync(path + "/oauth2/jwks")).Status.Should().Be(200);
        (await other.NewUser().GetAsync(path + TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
        (await other.PostAsync(path + "/oauth2/token")).ShouldBeError("invalid_client", 401);
        (await other.PostAsync(path + "/oauth2/introspect")).ShouldBeError("invalid_client", 401);
        (await other.PostAsync(path + "/oauth2/revoke")).ShouldBeError("invalid_client", 401);
        (await other.PostJsonAsync(path + "/oauth2/register", "{}")).ShouldBeError("invalid_redirect_uri");
    }

    [TestCase("http://auth.example.com")]
    [TestCase("https://auth.example.com/")]
    [TestCase("https://auth.example.com/a/")]
    [TestCase("https://auth.example.com?x=1")]
    [TestCase("https://auth.example.com/#x")]
    [TestCase("https://auth.example.com#")]
    [TestCase("https://AUTH.example.com")]
    [TestCase("https://auth.example.com:443")]
    [TestCase("https://user@auth.example.com")]
    [TestCase("auth.example.com")]
    [TestCase("")]
    [Rfc("8414-2-1")]
    [Rfc("8414-3.3-1")]
    [Rfc("6749-3.1-2")]
    public async Task A_host_does_not_start_with_an_issuer_that_clients_could_not_compare(string issuer)
    {
        var start = () => TestApp.StartAsync(o => o.IssuerURL = issuer);
        var failure = await start.Should().ThrowAsync<OptionsValidationException>();
        failure.Which.Message.Should().Contain("auth:oauth2:authorizationServer:issuerURL");
    }

    [Test, Rfc("8414-3.1-1"), Rfc("8414-3.2-1")]
    public async Task Get_and_head_are_answered_and_nothing_else()
    {
        var get = await app.GetAsync(Path);
        (get.Status, get.ContentType).Should().Be((200, "application/json"));
        get.Json.ValueKind.Should().Be(JsonValueKind.Object);
        get.Header("Cache-Control").Should().Be("public, max-age=300");

        var head = await app.SendAsync(new(HttpMethod.Head, Path));
        (head.Status, head.ContentType, head.Body).Should().Be((200, "application/json", ""));
        head.Header("Content-Length").Should().Be(get.Header("Content-Length"));

        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            var answer = await app.SendAsync(new(method, Path));
            answer.Status.Should().Be(405);
            answer.Header("Allow").Should().Contain("GET").And.Contain("HEAD").And.NotContain("POST");
        }
    }

    [TestCase("/.well-known/oauth-authorization-server/")]
    [TestCase("/.well-known/OAUTH-authorization-server")]
    [TestCase("/.Well-Known/oauth-authorization-server")]
    [TestCase("/.well-known/oauth-authorization-server/issuer1")]
    [TestCase("/.well-known/oauth-authorization-server/oauth2")]
    [TestCase("/.well-known/openid-configuration")]
    [Rfc("8414-3.2-3")]
    [Rfc("8414-3-1")]
    public async Task Any_other_place_is_not_found(string path) => (await app.GetAsync(path)).Status.Should().Be(404);

    [Test, Rfc("8414-3.2-3"), Rfc("7591-3-3"), Rfc("8414-2-5")]
    public async Task An_endpoint_that_is_off_is_not_found()
    {
        await using var off = await TestApp.StartAsync(o => o.Enabled = false);
        foreach (var path in new[] { Path, "/oauth2/jwks", "/oauth2/authorize" })
            (await off.GetAsync(path)).Status.Should().Be(404);
        (await off.PostAsync("/oauth2/token")).Status.Should().Be(404);

        await using var closed = await TestApp.StartAsync(o => o.Dcr = false);
        (await closed.GetAsync(Path)).Text("registration_endpoint").Should().BeNull();
        (await closed.PostJsonAsync("/oauth2/register", "{}")).Status.Should().Be(404);
    }

    [Test, Rfc("8414-3.2-2"), Rfc("8414-2-11"), Rfc("8414-2-17"), Rfc("9207-2.3-2")]
    public async Task Every_member_is_there_in_its_type_and_what_is_empty_is_left_out()
    {
        var document = await app.GetAsync(Path);
        var members = document.Json.EnumerateObject().ToList();
        members.Select(m => m.Name).Should().BeEquivalentTo(everyMember);
        foreach (var member in members)
        {
            if (member.Name == "authorization_response_iss_parameter_supported")
                member.Value.ValueKind.Should().Be(JsonValueKind.True);
            else if (member.Name.EndsWith("_supported", StringComparison.Ordinal))
                member.Value.EnumerateArray().Select(e => e.GetString()).Should().NotBeEmpty().And.NotContain("").And.OnlyHaveUniqueItems();
            else
                member.Value.GetString().Should().StartWith(TestApp.Issuer);
        }

        await using var bare = await TestApp.StartAsync(o => o.Scopes.Clear());
        (await bare.GetAsync(Path)).Json.TryGetProperty("scopes_supported", out _).Should().BeFalse();
    }

    [Test, Rfc("8414-2-6"), Rfc("6749-3.3-5"), Rfc("8414-2-7"), Rfc("8414-2-8"), Rfc("8414-2-16"), Rfc("7636-7.2-1"), Rfc("MCP-S.4-1")]
    public async Task The_lists_say_what_is_offered()
    {
        var document = await app.GetAsync(Path);
        List(document, "scopes_supported").Should().Equal("read", "write", "delete");
        List(document, "response_types_supported").Should().Equal("code");
        List(document, "response_modes_supported").Should().Equal("query");
        List(document, "code_challenge_methods_supported").Should().Equal("S256");
    }

    [Test, Rfc("8414-2-9"), Rfc("9700-2.4-1")]
    public async Task Each_grant_type_that_is_listed_works_and_no_other()
    {
        var document = await app.GetAsync(Path);
        List(document, "grant_types_supported").Should().BeEquivalentTo(["authorization_code", "refresh_token", "client_credentials"]);
        var tokens = await app.TokensAsync("web");
        (await app.RefreshAsync("web", tokens.Text("refresh_token")!)).Status.Should().Be(200);
        var machine = ("basic", "machine:" + TestApp.WebSecret);
        (await app.PostAsync("/oauth2/token", machine, ("grant_type", "client_credentials"), ("scope", "read"))).Status.Should().Be(200);
        foreach (var other in new[] { "password", "implicit", "foo", "urn:ietf:params:oauth:grant-type:device_code" })
            (await app.PostAsync("/oauth2/token", machine, ("grant_type", other))).ShouldBeError("unsupported_grant_type");
    }

    [Test, Rfc("8414-2-10"), Rfc("8414-2-14"), Rfc("8414-2-15")]
    public async Task Each_authentication_method_that_is_listed_works_and_no_other()
    {
        string[] all = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
        var document = await app.GetAsync(Path);
        List(document, "token_endpoint_auth_methods_supported").Should().BeEquivalentTo(all).And.HaveElementAt(0, "none");
        List(document, "revocation_endpoint_auth_methods_supported").Should().BeEquivalentTo(all);
        List(document, "introspection_endpoint_auth_methods_supported").Should().BeEquivalentTo(all[1..]);
        foreach (var client in new[] { "spa", "web", "post" })
        {
            var refresh = (await app.TokensAsync(client)).Text("refresh_token")!;
            (await app.PostAsync("/oauth2/revoke", [("token", refresh), .. TestApp.Credentials(client)])).Status.Should().Be(200);
            var introspected = await app.PostAsync("/oauth2/introspect", [("token", refresh), .. TestApp.Credentials(client)]);
            introspected.Status.Should().Be(client == "spa" ? 401 : 200);
        }

        var assertion = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "client_credentials"),
            ("client_id", "machine"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", "e30.e30.e30")
        );
        assertion.ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("8414-6.2-1")]
    public async Task Nothing_in_the_document_comes_from_the_request()
    {
        var expected = (await app.GetAsync(Path)).Body;
        var request = new HttpRequestMessage(HttpMethod.Get, Path + "?issuer=https://evil.example");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "host=evil.example;proto=http");
        (await app.SendAsync(request)).Body.Should().Be(expected);
    }

    [Test, Rfc("8414-4-1")]
    public async Task Strings_are_compared_code_point_by_code_point()
    {
        await using var other = await TestApp.StartAsync(o =>
            o.Clients.Add(TestApp.Client("cafe", "caf\u00e9-caf\u00e9-caf\u00e9", "client_secret_post", [], ["client_credentials"]))
        );
        (string, string)[] form = [("grant_type", "client_credentials"), ("scope", "read"), ("client_id", "cafe")];
        (await other.PostAsync("/oauth2/token", [.. form, ("client_secret", "caf\u00e9-caf\u00e9-caf\u00e9")])).Status.Should().Be(200);
        var decomposed = await other.PostAsync("/oauth2/token", [.. form, ("client_secret", "cafe\u0301-cafe\u0301-cafe\u0301")]);
        decomposed.ShouldBeError("invalid_client", 401);
    }
}
