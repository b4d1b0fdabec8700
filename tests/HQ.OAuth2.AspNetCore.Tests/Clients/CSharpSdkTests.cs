namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The C# SDK: registers for a secret in the body, as a native application (the SDK itself runs in the interop tests).</summary>
internal sealed class CSharpSdkTests : ReplayedClient
{
    protected override string Name => "SDK";

    protected override string Method => "client_secret_post";

    protected override string Registration =>
        """
            {"redirect_uris":["http://localhost:1179/callback"],"token_endpoint_auth_method":"client_secret_post","application_type":"native",
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"client_name":"SDK","scope":"read"}
            """;

    protected override string[] RedirectUris => ["http://localhost:1179/callback"];
}
