namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Gemini CLI: empty and null members, no scope, an audience that nobody asked for, registered anew at every login.</summary>
internal sealed class GeminiCliTests : ReplayedClient
{
    protected override string Name => "Gemini CLI MCP Client";

    protected override string Registration =>
        """
            {"client_name":"Gemini CLI MCP Client","redirect_uris":["http://localhost:7777/oauth/callback"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none",
             "scope":"","client_uri":null,"contacts":null}
            """;

    protected override string[] RedirectUris => ["http://localhost:7777/oauth/callback", "http://localhost:61234/oauth/callback"];

    protected override (string Name, string? Value)[] Authorize => [("resource", Mcp), ("audience", "notes")];

    protected override (string Name, string Value)[] Redeem => [("resource", Mcp), ("audience", "notes")];

    protected override (string Name, string Value)[] Refresh => [("scope", "read"), ("resource", Mcp), ("audience", "notes")];
}
