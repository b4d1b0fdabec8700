using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What is kept of what was issued (RFC 6749 §10.3).</summary>
internal sealed class SecretsAtRestTests
{
    [Test, Rfc("6749-10.3-1"), Rfc("6749-10.10-1")]
    public async Task The_stores_hold_hashes_only()
    {
        await using var app = await TestApp.StartAsync(o => o.AccessTokenFormat = AccessTokenFormat.Opaque);
        var registered = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, grant_types = new[] { "authorization_code", "refresh_token" } }
        );
        var (id, clientSecret) = (registered.Text("client_id")!, registered.Text("client_secret")!);
        var waiting = await app.CodeAsync(id);
        var code = await app.CodeAsync(id);
        (string, string)[] client = [("basic", $"{id}:{clientSecret}")];
        var tokens = await app.PostAsync(
            Token,
            [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier), .. client]
        );
        var refreshed = await app.PostAsync(Token, [("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken()), .. client]);
        refreshed.Status.Should().Be(200, refreshed.Body);

        var rows = await app.RowsAsync();
        rows.Should().HaveCount(2);
        var clients = await ((IClientRegistry)app.Services.GetRequiredService<IClientStore>()).ListAsync(new(), default);
        var stored =
            JsonSerializer.Serialize(rows.Select(r => r.Data)) + JsonSerializer.Serialize(clients.Items) + JsonSerializer.Serialize(rows);

        AuthorizationCode.TryParse(code, out var openedCode).Should().BeTrue();
        OAuth2.RefreshToken.TryParse(tokens.RefreshToken(), out var first).Should().BeTrue();
        OAuth2.RefreshToken.TryParse(refreshed.RefreshToken(), out var second).Should().BeTrue();
        string[] clear =
        [
            waiting,
            code,
            tokens.RefreshToken(),
            refreshed.RefreshToken(),
            tokens.AccessToken(),
            refreshed.AccessToken(),
            clientSecret,
            TestApp.Verifier,
        ];
        foreach (var value in clear)
            stored.Should().NotContain(value);
        // The secret is the end of a value, but for the checksum.
        foreach (var value in clear.Where(v => v.StartsWith("hq", StringComparison.Ordinal)))
            stored.Should().NotContain(value[^49..^6]);
        foreach (var secret in new[] { openedCode.Secret, first.Family, first.Secret, second.Secret })
        {
            foreach (var row in rows)
            {
                row.Data.Should().NotContain(Convert.ToBase64String(secret).TrimEnd('=')).And.NotContain(Convert.ToHexString(secret));
            }

            // What is there instead is its SHA-256, as JSON writes bytes.
            rows.Should()
                .Contain(r => JsonText(r.Data).Contains(Convert.ToBase64String(SHA256.HashData(secret)), StringComparison.Ordinal));
        }

        var kept = clients.Items.Single(c => c.ClientId == id).Secrets.Should().ContainSingle().Subject.Hash;
        kept.Should().MatchRegex("^\\$2[aby]\\$\\d\\d\\$.{53}$");
        BCrypt.Net.BCrypt.Verify(clientSecret, kept).Should().BeTrue();
        Encoding.UTF8.GetByteCount(clientSecret).Should().BeLessThanOrEqualTo(72);
    }

    [Test, Rfc("6749-10.1-1"), Rfc("21-2.4-1")]
    public async Task A_native_app_gets_no_secret_and_a_secret_of_self_registration_buys_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var native = await app.RegisterAsync(new { redirect_uris = new[] { "http://127.0.0.1/cb" }, token_endpoint_auth_method = "none" });
        native.Json.TryGetProperty("client_secret", out _).Should().BeFalse();

        var web = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        var basic = ("basic", $"{web.Text("client_id")}:{web.Text("client_secret")}");
        (await app.PostAsync(Token, ClientCredentials, basic)).ShouldBeError("unauthorized_client");
        var foreign = (await app.TokensAsync("spa")).AccessToken();
        (await app.PostAsync(Introspect, ("token", foreign), basic)).Body.Should().Be("{\"active\":false}");
        await app.CodeAsync(web.Text("client_id")!);
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl(web.Text("client_id")!)))
            .Body.Should()
            .Contain("name=\"decision\"", "it is asked again each time");
    }

    // A plus sign is escaped in our JSON, a slash in none.
    private static string JsonText(string data) => data.Replace("\\u002B", "+", StringComparison.OrdinalIgnoreCase);
}
