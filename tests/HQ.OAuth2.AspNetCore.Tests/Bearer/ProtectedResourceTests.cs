using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The metadata of protected resources, and the challenges that lead there (RFC 9728).</summary>
internal sealed class ProtectedResourceTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            o =>
            {
                var mcp = new ResourceOptions { Identifier = TestApp.Issuer + "/public/mcp", Name = "The tools" };
                mcp.Scopes.Add("read");
                o.Resources.Add(mcp);
                o.Resources.Add(new() { Identifier = "https://resource.example.com/resource1" });
                o.Resources.Add(new() { Identifier = "https://api.example.com" });
            },
            map: a => a.MapHqOAuth2ProtectedResource("https://resource.example.com/resource1")
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    [Rfc("9728-2-1")]
    [Rfc("9728-2-2")]
    [Rfc("9728-2-3")]
    [Rfc("9728-2-4")]
    [Rfc("9728-2-5")]
    [Rfc("9728-3-1")]
    [Rfc("9728-3.2-1")]
    [Rfc("9728-3.3-1")]
    public async Task A_resource_of_the_issuers_origin_has_its_document_at_the_path_inserted_place()
    {
        var answer = await app.GetAsync("/.well-known/oauth-protected-resource/public/mcp");
        (answer.Status, answer.ContentType).Should().Be((200, "application/json"));
        answer
            .Json.EnumerateObject()
            .Select(p => p.Name)
            .Should()
            .BeEquivalentTo("resource", "authorization_servers", "scopes_supported", "bearer_methods_supported", "resource_name");
        answer.Text("resource").Should().Be(TestApp.Issuer + "/public/mcp");
        Texts(answer, "authorization_servers").Should().Equal(TestApp.Issuer);
        Texts(answer, "scopes_supported").Should().Equal("read");
        Texts(answer, "bearer_methods_supported").Should().Equal("header");
        answer.Text("resource_name").Should().Be("The tools");
        (await app.GetAsync("/.well-known/oauth-protected-resource/PUBLIC/mcp")).Status.Should().Be(404);
    }

    [Test, Rfc("9728-3-1"), Rfc("9728-3.2-1")]
    public async Task The_issuer_itself_and_a_resource_of_another_host_have_theirs()
    {
        var own = await app.GetAsync("/.well-known/oauth-protected-resource");
        own.Text("resource").Should().Be(TestApp.Issuer);
        Texts(own, "scopes_supported").Should().Equal("read", "write", "delete");
        own.Json.TryGetProperty("resource_name", out _).Should().BeFalse("what is empty is left out");
        (await app.GetAsync("/.well-known/oauth-protected-resource/resource1"))
            .Text("resource")
            .Should()
            .Be("https://resource.example.com/resource1");
    }

    [Test]
    public async Task It_may_be_read_from_any_origin()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-protected-resource/public/mcp");
        request.Headers.Add("Origin", "https://inspector.example");
        var answer = await app.SendAsync(request);
        (answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Credentials")).Should().Be(("*", null));
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/.well-known/oauth-protected-resource/public/mcp");
        preflight.Headers.Add("Origin", "https://inspector.example");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version");
        (await app.SendAsync(preflight)).Status.Should().Be(204);
    }

    [Test, Rfc("9728-5.1-1"), Rfc("9728-5.1-2"), Rfc("MCP-D.2-1")]
    public async Task A_challenge_names_the_document_and_the_scope()
    {
        const string Begin = ", resource_metadata=\"https://auth.example.com/.well-known/oauth-protected-resource\"";
        const string Dpop = ", DPoP algs=\"ES256 RS256 PS256\"";
        (await app.GetAsync("/api/read")).Header("WWW-Authenticate").Should().Be("Bearer realm=\"oauth2\", scope=\"read\"" + Begin + Dpop);
        (await app.GetAsync("/api/read", "wrong"))
            .Header("WWW-Authenticate")
            .Should()
            .StartWith("Bearer realm=\"oauth2\", error=\"invalid_token\"")
            .And.EndWith(", scope=\"read\"" + Begin + Dpop);
        (await app.GetAsync("/.well-known/oauth-protected-resource")).Text("resource").Should().Be(TestApp.Issuer);

        var token = (
            await app.PostAsync(
                "/oauth2/token",
                ("grant_type", "client_credentials"),
                ("scope", "read"),
                ("basic", "web:" + TestApp.WebSecret)
            )
        ).Text("access_token")!;
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        post.Headers.Authorization = new("Bearer", token);
        var lacking = await app.SendAsync(post);
        lacking.Status.Should().Be(403);
        lacking
            .Header("WWW-Authenticate")
            .Should()
            .StartWith("Bearer realm=\"oauth2\", error=\"insufficient_scope\"")
            .And.EndWith(", scope=\"write\"" + Begin);
    }

    [TestCase("http://mcp.example.com/mcp", "http is for loopback only")]
    [TestCase("https://mcp.example.com/mcp#x", "without fragment")]
    [TestCase("https://mcp.example.com/mcp?x=1", "has a query")]
    [TestCase("https://unknown.example.com/mcp", "add it to resources")]
    [TestCase("urn:x", "is no https URL")]
    [Rfc("9728-1.2-1")]
    public async Task An_invalid_resource_stops_the_start(string resource, string why)
    {
        var start = () => TestApp.StartAsync(map: a => a.MapHqOAuth2ProtectedResource(resource));
        (await start.Should().ThrowAsync<ArgumentException>()).WithMessage($"*{resource}*{why}*");
    }

    [Test]
    public async Task Below_a_path_of_the_issuer_its_resource_is_path_inserted_too()
    {
        await using var tenant = await TestApp.StartAsync(o => o.IssuerURL = TestApp.Issuer + "/tenant");
        (await tenant.GetAsync("/.well-known/oauth-protected-resource/tenant")).Text("resource").Should().Be(TestApp.Issuer + "/tenant");
        (await tenant.GetAsync("/.well-known/oauth-protected-resource")).Status.Should().Be(404);
    }

    private static IEnumerable<string?> Texts(Answer answer, string member) =>
        answer.Json.GetProperty(member).EnumerateArray().Select(e => e.GetString());
}
