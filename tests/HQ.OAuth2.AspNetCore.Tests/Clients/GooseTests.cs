namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>goose (rust-sdk): a document, or a registration without a method, and then Basic because it is listed.</summary>
internal sealed class GooseTests : ReplayedClient
{
    protected override string Name => "goose";

    // As published in 2026.
    protected override string Document =>
        """
            {
              "client_id": "https://goose-docs.ai/oauth/client-metadata.json",
              "client_name": "goose",
              "redirect_uris": [
                "http://127.0.0.1/oauth_callback",
                "http://[::1]/oauth_callback"
              ],
              "grant_types": ["authorization_code", "refresh_token"],
              "response_types": ["code"],
              "token_endpoint_auth_method": "none",
              "code_challenge_methods_supported": ["S256"]
            }
            """;

    protected override string Registration =>
        """
            {"client_name":"goose","application_type":"native","redirect_uris":["http://127.0.0.1:50123/oauth_callback"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris => ["http://127.0.0.1:50123/oauth_callback"];

    protected override (string Name, string Value)[] Refresh => [("scope", "read"), ("resource", Mcp)];
}
