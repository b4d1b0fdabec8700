using System.Security.Cryptography;
using HQ.OAuth2.Tests;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Access tokens that only this server can read.</summary>
internal sealed class OpaqueAccessTokenTests : SharedApp
{
    private const string Opaque = "https://api.example.com/opaque";
    private const string Clear = "https://api.example.com/clear";

    protected override void Options(HqOAuth2Options o)
    {
        o.AccessTokenFormat = AccessTokenFormat.Opaque;
        o.Resources.Add(new() { Identifier = Clear, AccessTokenFormat = AccessTokenFormat.Jwt });
    }

    [Test, Rfc("7009-2-2"), Rfc("6750-2.1-3"), Rfc("7662-2.2-4")]
    public async Task An_opaque_token_works_as_a_clear_one_and_shows_nothing()
    {
        var tokens = await App.TokensAsync("spa");
        var token = tokens.AccessToken();
        ShouldBeOpaque(token);
        token.Should().MatchRegex("^[A-Za-z0-9._~+/-]+=*$");
        tokens.Body.Should().NotContain("alice");
        JwtPart(token, 0).EnumerateObject().Select(p => p.Name).Should().NotContain(["sub", "client_id", "iss", "aud"]);

        (await App.GetAsync("/api/read", token)).Body.Should().Be("alice");
        (await App.IntrospectAsync(token)).Text("client_id").Should().Be("spa");
        var keys = await App.GetAsync("/oauth2/jwks");
        keys.Body.Should().NotContain(JwtPart(token, 0).GetProperty("kid").GetString()).And.NotContain("\"k\"").And.NotContain("\"d\"");

        (await App.PostAsync(Revoke, ("token", token), ("client_id", "spa"))).Status.Should().Be(200);
        (await App.IsActiveAsync(token)).Should().BeFalse();
        (await App.GetAsync("/api/read", token)).Status.Should().Be(401);
    }

    [Test, Rfc("7009-2-2")]
    public async Task An_opaque_token_without_an_authorization_is_revoked_too()
    {
        var token = (await App.MachineTokenAsync()).AccessToken();
        ShouldBeOpaque(token);
        (await App.IsActiveAsync(token)).Should().BeTrue();
        await App.PostAsync(Revoke, [("token", token), .. Machine]);
        (await App.IsActiveAsync(token)).Should().BeFalse();
    }

    [Test, Rfc("6749-10.3-2")]
    public async Task No_character_of_an_opaque_token_may_change_and_another_key_makes_none()
    {
        var token = (await App.TokensAsync("spa")).AccessToken();
        for (var i = 0; i < token.Length - 1; i += 7)
            (await App.IntrospectAsync(token[..i] + (token[i] == 'x' ? 'y' : 'x') + token[(i + 1)..]))
                .Body.Should()
                .Be("{\"active\":false}", $"character {i} changed");

        var key = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64)) { KeyId = JwtPart(token, 0).GetProperty("kid").GetString() };
        var forged = new JsonWebTokenHandler().EncryptToken(
            (await App.MachineTokenAsync(("resource", Clear))).AccessToken(),
            new EncryptingCredentials(key, "dir", SecurityAlgorithms.Aes256CbcHmacSha512)
        );
        (await App.IsActiveAsync(forged)).Should().BeFalse();
    }

    [Test, Rfc("9068-2.1-4")]
    public async Task The_form_is_the_resources_own_and_opaque_as_soon_as_one_of_them_wants_it()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Resources.Add(new() { Identifier = Opaque, AccessTokenFormat = AccessTokenFormat.Opaque });
            o.Resources.Add(new() { Identifier = Clear });
        });
        ShouldBeOpaque((await app.MachineTokenAsync(("resource", Opaque))).AccessToken());
        ShouldBeOpaque((await app.MachineTokenAsync(("resource", Clear), ("resource", Opaque))).AccessToken());
        foreach (
            var clear in new[]
            {
                await app.MachineTokenAsync(("resource", Clear)),
                await app.MachineTokenAsync(),
                await App.MachineTokenAsync(("resource", Clear)),
            }
        )
            JwtPart(clear.AccessToken(), 0).GetProperty("typ").GetString().Should().Be("at+jwt");
    }

    private static void ShouldBeOpaque(string token)
    {
        token.Split('.').Should().HaveCount(5);
        JwtPart(token, 0).GetProperty("alg").GetString().Should().Be("dir");
        var decode = () => JwtPart(token, 1);
        decode.Should().Throw<Exception>("there is no payload to read");
    }
}
