namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The Python SDK: sends no secret at all unless the answer names a method, and prompt=consent where it may stay.</summary>
internal sealed class PythonSdkTests : ReplayedClient
{
    protected override string Name => "Python client";

    protected override string Method => "client_secret_basic";

    protected override string Registration =>
        """
            {"redirect_uris":["http://localhost:3030/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],
             "client_name":"Python client","application_type":"native","scope":"read"}
            """;

    protected override string[] RedirectUris => ["http://localhost:3030/callback"];

    protected override (string Name, string? Value)[] Authorize => [("scope", "read"), ("resource", Mcp), ("prompt", "consent")];
}
