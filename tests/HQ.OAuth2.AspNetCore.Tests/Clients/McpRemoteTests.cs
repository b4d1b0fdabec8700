namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>mcp-remote: names its software, takes every scope the server lists, and registers anew when its port has changed.</summary>
internal sealed class McpRemoteTests : ReplayedClient
{
    protected override string Name => "MCP CLI Proxy";

    protected override string Registration =>
        """
            {"client_name":"MCP CLI Proxy","client_uri":"https://github.com/geelen/mcp-remote","application_type":"native",
             "software_id":"2e6dc280-f3c3-4e01-99a7-8181dbd1d23d","software_version":"0.15.1",
             "redirect_uris":["http://localhost:14527/oauth/callback"],"grant_types":["authorization_code","refresh_token"],
             "response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris => ["http://localhost:14527/oauth/callback"];

    protected override (string Name, string? Value)[] Authorize => [("scope", "read write delete"), ("resource", Mcp)];

    protected override string Scope => "read write delete";

    [Test]
    public async Task The_answer_gives_its_software_back()
    {
        var answer = await RegisterAsync();

        (answer.Text("software_id"), answer.Text("software_version"), answer.Text("application_type"))
            .Should()
            .Be(("2e6dc280-f3c3-4e01-99a7-8181dbd1d23d", "0.15.1", "native"));
    }

    [Test]
    public async Task Scopes_of_OpenID_that_the_server_does_not_have_are_left_out()
    {
        var clientId = (await RegisterAsync()).Text("client_id")!;

        var answer = await App.NewUser()
            .ApproveAsync(TestApp.AuthorizeUrl(clientId, ("redirect_uri", RedirectUris[0]), ("scope", "openid email profile")));
        var tokens = await App.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("code", answer.LocationParameter("code")!),
            ("redirect_uri", RedirectUris[0]),
            ("code_verifier", TestApp.Verifier),
            ("client_id", clientId)
        );
        tokens.Text("scope").Should().Be("read", tokens.Body);
    }
}
