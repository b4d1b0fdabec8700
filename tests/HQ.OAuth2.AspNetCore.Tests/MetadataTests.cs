using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The discovery document (RFC 8414) and the key set (RFC 7517).</summary>
internal sealed class MetadataTests
{
    private const string Path = "/.well-known/oauth-authorization-server";

    [Test]
    [Rfc("8414-2-1")]
    [Rfc("8414-2-2")]
    [Rfc("8414-2-3")]
    [Rfc("8414-2-5")]
    [Rfc("8414-2-6")]
    [Rfc("8414-2-7")]
    [Rfc("8414-2-8")]
    [Rfc("8414-2-9")]
    [Rfc("8414-2-10")]
    [Rfc("8414-2-11")]
    [Rfc("8414-2-14")]
    [Rfc("8414-2-15")]
    [Rfc("8414-2-16")]
    [Rfc("8414-3.2-1")]
    [Rfc("7009-2-3")]
    [Rfc("7636-7.2-1")]
    [Rfc("9207-2.3-2")]
    [Rfc("6749-3.3-5")]
    public async Task The_document_says_what_is_there_to_the_byte()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.GetAsync(Path);
        answer.Status.Should().Be(200);
        answer.ContentType.Should().Be("application/json");
        // No *_auth_signing_alg_values_supported: no JWT client method is offered.
        answer
            .Body.Should()
            .Be(
                """
                {"issuer":"https://auth.example.com","authorization_endpoint":"https://auth.example.com/oauth2/authorize","token_endpoint":"https://auth.example.com/oauth2/token","registration_endpoint":"https://auth.example.com/oauth2/register","introspection_endpoint":"https://auth.example.com/oauth2/introspect","revocation_endpoint":"https://auth.example.com/oauth2/revoke","jwks_uri":"https://auth.example.com/oauth2/jwks","scopes_supported":["read","write","delete"],"response_types_supported":["code"],"response_modes_supported":["query"],"grant_types_supported":["authorization_code","refresh_token","client_credentials"],"token_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"],"revocation_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"],"introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],"code_challenge_methods_supported":["S256"],"authorization_response_iss_parameter_supported":true}
                """
            );
    }

    [Test]
    [Rfc("8414-3.2-2")]
    [Rfc("8414-2-5")]
    [Rfc("7591-3-3")]
    public async Task What_is_off_or_empty_is_left_out()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Dcr = false;
            o.Scopes.Clear();
        });
        var answer = await app.GetAsync(Path);
        answer
            .Body.Should()
            .NotContain("registration_endpoint")
            .And.NotContain("scopes_supported")
            .And.NotContain("[]")
            .And.NotContain("null")
            .And.NotContain("\"\"");
        (await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })).Status.Should().Be(404);
    }

    [TestCase("https://example.com", Path)]
    [TestCase("https://example.com/issuer1", Path + "/issuer1")]
    [TestCase("https://example.com:8443/a/b", Path + "/a/b")]
    [Rfc("8414-3-1")]
    [Rfc("8414-3.3-1")]
    [Rfc("9207-2.3-1")]
    [Rfc("9207-2-3")]
    public async Task The_document_stands_between_host_and_path_and_names_the_issuer_to_the_letter(string issuer, string path)
    {
        await using var app = await TestApp.StartAsync(o => o.IssuerURL = issuer);
        var answer = await app.GetAsync(path);
        answer.Status.Should().Be(200);
        answer.Text("issuer").Should().Be(issuer);
        answer.Text("token_endpoint").Should().Be(issuer + "/oauth2/token");
        answer.Text("jwks_uri").Should().Be(issuer + "/oauth2/jwks");
        var redirect = await app.NewBrowser()
            .GetAsync(new Uri(issuer).AbsolutePath.TrimEnd('/') + TestApp.AuthorizeUrl("web", ("scope", "unknown")));
        redirect.LocationParameter("iss").Should().Be(issuer);
    }

    [TestCase("https://example.com/issuer1", Path)]
    [TestCase("https://example.com/issuer1", Path + "/other")]
    [TestCase("https://example.com/issuer1", "/issuer1" + Path)]
    [TestCase("https://example.com", Path + "/")]
    [TestCase("https://example.com", "/.well-known/OAuth-authorization-server")]
    [TestCase("https://example.com", "/.well-known/openid-configuration")]
    [Rfc("8414-3.2-3")]
    public async Task Elsewhere_there_is_no_document(string issuer, string path)
    {
        await using var app = await TestApp.StartAsync(o => o.IssuerURL = issuer);
        (await app.GetAsync(path)).Status.Should().Be(404);
    }

    [TestCase(Path)]
    [TestCase("/oauth2/jwks")]
    [Rfc("8414-3.1-1")]
    public async Task Get_and_head_are_answered_and_nothing_else(string path)
    {
        await using var app = await TestApp.StartAsync();
        (await app.GetAsync(path)).Body.Should().NotBeEmpty();
        var head = await app.SendAsync(new(HttpMethod.Head, path));
        head.Status.Should().Be(200);
        head.Body.Should().BeEmpty();
        (await app.PostAsync(path)).Status.Should().Be(405);
    }

    [Test]
    [Rfc("8414-6.2-1")]
    public async Task Nothing_in_it_comes_from_the_request()
    {
        await using var app = await TestApp.StartAsync();
        var expected = (await app.GetAsync(Path)).Body;
        var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "http");
        (await app.SendAsync(request)).Body.Should().Be(expected);
    }

    [Test]
    [Rfc("8414-2-4")]
    public async Task The_key_set_has_public_keys_only_and_each_verifies_our_tokens()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.GetAsync("/oauth2/jwks");
        answer.ContentType.Should().Be("application/json");
        var key = answer.Json.GetProperty("keys").EnumerateArray().Should().ContainSingle().Subject;
        key.EnumerateObject().Select(m => m.Name).Should().Equal("kty", "use", "alg", "kid", "crv", "x", "y");
        key.GetProperty("use").GetString().Should().Be("sig");
        key.GetProperty("alg").GetString().Should().Be("ES256");

        var token = (await app.TokensAsync("web")).Text("access_token")!;
        JsonDocument
            .Parse(Decode(token.Split('.')[0]))
            .RootElement.GetProperty("kid")
            .GetString()
            .Should()
            .Be(key.GetProperty("kid").GetString());
        using var verifier = System.Security.Cryptography.ECDsa.Create(
            new System.Security.Cryptography.ECParameters
            {
                Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256,
                Q = new() { X = Decode(key.GetProperty("x").GetString()!), Y = Decode(key.GetProperty("y").GetString()!) },
            }
        );
        var parts = token.Split('.');
        verifier
            .VerifyData(
                Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]),
                Decode(parts[2]),
                System.Security.Cryptography.HashAlgorithmName.SHA256
            )
            .Should()
            .BeTrue();
    }

    [Test]
    [Rfc("8414-4-1")]
    public async Task Scopes_and_redirect_uris_are_compared_code_point_by_code_point()
    {
        await using var app = await TestApp.StartAsync(o => o.Scopes.Add(new() { Name = "Read" }));
        (await app.TokensAsync("web", ("scope", "Read"))).Text("scope").Should().Be("Read");
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "READ")))).ShouldBeErrorRedirect("invalid_scope");
        // é composed and decomposed: neither is a scope token, and neither becomes the other.
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "re\u00e9")))).ShouldBeErrorRedirect("invalid_scope");
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web", ("redirect_uri", "https://app.example.com/CB")))).ShouldBeErrorPage();
    }

    private static byte[] Decode(string base64Url) => System.Buffers.Text.Base64Url.DecodeFromChars(base64Url);
}
