namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>opencode: a document with portless loopback URIs, or a registration; any port of the moment.</summary>
internal sealed class OpencodeTests : ReplayedClient
{
    protected override string Name => "opencode";

    // As the route of its web site writes it (2026); the site puts its own origin in.
    protected override string Document =>
        """
            {
              "client_id": "https://opencode.ai/oauth/opencode/client.json",
              "client_name": "opencode",
              "client_uri": "https://opencode.ai",
              "logo_uri": "https://opencode.ai/web-app-manifest-512x512.png",
              "application_type": "native",
              "redirect_uris": [
                "http://127.0.0.1/callback",
                "http://localhost/callback"
              ],
              "grant_types": [
                "authorization_code",
                "refresh_token"
              ],
              "response_types": [
                "code"
              ],
              "token_endpoint_auth_method": "none",
              "token_endpoint_auth_methods_supported": [
                "none"
              ]
            }
            """;

    protected override string Registration =>
        """
            {"redirect_uris":["http://127.0.0.1:51675/callback"],"client_name":"opencode","client_uri":"https://opencode.ai",
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris => ["http://127.0.0.1:51675/callback", "http://127.0.0.1:40001/callback"];
}
