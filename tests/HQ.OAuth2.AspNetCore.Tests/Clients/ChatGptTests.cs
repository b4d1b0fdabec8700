namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>ChatGPT: its document leaves the authentication method out, and each connector has an address of its own.</summary>
internal sealed class ChatGptTests : ReplayedClient
{
    protected override string Name => "ChatGPT";

    protected override string Document =>
        """
            {"client_id":"https://chatgpt.com/oauth/abc123/client.json","client_name":"ChatGPT","client_uri":"https://chatgpt.com",
             "redirect_uris":["https://chatgpt.com/connector/oauth/abc123","https://chatgpt.com/connector_platform_oauth_redirect"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"]}
            """;

    protected override string Registration =>
        """
            {"client_name":"ChatGPT","redirect_uris":["https://chatgpt.com/connector/oauth/abc123","https://chatgpt.com/connector_platform_oauth_redirect"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris =>
        ["https://chatgpt.com/connector/oauth/abc123", "https://chatgpt.com/connector_platform_oauth_redirect"];

    [Test]
    public async Task It_finds_the_methods_published()
    {
        var metadata = (await App.GetAsync("/.well-known/oauth-authorization-server")).Json;

        metadata.GetProperty("token_endpoint_auth_methods_supported").GetArrayLength().Should().BePositive();
        metadata.GetProperty("token_endpoint_auth_methods_supported")[0].GetString().Should().Be("none");
    }
}
