namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Codex CLI (rust-sdk): repeats the granted scope, and the resource, when it refreshes.</summary>
internal sealed class CodexTests : ReplayedClient
{
    protected override string Name => "Codex";

    // As published in September 2026.
    protected override string Document =>
        """
            {"client_id":"https://chatgpt.com/oauth/codex/client.json","client_uri":"https://chatgpt.com/codex","application_type":"native",
             "redirect_uris":["http://127.0.0.1/callback","http://localhost/callback"],
             "token_endpoint_auth_method":"none","token_endpoint_auth_methods_supported":["none"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"client_name":"Codex",
             "logo_uri":"https://persistent.oaistatic.com/sonic/misc/openai-logo.png"}
            """;

    protected override string[] DocumentRedirectUris => ["http://127.0.0.1:43123/callback", "http://localhost:43123/callback"];

    protected override string Registration =>
        """
            {"client_name":"Codex","application_type":"native","redirect_uris":["http://127.0.0.1:41235/callback/0a1b2c"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none","scope":"read write"}
            """;

    protected override string[] RedirectUris => ["http://127.0.0.1:41235/callback/0a1b2c", "http://127.0.0.1:50001/callback/0a1b2c"];

    protected override (string Name, string? Value)[] Authorize => [("scope", "read write"), ("resource", Mcp)];

    protected override (string Name, string Value)[] Refresh => [("scope", "read write"), ("resource", Mcp)];

    protected override string Scope => "read write";
}
