namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// VS Code: a document whose logo is on another host, or a registration with the grants that both sides have; any loopback port; a state
/// with a URI inside.
/// </summary>
internal sealed class VisualStudioCodeTests : ReplayedClient
{
    protected override string Name => "Visual Studio Code";

    // As published in September 2026.
    protected override string Document =>
        """
            {"client_name":"Visual Studio Code","logo_uri":"https://code.visualstudio.com/assets/branding/code-stable.png",
             "grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],
             "response_types":["code"],"token_endpoint_auth_method":"none","application_type":"native",
             "client_id":"https://vscode.dev/oauth/client-metadata.json","client_uri":"https://vscode.dev/product",
             "redirect_uris":["http://127.0.0.1:33418/","https://vscode.dev/redirect"]}
            """;

    protected override string[] DocumentRedirectUris =>
        ["http://127.0.0.1:33418/", "http://127.0.0.1:49876/", "https://vscode.dev/redirect"];

    protected override string Registration =>
        """
            {"client_name":"Visual Studio Code","client_uri":"https://code.visualstudio.com","application_type":"native",
             "redirect_uris":["https://insiders.vscode.dev/redirect","https://vscode.dev/redirect","http://127.0.0.1/","http://127.0.0.1:33418/"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris =>
        ["http://127.0.0.1:33418/", "http://127.0.0.1:49876/", "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"];

    protected override string State =>
        "vscode://dynamicauthprovider/authorize?nonce="
        + new string('n', 600)
        + "&windowId=1&authority="
        + Uri.EscapeDataString(TestApp.Issuer);

    [Test]
    public async Task The_resource_of_the_metadata_is_the_address_that_was_typed() =>
        (await App.GetAsync("/.well-known/oauth-protected-resource/mcp")).Text("resource").Should().Be(Mcp);
}
