using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

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

    [Test, Rfc("6749-10.3-1"), Rfc("6749-10.8-1")]
    public async Task No_assertion_proof_reference_or_personal_token_is_kept_or_logged()
    {
        var tickets = new KeptTickets();
        await using var host = await EveryEndpoint.StartAsync(s => s.Services.AddSingleton<ITicketStore>(tickets));
        var (app, key) = (host.Server, ProofKey.New());
        var assertion = EveryEndpoint.Key.Assertion("signer");
        for (var i = 0; i < 2; i++)
            await app.PostAsync(BackChannel.Token, [BackChannel.ClientCredentials, .. SigningClients.Parameters(assertion)]);
        var pushed = await app.PushAsync("web");
        var reference = pushed.Text("request_uri")!;
        var browser = app.NewUser();
        await browser.GetAsync(pushed.AuthorizeUrl("web"));
        await browser.GetAsync(pushed.AuthorizeUrl("spa"));
        var token = (await app.BoundTokensAsync(key)).AccessToken();
        string[] proofs =
        [
            key.Proof("GET", DpopApp.ReadUrl, app.Clock.Now, token),
            key.Proof("PUT", DpopApp.ReadUrl, app.Clock.Now, token),
        ];
        foreach (var proof in proofs)
        {
            await app.CallAsync("DPoP", token, [proof]);
            await app.TokenAsync([proof], DpopApp.RefreshForm("spa", "x"));
        }

        var made = await browser.PostAsync(
            "/oauth2/connected-apps/new-token",
            [
                .. Browser.HiddenFields(await browser.GetAsync("/oauth2/connected-apps/new-token")),
                ("name", "x"),
                ("scope", "read"),
                ("days", "7"),
                ("resource", TestApp.Issuer),
            ]
        );
        var personal = System.Text.RegularExpressions.Regex.Match(made.Body, "hqp_[0-9a-f]{32}\\.[A-Za-z0-9_-]{49}").Value;
        personal.Should().NotBeEmpty(made.Body);
        await app.GetAsync("/api/read", personal);
        await app.IntrospectAsync(personal);
        await app.PostAsync("/oauth2/revoke", [.. TestApp.Credentials("spa"), ("token", personal)]);
        var rows = await app.RowsAsync();
        rows.Should().NotBeEmpty();

        string[] parts =
        [
            assertion.Split('.')[2],
            reference.Split(':')[^1],
            token.Split('.')[2],
            .. proofs.Select(p => p.Split('.')[2]),
            personal[37..80],
        ];
        // The framework logs the address of a request, where the standard puts the reference.
        app.Logs.Lines.Select(l => l.Contains(" Microsoft.AspNetCore.Hosting.", StringComparison.Ordinal) ? l.Split('?')[0] : l)
            .Where(l => parts.Any(p => l.Contains(p, StringComparison.Ordinal)))
            .Should()
            .BeEmpty();
        tickets.Added.Select(t => $"{t.Key} {t.Value}").Where(l => parts.Any(l.Contains)).Should().BeEmpty();
        rows.Select(r => r.ToString()).Where(l => parts.Any(l.Contains)).Should().BeEmpty();
    }

    // The ids in codes and tokens are no secrets: what follows them is, 43 characters each, the last of them not quite full.
    private static IEnumerable<string> Parts(string value) =>
        value[(value.LastIndexOf('.') + 1)..]
            .Chunk(43)
            .Where((c, i) => i == 0 || c.Length >= 42)
            .Select(c => new string(c)[..Math.Min(c.Length, 42)]);
}
