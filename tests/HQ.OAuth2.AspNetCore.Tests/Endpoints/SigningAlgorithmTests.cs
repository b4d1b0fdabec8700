using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Access tokens by either algorithm (RFC 9068 §2.1), and while one follows the other.</summary>
internal sealed class SigningAlgorithmTests
{
    [TestCase(SigningAlgorithm.ES256, "EC", new[] { "kty", "use", "alg", "kid", "crv", "x", "y" })]
    [TestCase(SigningAlgorithm.RS256, "RSA", new[] { "kty", "use", "alg", "kid", "n", "e" })]
    [Rfc("9068-2.1-3")]
    public async Task A_token_verifies_by_the_published_key_and_counts_here(SigningAlgorithm algorithm, string kind, string[] members)
    {
        await using var app = await TestApp.StartAsync(o => o.SigningAlgorithm = algorithm);
        var token = (await app.TokensAsync("spa")).AccessToken();
        var keys = await app.GetAsync("/oauth2/jwks");

        var key = keys.Json.GetProperty("keys").EnumerateArray().Should().ContainSingle().Subject;
        key.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo(members);
        (key.GetProperty("kty").GetString(), key.GetProperty("alg").GetString()).Should().Be((kind, algorithm.ToString()));
        (await VerifyAsync(token, keys.Body, algorithm.ToString())).Should().BeTrue();
        (await VerifyAsync(token[..^8] + "AAAAAAAA", keys.Body, algorithm.ToString())).Should().BeFalse();
        (await app.GetAsync("/api/read", token)).Status.Should().Be(200);
        (await app.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test]
    public async Task An_opaque_token_is_the_same_inside()
    {
        await using var app = await TestApp.StartAsync(o =>
            (o.SigningAlgorithm, o.AccessTokenFormat) = (SigningAlgorithm.RS256, AccessTokenFormat.Opaque)
        );
        var token = (await app.TokensAsync("spa")).AccessToken();

        token.Split('.').Should().HaveCount(5);
        (await app.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test]
    public async Task One_follows_the_other_and_no_token_suffers()
    {
        await using var database = TestDatabase.Sqlite();
        string before;
        await using (var app = await StartAsync(database, SigningAlgorithm.ES256))
            before = (await app.TokensAsync("spa")).AccessToken();
        await using var after = await StartAsync(database, SigningAlgorithm.RS256);
        (await after.GetAsync("/api/read", before)).Status.Should().Be(200);
        Algorithm(await after.TokensAsync("spa")).Should().Be("ES256", "the key that signs goes on to its end");

        await GoAsync(after, TimeSpan.FromDays(89));
        Algorithm(await after.TokensAsync("spa")).Should().Be("ES256", "the next one is published first");
        (await after.GetAsync("/oauth2/jwks")).Json.GetProperty("keys").GetArrayLength().Should().Be(2);
        await GoAsync(after, TimeSpan.FromDays(1));
        var token = await after.TokensAsync("spa");
        Algorithm(token).Should().Be("RS256");
        (await after.GetAsync("/api/read", token.AccessToken())).Status.Should().Be(200);
    }

    private static Task<TestApp> StartAsync(TestDatabase database, SigningAlgorithm algorithm) =>
        TestApp.StartAsync(o => o.SigningAlgorithm = algorithm, on: database);

    // The work of the background service in each minute.
    private static async Task GoAsync(TestApp app, TimeSpan by)
    {
        app.Clock.Advance(by);
        await app.Services.GetRequiredService<TokenKeys>().RefreshAsync(default);
    }

    private static string? Algorithm(Answer tokens) => BackChannel.JwtPart(tokens.AccessToken(), 0).GetProperty("alg").GetString();

    private static async Task<bool> VerifyAsync(string token, string keys, string algorithm) =>
        (
            await new JsonWebTokenHandler().ValidateTokenAsync(
                token,
                new()
                {
                    ValidIssuer = TestApp.Issuer,
                    ValidAudience = TestApp.Issuer,
                    ValidTypes = ["at+jwt"],
                    ValidAlgorithms = [algorithm],
                    IssuerSigningKeys = new JsonWebKeySet(keys).GetSigningKeys(),
                    ValidateLifetime = false,
                }
            )
        ).IsValid;
}
