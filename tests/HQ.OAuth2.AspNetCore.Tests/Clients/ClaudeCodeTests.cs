namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Claude Code: a document with portless loopback URIs, a port of the moment, and several processes that refresh one token.</summary>
internal sealed class ClaudeCodeTests : ReplayedClient
{
    protected override string Name => "Claude Code";

    // As published in September 2026.
    protected override string Document =>
        """
            {"client_id":"https://claude.ai/oauth/claude-code-client-metadata","client_name":"Claude Code","client_uri":"https://claude.ai",
             "redirect_uris":["http://localhost/callback","http://127.0.0.1/callback"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string Registration =>
        """
            {"client_name":"Claude Code (notes)","redirect_uris":["http://localhost:54212/callback"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string[] RedirectUris => ["http://localhost:54212/callback", "http://localhost:3118/callback"];

    [Test]
    public async Task Eight_processes_that_refresh_at_once_stay_signed_in()
    {
        var (clientId, secret) = (await IdentitiesAsync())[0];
        var first = (await SignInAsync(clientId, secret, RedirectUris[0])).RefreshToken();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => App.RefreshAsync(clientId, first, ("resource", Mcp))));

        answers.Should().OnlyContain(a => a.Status == 200);
        answers.Select(a => a.RefreshToken()).Distinct().Should().ContainSingle();
    }
}
