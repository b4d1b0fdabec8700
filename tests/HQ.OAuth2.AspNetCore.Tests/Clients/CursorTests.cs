namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Cursor: three addresses of three kinds, as a web application by its own word.</summary>
internal sealed class CursorTests : ReplayedClient
{
    protected override string Name => "Cursor";

    protected override string Registration =>
        """
            {"client_name":"Cursor","application_type":"web",
             "redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","https://www.cursor.com/agents/mcp/oauth/callback","http://localhost:8787/callback"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris =>
        [
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback",
        ];
}
