using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>The claims that a host adds to access tokens.</summary>
internal sealed class TokenClaimsTests
{
    [Test]
    public void A_claim_of_the_server_cannot_be_added(
        [Values(
            "iss",
            "exp",
            "aud",
            "sub",
            "client_id",
            "iat",
            "nbf",
            "jti",
            "scope",
            "cnf",
            "act",
            "auth_time",
            AccessToken.AuthorizationClaim,
            "org_id"
        )]
            string name
    )
    {
        var claims = Claims([]);

        FluentActions.Invoking(() => claims.Add(name, "x")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => claims.Add(name, ["x"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => claims.Add(name, 1L)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => claims.Add(name, true)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void The_context_of_the_sign_in_is_the_hosts_own_where_the_server_sets_none()
    {
        var own = new Dictionary<string, object>();
        Claims(own).Add("acr", "mfa");
        own["acr"].Should().Be("mfa");

        var servers = Claims(new() { ["acr"] = "mfa" });
        FluentActions.Invoking(() => servers.Add("acr", "none")).Should().Throw<ArgumentException>();
        servers.Add("roles", "admin");
    }

    [Test]
    public async Task Each_token_has_the_claims_of_the_host()
    {
        await using var host = new CoreHost(add: s => s.AddSingleton<ITokenClaims, Roles>());

        var tokens = await host.ExchangeAsync(await host.CodeAsync());

        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(tokens.AccessToken.Split('.')[1]));
        payload.RootElement.GetProperty("roles").GetString().Should().Be("admin of alice");
    }

    private static TokenClaims Claims(Dictionary<string, object> claims) =>
        new(Given.Client(), "alice", ScopeSet.Of("read"), "acme", "org_id", claims);

    private sealed class Roles : ITokenClaims
    {
        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
        {
            claims.Add("roles", $"admin of {claims.Subject}");
            return default;
        }
    }
}
