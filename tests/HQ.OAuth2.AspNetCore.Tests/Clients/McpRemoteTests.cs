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
    public async Task Scopes_of_OpenID_that_nobody_has_are_answered_to_the_client()
    {
        var clientId = (await RegisterAsync()).Text("client_id")!;

        var answer = await App.NewUser()
            .GetAsync(TestApp.AuthorizeUrl(clientId, ("redirect_uri", RedirectUris[0]), ("scope", "openid email profile")));
        // Nobody vouches for it: the user sees the error first, and the way back carries the code for the client.
        answer.Status.Should().Be(400, answer.Body);
        answer.Body.Should().Contain("error=invalid_scope");
    }
}
