using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The answer of the token endpoint: its type, its form, and how long it says that things last.</summary>
internal sealed class TokenIssuerTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    [TestCase(null, 900)]
    [TestCase(60, 60)]
    [TestCase(899, 899)]
    [TestCase(901, 900)]
    public async Task An_access_token_lasts_as_long_as_the_host_says_or_until_the_user_ends_it(int? endsIn, int expiresIn)
    {
        var row = Given.Active().Row with { EndsAt = endsIn is { } seconds ? now.AddSeconds(seconds) : null };

        (await IssuedAsync(row, o => o.AccessTokenLifetime = TimeSpan.FromMinutes(15))).ExpiresIn.Should().Be(expiresIn);
    }

    // A signed token has three parts, an encrypted one five (RFC 7515 §7.1, RFC 7516 §7.1).
    [TestCase(AccessTokenFormat.Jwt, 3)]
    [TestCase(AccessTokenFormat.Opaque, 5)]
    public async Task An_opaque_token_is_encrypted(AccessTokenFormat format, int parts) =>
        (await IssuedAsync(Given.Active().Row, o => o.AccessTokenFormat = format)).AccessToken.Split('.').Should().HaveCount(parts);

    [TestCase(null, "Bearer")]
    [TestCase("thumbprint", "DPoP")]
    [Rfc("9449-5-1")]
    public async Task The_type_says_whether_the_token_is_bound_to_a_key(string? key, string type) =>
        (await IssuedAsync(Given.Active().Row, key: key)).TokenType.Should().Be(type);

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_end_of_a_refresh_token_is_told_if_the_host_wants_it(bool tells)
    {
        var row = Given.Active().Row;
        var chain = row.Refresh!;

        var answer = await IssuedAsync(row, o => o.TellRefreshExpiry = tells);

        (answer.RefreshTokenExpiresIn, answer.AuthorizationExpiresIn)
            .Should()
            .Be(tells ? (Seconds(chain.EndsAt), Seconds(chain.ExpiresAt)) : (null, null));

        static long? Seconds(DateTimeOffset at) => (long)(at - now).TotalSeconds;
    }

    [TestCase(60, 60)]
    [TestCase(-1, 0)]
    public async Task No_end_is_told_that_is_later_than_the_one_the_user_set(int beforeChain, int earlier)
    {
        var row = Given.Active().Row;
        var end = row.Refresh!.EndsAt.AddSeconds(-beforeChain);

        var answer = await IssuedAsync(row with { EndsAt = end }, o => o.TellRefreshExpiry = true);

        answer.RefreshTokenExpiresIn.Should().Be((long)(row.Refresh.EndsAt.AddSeconds(-earlier) - now).TotalSeconds);
    }

    [Test]
    public void The_claims_of_the_server_are_its_own(
        [Values("iss", "exp", "aud", "sub", "client_id", "iat", "nbf", "jti", "scope", "cnf", "act", "auth_time", "acr")] string name
    ) => TokenClaims.IsOurs(name).Should().BeTrue();

    [TestCase("roles")]
    [TestCase("")]
    public void Another_claim_is_for_the_host(string name) => TokenClaims.IsOurs(name).Should().BeFalse();

    private static async Task<TokenResponse> IssuedAsync(
        OAuthAuthorization row,
        Action<HqOAuth2Options>? configure = null,
        string? key = null
    )
    {
        await using var host = new CoreHost(configure, new TestClock());
        var request = new TokenRequest(Given.Client(), OAuthParameters.Empty, now) { DpopKey = key };
        return await host.WithAsync(
            (TokenIssuer issuer) => issuer.IssueAsync(request, new TokenGrant(row, row.Scope, [.. row.Resources], null), default)
        );
    }
}
