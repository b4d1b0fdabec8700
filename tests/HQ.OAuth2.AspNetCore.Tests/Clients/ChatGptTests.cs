using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// ChatGPT: its document prefers <c>private_key_jwt</c> with RS256 and lists <c>none</c> besides; there is one document for all connectors, and
/// one for each at servers that send no <c>iss</c>.
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
    }

    [Test]
    public async Task It_may_sign_by_the_key_that_its_document_leads_to()
    {
        const string url = "https://chatgpt.com/oauth/client.json";
        var (key, now) = (ProofKey.New("RS256", "chatgpt-1"), App.Clock.Now);
        Web.Publish("https://chatgpt.com/oauth/jwks.json", ProofKey.Set(key));
        var code = await App.CodeAsync(url, ("redirect_uri", RedirectUris[1]), ("resource", Mcp), ("scope", "read"));

        var tokens = await App.PostAsync(
            Token,
            [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", RedirectUris[1]),
                ("code_verifier", TestApp.Verifier),
                ("resource", Mcp),
                ("client_id", url),
                .. key.Signed(url, now),
            ]
        );

        tokens.Status.Should().Be(200, tokens.Body);
        (string, string)[] refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken()), ("resource", Mcp)];
        (await App.PostAsync(Token, [.. refresh, .. ProofKey.New("RS256", "chatgpt-1").Signed(url, now)])).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, [.. refresh, .. ProofKey.New("ES256", "chatgpt-1").Signed(url, now)])).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, [.. refresh, .. key.Signed(url, now)])).Status.Should().Be(200);
    }

    [Test]
    public async Task It_finds_the_methods_published()
    {
        var metadata = (await App.GetAsync("/.well-known/oauth-authorization-server")).Json;

        metadata.GetProperty("token_endpoint_auth_methods_supported").GetArrayLength().Should().BePositive();
        metadata.GetProperty("token_endpoint_auth_methods_supported")[0].GetString().Should().Be("none");
        metadata.GetProperty("token_endpoint_auth_signing_alg_values_supported").ToString().Should().Contain("RS256");
    }
}
