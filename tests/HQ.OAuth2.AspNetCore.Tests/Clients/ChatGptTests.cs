namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// ChatGPT: its document prefers a method that this server does not have and lists <c>none</c> besides; there is one document for all
/// connectors, and one for each at servers that send no <c>iss</c>.
/// </summary>
internal sealed class ChatGptTests : ReplayedClient
{
    protected override string Name => "ChatGPT";

    // As published in September 2026.
    protected override string Document =>
        """
            {"client_id":"https://chatgpt.com/oauth/client.json","client_uri":"https://chatgpt.com/",
             "redirect_uris":["https://chatgpt.com/connector_platform_oauth_redirect"],
             "token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"client_name":"ChatGPT",
             "logo_uri":"https://persistent.oaistatic.com/sonic/misc/openai-logo.png","token_endpoint_auth_signing_alg":"RS256",
             "jwks_uri":"https://chatgpt.com/oauth/jwks.json"}
            """;

    protected override string[] DocumentRedirectUris => ["https://chatgpt.com/connector_platform_oauth_redirect"];

    protected override string Registration =>
        """
            {"client_name":"ChatGPT","redirect_uris":["https://chatgpt.com/connector/oauth/abc123","https://chatgpt.com/connector_platform_oauth_redirect"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris =>
        ["https://chatgpt.com/connector/oauth/abc123", "https://chatgpt.com/connector_platform_oauth_redirect"];

    [Test]
    public async Task The_document_of_one_connector_is_a_client_of_its_own()
    {
        const string url = "https://chatgpt.com/oauth/abc123/client.json";
        Web.Publish(
            url,
            Document
                .Replace("https://chatgpt.com/oauth/client.json", url, StringComparison.Ordinal)
                .Replace("connector_platform_oauth_redirect", "connector/oauth/abc123", StringComparison.Ordinal)
        );

        var tokens = await SignInAsync(url, null, "https://chatgpt.com/connector/oauth/abc123");

        (await App.RefreshAsync(url, tokens.RefreshToken(), ("resource", Mcp))).Status.Should().Be(200);
        App.Logs.Lines.Should().Contain(l => l.Contains(url) && l.Contains("token_endpoint_auth_method (private_key_jwt)"));
    }

    [Test]
    public async Task It_finds_the_methods_published()
    {
        var metadata = (await App.GetAsync("/.well-known/oauth-authorization-server")).Json;

        metadata.GetProperty("token_endpoint_auth_methods_supported").GetArrayLength().Should().BePositive();
        metadata.GetProperty("token_endpoint_auth_methods_supported")[0].GetString().Should().Be("none");
    }
}
