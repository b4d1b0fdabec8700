using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The whole way of each kind of client: authorize, token, API, refresh, revocation.</summary>
internal sealed class MainJobTests
{
    [TestCase("web")]
    [TestCase("post")]
    [TestCase("spa")]
    [TestCase("native")]
    [Rfc("6749-5.1-1")]
    [Rfc("7636-4.2-1")]
    [Rfc("7009-2-1")]
    public async Task A_client_gets_tokens_uses_them_refreshes_them_and_revokes_them(string client)
    {
        await using var app = await TestApp.StartAsync();

        var tokens = await app.TokensAsync(client);
        tokens.ContentType.Should().Be("application/json");
        tokens.Text("token_type").Should().Be("Bearer");
        tokens.Text("scope").Should().Be("read write");
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Body.Should().Be("alice");

        var refreshed = await app.RefreshAsync(client, tokens.Text("refresh_token")!);
        refreshed.Status.Should().Be(200, refreshed.Body);
        refreshed.Text("refresh_token").Should().NotBe(tokens.Text("refresh_token"));

        var revoked = await app.PostAsync("/oauth2/revoke", [("token", refreshed.Text("refresh_token")!), .. TestApp.Credentials(client)]);
        revoked.Status.Should().Be(200, revoked.Body);
        (await app.RefreshAsync(client, refreshed.Text("refresh_token")!)).ShouldBeError("invalid_grant");
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
    }
}
