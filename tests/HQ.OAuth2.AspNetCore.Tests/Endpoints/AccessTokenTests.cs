using System.Text.Json;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Access tokens as JWTs (RFC 9068), and the shape of everything that is issued.</summary>
internal sealed partial class AccessTokenTests : SharedApp
{
    private const int Many = 10_000;

    [Test]
    [Rfc("9068-2.1-1")]
    [Rfc("9068-2.1-2")]
    [Rfc("9068-2.1-4")]
    [Rfc("9068-4-1")]
    public async Task Anybody_can_verify_a_token_with_what_the_metadata_publishes()
    {
        var token = (await App.TokensAsync("spa")).AccessToken();
        var metadata = await App.GetAsync("/.well-known/oauth-authorization-server");
        var keys = new JsonWebKeySet((await App.GetAsync(new Uri(metadata.Text("jwks_uri")!).AbsolutePath)).Body).GetSigningKeys();

        var header = BackChannel.JwtPart(token, 0);
        header.GetProperty("typ").GetString().Should().BeEquivalentTo("at+jwt");
        header.GetProperty("alg").GetString().Should().Be("ES256");
        keys.Should().Contain(k => k.KeyId == header.GetProperty("kid").GetString());
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new()
            {
                ValidIssuer = metadata.Text("issuer"),
                ValidAudience = TestApp.Issuer,
                ValidTypes = ["at+jwt"],
                IssuerSigningKeys = keys,
                ValidateLifetime = false,
            }
        );
        result.IsValid.Should().BeTrue(result.Exception?.Message);
    }

    [Test]
    [Rfc("9068-2.2-1")]
    [Rfc("9068-2.2-2")]
    [Rfc("9068-2.2-3")]
    [Rfc("9068-2.2.3-1")]
    [Rfc("9068-6-1")]
    [Rfc("9700-4.15.1-1")]
    public async Task A_token_has_the_claims_of_the_profile_and_no_others()
    {
        var (user, machine) = (await App.TokensAsync("spa"), await App.MachineTokenAsync());
        foreach (var (answer, subject, client) in new[] { (user, "alice", "spa"), (machine, "machine", "machine") })
        {
            var claims = BackChannel.JwtPart(answer.AccessToken(), 1);
            string[] names = ["iss", "exp", "aud", "sub", "client_id", "iat", "nbf", "jti", "scope"];
            claims.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(answer == user ? [.. names, "hq_authorization"] : names);
            foreach (var name in new[] { "iss", "aud", "sub", "client_id", "jti", "scope" })
                claims.GetProperty(name).ValueKind.Should().Be(JsonValueKind.String, name);
            claims.GetProperty("iss").GetString().Should().Be(TestApp.Issuer);
            claims.GetProperty("aud").GetString().Should().Be(TestApp.Issuer);
            claims.GetProperty("sub").GetString().Should().Be(subject);
            claims.GetProperty("client_id").GetString().Should().Be(client);
            claims.GetProperty("scope").GetString().Should().Be(answer.Text("scope"));
            claims.GetProperty("iat").GetInt64().Should().Be(TestClock.Start.ToUnixTimeSeconds());
            (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64())
                .Should()
                .Be(answer.Json.GetProperty("expires_in").GetInt64());
        }
    }

    [Test, Rfc("9068-2.2.2-1"), Rfc("9068-2.2.3.1-1")]
    public async Task A_host_adds_claims_of_its_own_and_overwrites_none_of_ours()
    {
        await using var app = await TestApp.StartAsync(parts: server => server.AddTokenClaims<HostClaims>());
        var first = await app.TokensAsync("spa");
        foreach (var answer in new[] { first, await app.RefreshAsync("spa", first.RefreshToken()) })
        {
            var claims = BackChannel.JwtPart(answer.AccessToken(), 1);
            claims.GetProperty("email").GetString().Should().Be("alice@example.com");
            claims.GetProperty("groups").EnumerateArray().Select(g => g.GetString()).Should().Equal("staff", "admins");
            claims.GetProperty("sub").GetString().Should().Be("alice");
        }
    }

    [Test, Rfc("6749-5.1-6"), Rfc("6750-2.1-3"), Rfc("9068-2.2-1")]
    public async Task Ten_thousand_access_tokens_fit_the_alphabet_and_no_two_share_an_id()
    {
        await using var scope = App.Services.CreateAsyncScope();
        var issuer = scope.ServiceProvider.GetRequiredService<TokenIssuer>();
        var request = new TokenRequest(BackChannel.Confidential("c", "s"), OAuthParameters.Empty, TestClock.Start);
        var ids = new HashSet<string>();
        for (var i = 0; i < Many; i++)
        {
            var token = (await issuer.IssueAsync(request, "alice", ScopeSet.Of("read"), [], default)).AccessToken;
            if (!Token68().IsMatch(token))
                Assert.Fail(token);
            ids.Add(BackChannel.JwtPart(token, 1).GetProperty("jti").GetString()!);
        }

        ids.Should().HaveCount(Many);
    }

    [Test, Rfc("6749-5.1-6"), Rfc("6749-10.10-1")]
    public void Ten_thousand_codes_refresh_tokens_and_secrets_fit_the_alphabet_and_are_256_random_bits_each()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < Many; i++)
        {
            var id = Guid.CreateVersion7().ToString("N");
            var code = AuthorizationCode.New(id);
            var refresh = RefreshToken.New(id);
            var next = refresh.Next(IssuedText.NewSecret());
            if (!Code().IsMatch(code.ToWire()) || !Refresh().IsMatch(refresh.ToWire()) || !Refresh().IsMatch(next.ToWire()))
                Assert.Fail($"{code.ToWire()} {refresh.ToWire()} {next.ToWire()}");
            foreach (var secret in new[] { code.Secret, refresh.Family, refresh.Secret, next.Secret })
            {
                if (secret.Length != 32 || !seen.Add(Convert.ToHexString(secret)))
                    Assert.Fail("A secret is short, or was there before.");
            }
        }

        var (clientSecret, kept) = ClientSecrets.Generate();
        clientSecret.Should().MatchRegex("^hqs_[A-Za-z0-9_-]{49}$");
        clientSecret.Length.Should().BeLessThanOrEqualTo(72, "bcrypt reads no more");
        kept.Hash.Should().StartWith("$2");
    }

    private sealed class HostClaims : ITokenClaims
    {
        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
        {
            claims.Add("email", claims.Subject + "@example.com");
            claims.Add("groups", ["staff", "admins"]);
            foreach (var name in new[] { "sub", "iss", "aud", "exp", "client_id", "scope", "jti", "hq_authorization" })
                ((Action)(() => claims.Add(name, "forged"))).Should().Throw<ArgumentException>();
            return default;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._~+/-]+=*$")]
    private static partial Regex Token68();

    [GeneratedRegex("^hqa_[0-9a-f]{32}\\.[A-Za-z0-9_-]{49}$")]
    private static partial Regex Code();

    [GeneratedRegex("^hqr_[0-9a-f]{32}\\.[1-9][0-9]*\\.[A-Za-z0-9_-]{92}$")]
    private static partial Regex Refresh();
}
