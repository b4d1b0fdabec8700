using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a login leaves behind: hashes in the store, and nothing of a secret in the log (RFC 6749 §10.3, §10.8).</summary>
internal sealed class KeptAndLoggedTests
{
    [TestCase("web", AccessTokenFormat.Jwt)]
    [TestCase("spa", AccessTokenFormat.Opaque)]
    [TestCase("post", AccessTokenFormat.Jwt)]
    [Rfc("6749-10.3-1")]
    [Rfc("6749-10.8-1")]
    public async Task No_code_token_secret_or_verifier_is_kept_or_logged(string client, AccessTokenFormat format)
    {
        await using var app = await TestApp.StartAsync(o => o.AccessTokenFormat = format);
        var code = await app.CodeAsync(client);
        var tokens = await app.RedeemAsync(client, code);
        var refreshed = await app.RefreshAsync(client, tokens.Text("refresh_token")!);
        (await app.RedeemAsync(client, code, ("scope", "delete"))).Status.Should().Be(400);
        await app.IntrospectAsync(refreshed.Text("access_token")!);
        await app.GetAsync("/api/read", refreshed.Text("access_token")!);
        await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "client_credentials"),
            ("client_id", "post"),
            ("client_secret", "wrong-secret")
        );

        string[] secrets =
        [
            code,
            tokens.Text("access_token")!,
            tokens.Text("refresh_token")!,
            refreshed.Text("access_token")!,
            refreshed.Text("refresh_token")!,
            TestApp.WebSecret,
            TestApp.Verifier,
            "wrong-secret",
        ];
        string[] parts = [.. secrets.SelectMany(Parts)];
        app.Logs.Lines.Should().NotBeEmpty();
        app.Logs.Lines.Where(l => parts.Any(p => l.Contains(p, StringComparison.Ordinal))).Should().BeEmpty();

        var login = await app.CodeAsync(client, ("prompt", "consent"));
        var row = (await app.RowsAsync("alice")).Should().ContainSingle().Subject;
        row.ToString().Should().NotContainAny(Parts(login));
        var live = await app.RedeemAsync(client, login);
        row = (await app.RowsAsync("alice")).Should().ContainSingle().Subject;
        row.ToString().Should().NotContainAny(secrets.SelectMany(Parts));
        foreach (var secret in new[] { login, live.Text("refresh_token")!, live.Text("access_token")! })
            row.ToString().Should().NotContainAny(Parts(secret));
    }

    // The ids in codes and tokens are no secrets: what follows them is, 43 characters each, the last of them not quite full.
    private static IEnumerable<string> Parts(string value) =>
        value[(value.LastIndexOf('.') + 1)..]
            .Chunk(43)
            .Where((c, i) => i == 0 || c.Length >= 42)
            .Select(c => new string(c)[..Math.Min(c.Length, 42)]);
}
