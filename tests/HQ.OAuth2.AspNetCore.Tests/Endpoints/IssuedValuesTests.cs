using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Codes, tokens and secrets on the wire: how long they live, how random they are, and that none can be changed (RFC 6749 §4.1.2, §10).</summary>
internal sealed class IssuedValuesTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("6749-4.1.2-2")]
    public async Task A_code_lives_for_a_minute()
    {
        var (early, late) = (await app.CodeAsync("web"), await app.CodeAsync("spa"));
        app.Clock.Advance(TimeSpan.FromSeconds(59));
        (await app.RedeemAsync("web", early)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await app.RedeemAsync("spa", late)).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("6749-4.1.2-2")]
    public async Task A_host_may_not_make_codes_live_for_more_than_ten_minutes()
    {
        await using var longest = await TestApp.StartAsync(o => o.AuthorizationCodeLifetime = TimeSpan.FromMinutes(10));
        var start = () => TestApp.StartAsync(o => o.AuthorizationCodeLifetime = TimeSpan.FromSeconds(601));
        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("authorizationCodeLifetime");
    }

    [Test, Rfc("6749-4.1.2-3"), Rfc("6749-4.1.2-4")]
    public async Task A_code_is_accepted_once_and_a_second_use_ends_what_the_first_got()
    {
        var code = await app.CodeAsync("web");
        var tokens = await app.RedeemAsync("web", code);
        (await app.RedeemAsync("web", code)).ShouldBeError("invalid_grant");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Body.Should().Be("{\"active\":false}");
        (await app.RefreshAsync("web", tokens.Text("refresh_token")!)).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("6749-4.1.2-5")]
    public async Task A_code_is_bound_to_its_client_and_redirect_uri()
    {
        var code = await app.CodeAsync("web");
        (await app.RedeemAsync("post", code)).ShouldBeError("invalid_grant");
        (await app.RedeemAsync("spa", code)).ShouldBeError("invalid_grant");
        var elsewhere = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", TestApp.RedirectUri + "/"),
            ("code_verifier", TestApp.Verifier),
            ("basic", "web:" + TestApp.WebSecret)
        );
        elsewhere.ShouldBeError("invalid_grant");
        (await app.RedeemAsync("web", code)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-10.10-1")]
    public async Task Codes_refresh_tokens_and_secrets_hold_256_random_bits()
    {
        var (codes, tokens, secrets) = (new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < 12; i++)
        {
            var code = await app.CodeAsync("spa");
            codes.Add(code.Split('.')[1][..43]);
            tokens.Add((await app.RedeemAsync("spa", code)).Text("refresh_token")!.Split('.')[2][..86]);
            var secret = (await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })).Text("client_secret")!;
            Encoding.UTF8.GetByteCount(secret).Should().BeLessThanOrEqualTo(72);
            secrets.Add(secret["hqs_".Length..][..43]);
        }

        foreach (var values in new[] { codes, tokens, secrets })
        {
            Base64UrlEncoder.DecodeBytes(values[0][..43]).Should().HaveCount(32);
            values.Should().OnlyHaveUniqueItems();
            // A character that were fixed or counted up would not come in several forms at every place.
            for (var at = 0; at < values[0].Length; at++)
                values.Select(v => v[at]).Distinct().Should().HaveCountGreaterThan(2, $"character {at}");
        }
    }

    [Test, Rfc("6749-10.3-2")]
    public async Task A_refresh_token_with_any_character_changed_is_worth_nothing()
    {
        var token = (await app.TokensAsync("web")).Text("refresh_token")!;
        for (var at = 0; at < token.Length; at++)
            (await app.RefreshAsync("web", Flipped(token, at))).ShouldBeError("invalid_grant");
        (await app.RefreshAsync("web", token)).Status.Should().Be(200);
    }

    [TestCase(AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque)]
    [Rfc("6749-10.3-2")]
    public async Task An_access_token_with_any_character_changed_is_worth_nothing(AccessTokenFormat format)
    {
        await using var other = await TestApp.StartAsync(o => o.AccessTokenFormat = format);
        var token = (await other.TokensAsync("web")).Text("access_token")!;
        var changed = Enumerable.Range(0, token.Length).Select(at => Flipped(token, at));
        // The last character of a part has bits that decoding ignores: each of its neighbours is another text, so another token.
        var ends = Enumerable.Range(0, token.Length).Where(at => at == token.Length - 1 || token[at + 1] == '.' && token[at] != '.');
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=";
        changed = changed.Concat(
            ends.SelectMany(at => alphabet.Where(c => c != token[at]).Select(c => $"{token[..at]}{c}{token[(at + 1)..]}"))
        );
        foreach (var text in changed)
            (await other.IntrospectAsync(text)).Body.Should().Be("{\"active\":false}", text);
        (await other.IntrospectAsync(token)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
    }

    private static string Flipped(string text, int at) => $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}";
}
