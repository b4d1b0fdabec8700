namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Copilot Studio: names no method and needs Basic.</summary>
internal sealed class CopilotStudioTests : ReplayedClient
{
    protected override string Name => "Copilot Studio";

    protected override string Method => "client_secret_basic";

    protected override string Registration =>
        """
            {"client_name":"Copilot Studio","redirect_uris":["https://global.consent.azure-apim.net/redirect/notes"],
             "grant_types":["authorization_code","refresh_token"]}
            """;

    protected override string[] RedirectUris => ["https://global.consent.azure-apim.net/redirect/notes"];

    protected override (string Name, string? Value)[] Authorize => [];

    protected override (string Name, string Value)[] Redeem => [];

    protected override (string Name, string Value)[] Refresh => [];
}
