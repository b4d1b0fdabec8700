namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>MCP Inspector: runs in a browser, wants the user asked, and stops at a page when it was forgotten.</summary>
internal sealed class McpInspectorTests : ReplayedClient
{
    protected override string Name => "MCP Inspector";

    protected override string Registration =>
        """
            {"client_name":"MCP Inspector","client_uri":"https://github.com/modelcontextprotocol/inspector","application_type":"native",
             "redirect_uris":["http://127.0.0.1:6276/oauth/callback"],"grant_types":["authorization_code","refresh_token"],
             "response_types":["code"],"token_endpoint_auth_method":"none","scope":"read"}
            """;

    protected override string[] RedirectUris => ["http://127.0.0.1:6276/oauth/callback"];

    protected override (string Name, string? Value)[] Authorize => [("scope", "read"), ("resource", Mcp), ("prompt", "consent")];

    [TestCase("/.well-known/oauth-authorization-server", "GET")]
    [TestCase("/.well-known/oauth-protected-resource/mcp", "GET")]
    [TestCase("/oauth2/register", "POST")]
    [TestCase("/oauth2/token", "POST")]
    public async Task A_page_of_another_origin_may_call_with_its_own_header(string path, string method)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
        preflight.Headers.Add("Origin", "http://localhost:6274");
        preflight.Headers.Add("Access-Control-Request-Method", method);
        preflight.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version, content-type");

        var answer = await App.SendAsync(preflight);

        answer.Status.Should().Be(204);
        answer.Header("Access-Control-Allow-Origin").Should().Be("*");
        answer.Header("Access-Control-Allow-Headers").Should().Contain("MCP-Protocol-Version");
    }

    [Test]
    public async Task The_next_place_where_it_looks_is_plainly_not_there() =>
        (await App.GetAsync("/.well-known/openid-configuration")).Status.Should().Be(404);

    [Test]
    public async Task When_it_was_forgotten_the_page_says_what_to_do() =>
        (await App.NewUser().GetAsync(TestApp.AuthorizeUrl("hqc_forgotten", ("redirect_uri", RedirectUris[0]))))
            .Body.Should()
            .Contain("Remove the connection in that app and add it again");
}
