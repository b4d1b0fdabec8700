using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>No line of any category, down to Trace, has a code, a token, a secret or a verifier in it (RFC 6749 §10.8).</summary>
internal sealed class LogTests
{
    private const string WrongSecret = "a-wrong-secret-that-somebody-sent";
    private const string WrongVerifier = "a-wrong-verifier-that-somebody-sent-43-chars-or-more";

    // EF Core calls an insert of a key that is taken an error, with a trace of the stack.
    [Test]
    public async Task An_assertion_that_is_sent_again_is_no_error_in_the_log_of_a_database()
    {
        var file = Path.Combine(Path.GetTempPath(), $"hq-{Guid.NewGuid():N}.db");
        try
        {
            var key = ProofKey.New("ES256", "k");
            await using var app = await TestApp.StartAsync(
                o => o.Clients.Add(SigningClients.Options("signer", key)),
                server => server.UseSqlite($"Data Source={file};Pooling=False"),
                host: AtTrace,
                inMemory: true
            );
            var signed = key.Signed("signer");
            (await app.PostAsync(Token, [ClientCredentials, .. signed])).Status.Should().Be(200);

            (await app.PostAsync(Token, [ClientCredentials, .. signed])).ShouldBeError("invalid_client", 401);

            app.Logs.Lines.Should().Contain(l => l.StartsWith("Debug Microsoft.EntityFrameworkCore.Update", StringComparison.Ordinal));
            app.Logs.Lines.Should().NotContain(l => l.StartsWith("Error", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var one in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"))
                File.Delete(one);
        }
    }

    [TestCase(AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque)]
    [Rfc("6749-10.8-1")]
    public async Task The_log_of_all_flows_and_all_errors_has_no_secret(AccessTokenFormat format)
    {
        await using var app = await TestApp.StartAsync(o => o.AccessTokenFormat = format, host: AtTrace);
        var secrets = new List<string> { TestApp.WebSecret, TestApp.Verifier, WrongSecret, WrongVerifier };

        foreach (var client in new[] { "web", "post", "spa", "native" })
        {
            var code = await app.CodeAsync(client);
            (
                await app.PostAsync(
                    Token,
                    [("grant_type", "authorization_code"), ("code", code), ("code_verifier", WrongVerifier), .. TestApp.Credentials(client)]
                )
            ).ShouldBeError("invalid_grant");
            (await app.RedeemAsync(client, code, ("redirect_uri", "x"))).ShouldBeError("invalid_request");
            (await app.RedeemAsync(client, code, ("resource", "https://x.example"))).ShouldBeError("invalid_target");
            (await app.RedeemAsync("machine", code)).ShouldBeError("unauthorized_client");
            var tokens = await app.RedeemAsync(client, code);
            var second = await app.RefreshAsync(client, tokens.RefreshToken());
            (await app.RefreshAsync(client, tokens.RefreshToken())).Status.Should().Be(200);
            (await app.RefreshAsync(client, second.RefreshToken(), ("scope", "delete"))).ShouldBeError("invalid_scope");
            (await app.RefreshAsync(client, second.RefreshToken()[..^1])).ShouldBeError("invalid_grant");
            (await app.RefreshAsync(client, second.AccessToken())).ShouldBeError("invalid_grant");
            (await app.RedeemAsync(client, second.RefreshToken())).ShouldBeError("invalid_grant");
            (await app.GetAsync("/api/read", second.AccessToken())).Status.Should().Be(200);
            (await app.GetAsync("/api/read", second.AccessToken() + "x")).Status.Should().Be(401);
            (await app.RawAsync("/api/read", "", $"Bearer {second.AccessToken()} x")).Status.Should().Be(405);
            (await app.RawAsync("/api/write", "", $"Bearer {second.AccessToken()} x")).Status.Should().Be(400);
            foreach (var token in new[] { second.AccessToken(), second.RefreshToken(), code, tokens.AccessToken() + "x" })
            {
                await app.IntrospectAsync(token);
                await app.PostAsync(Introspect, ("token", token));
                await app.PostAsync(Revoke, ("token", token), ("client_id", "nobody"));
                await app.PostAsync(Revoke, [("token", token), .. Machine]);
            }

            (await app.PostAsync(Revoke, [("token", second.AccessToken()), .. TestApp.Credentials(client)])).Status.Should().Be(200);
            var replayed = await app.CodeAsync(client);
            var ended = await app.RedeemAsync(client, replayed);
            (await app.RedeemAsync(client, replayed)).ShouldBeError("invalid_grant");
            secrets.AddRange([code, replayed]);
            foreach (var answer in new[] { tokens, second, ended })
                secrets.AddRange([answer.AccessToken(), answer.RefreshToken()]);
        }

        foreach (
            var basic in new[] { "web:" + WrongSecret, "nobody:" + WrongSecret, "spa:" + WrongSecret, ":" + WrongSecret, WrongSecret + "%" }
        )
            (await app.PostAsync(Token, ClientCredentials, ("basic", basic))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, ClientCredentials, ("client_id", "web"), ("client_secret", WrongSecret))).ShouldBeError(
            "invalid_client",
            401
        );
        (await app.PostAsync(Token, [ClientCredentials, .. Machine, ("client_secret", WrongSecret)])).ShouldBeError("invalid_request");
        (await app.RawAsync(Token, "%GG=" + WrongSecret, "Bearer " + WrongSecret)).ShouldBeError("invalid_request");
        (await app.RawAsync(Token, "", "Bearer " + WrongSecret)).ShouldBeError("invalid_client", 401);
        secrets.Add((await app.MachineTokenAsync()).AccessToken());
        var registered = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        secrets.Add(registered.Text("client_secret")!);
        await app.PostAsync(Token, ClientCredentials, ("basic", $"{registered.Text("client_id")}:{registered.Text("client_secret")}"));

        // The log was on: our own categories and the framework's are there.
        var lines = app.Logs.Lines.ToList();
        lines.Should().Contain(l => l.Contains(" HQ.OAuth2.EventPublisher ")).And.Contain(l => l.Contains(" Microsoft.AspNetCore.Hosting"));
        lines.Should().Contain(l => l.StartsWith("Trace", StringComparison.Ordinal));
        foreach (var secret in secrets)
        {
            // A half would be too much as well; the first third of a token is its public header or id.
            var half = secret[(secret.Length / 2)..];
            lines.Should().NotContain(l => l.Contains(secret) || l.Contains(half), secret);
        }
    }

    // Whatever an appsettings.json in the folder says about levels.
    private static void AtTrace(WebApplicationBuilder builder) =>
        builder.Services.Configure<LoggerFilterOptions>(options =>
        {
            options.Rules.Clear();
            options.MinLevel = LogLevel.Trace;
        });

    [Test, Rfc("6749-10.8-1")]
    public void No_value_that_holds_a_secret_prints_it()
    {
        var id = Guid.CreateVersion7().ToString("N");
        var (code, refresh) = (AuthorizationCode.New(id), OAuth2.RefreshToken.New(id));
        var response = new TokenResponse
        {
            AccessToken = WrongSecret,
            RefreshToken = WrongVerifier,
            ExpiresIn = 1,
            Scope = "read",
        };
        foreach (
            var printed in new[] { $"{code}", $"{refresh}", $"{response}", $"{new RegisteredClient(Confidential("c", "s"), WrongSecret)}" }
        )
        {
            printed.Should().NotContain(WrongSecret).And.NotContain(WrongVerifier);
            printed.Should().NotContain(code.ToWire()[^20..]).And.NotContain(refresh.ToWire()[^20..]).And.NotContain("Byte[]");
        }
    }

    [Test]
    public async Task A_refusal_before_the_core_is_logged_with_its_id()
    {
        await using var app = await TestApp.StartAsync();
        await app.PostJsonAsync("/oauth2/token", "{}");
        await app.PostAsync("/oauth2/register");
        await app.GetAsync("/oauth2/authorize?hq_request=damaged");
        await app.GetAsync("/api/v0/users/me/oauth2/authorizations");
        var browser = app.NewBrowser("logged");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        await browser.PostAsync("/oauth2/authorize", [.. Browser.HiddenFields(page).Take(1), ("decision", "approve")]);
        await browser.PostAsync("/oauth2/connected-apps", ("all", "yes"));
        foreach (
            var line in new[]
            {
                "token refused client (null): HQ1006 invalid_request",
                "register refused client (null): HQ1037 invalid_client_metadata",
                "authorize refused client (null): HQ1036 invalid_request",
                "authorizations refused client (null): HQ1046 login_required",
                "authorize refused client (null): HQ1035 invalid_request",
                "connected-apps refused client (null): HQ1048 invalid_request",
            }
        )
            app.Logs.Lines.Should().ContainSingle(l => l.Contains(line), line);
    }
}
