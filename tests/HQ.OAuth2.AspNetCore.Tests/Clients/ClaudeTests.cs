namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>claude.ai, Claude Desktop and mobile: registers as public at every connect, or with a document that lists grants it may not have.</summary>
internal sealed class ClaudeTests : ReplayedClient
{
    protected override string Name => "Claude";

    // As published in September 2026.
    protected override string Document =>
        """
            {"client_id":"https://claude.ai/oauth/mcp-oauth-client-metadata","client_name":"Claude","client_uri":"https://claude.ai",
             "redirect_uris":["https://claude.ai/api/mcp/auth_callback"],
             "grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer"],
             "response_types":["code"],"token_endpoint_auth_method":"none"}
            """;

    protected override string Registration =>
        """
            {"client_name":"Claude","redirect_uris":["https://claude.ai/api/mcp/auth_callback","https://claude.com/api/mcp/auth_callback"],
             "grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer"],"response_types":["code"],
             "token_endpoint_auth_method":"none","scope":"read write delete"}
            """;

    protected override string[] DocumentRedirectUris => ["https://claude.ai/api/mcp/auth_callback"];

    protected override string[] RedirectUris => ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"];

    [Test]
    public async Task A_grant_that_it_may_not_have_is_missing_in_the_answer() =>
        (await RegisterAsync()).Json.GetProperty("grant_types").GetRawText().Should().Be("""["authorization_code","refresh_token"]""");

    [Test]
    public async Task It_may_register_for_client_secret_post_if_the_server_offers_it()
    {
        var answer = await App.PostJsonAsync(
            "/oauth2/register",
            Registration.Replace("\"none\"", "\"client_secret_post\"", StringComparison.Ordinal)
        );

        answer.Status.Should().Be(201, answer.Body);
        (answer.Text("token_endpoint_auth_method"), answer.Text("client_secret_expires_at")).Should().Be(("client_secret_post", "0"));
        answer.Text("client_secret").Should().StartWith("hqs_");
    }

    [Test]
    public async Task Registrations_at_every_connect_are_one_entry_in_the_users_list()
    {
        var alice = App.NewBrowser();
        foreach (var _ in Enumerable.Range(0, 3))
            await SignInAsync((await RegisterAsync()).Text("client_id")!, null, RedirectUris[0], alice);

        var page = await alice.GetAsync("/oauth2/connected-apps");
        page.Body.Split("<article ").Should().HaveCount(2, "they are one app");
        page.Body.Should().Contain("3 sessions.");
    }
}
