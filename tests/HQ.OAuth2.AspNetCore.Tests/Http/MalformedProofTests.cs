using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>JWTs whose signature is right and whose content is not: what a client can sign is refused, and is no failure of ours.</summary>
internal sealed class MalformedProofTests
{
    private static readonly string[] backChannel = [Token, "/oauth2/par", "/oauth2/device_authorization", Introspect, Revoke];
    private static readonly ProofKey bound = ProofKey.New();

    private EveryEndpoint host = null!;

    [SetUp]
    public async Task StartAsync() => host = await EveryEndpoint.StartAsync();

    [TearDown]
    public async Task No_error_was_loggedAsync()
    {
        await using var _ = host;
        host.Server.Logs.Errors().Should().BeEmpty();
    }

    [Test]
    public async Task An_assertion_with_a_member_of_another_kind()
    {
        string[] claims = ["iss", "sub", "aud", "jti", "iat", "nbf", "exp"];
        string[] headers = ["alg", "kid", "typ", "jwk", "crit", "b64"];
        foreach (var value in Malformed.Values)
        {
            foreach (var claim in claims)
                await PostAsync(Changed(Claims(), claim, value), "{\"alg\":\"ES256\",\"kid\":\"k1\"}", $"{claim} {value}");
            foreach (var member in headers)
                await PostAsync(
                    Claims().ToJsonString(),
                    Changed(new() { ["alg"] = "ES256", ["kid"] = "k1" }, member, value),
                    $"{member} {value}"
                );
        }

        async Task PostAsync(string payload, string header, string why)
        {
            foreach (var path in backChannel)
            {
                var assertion = SigningClients.Parameters(EveryEndpoint.Key.SignText(header, payload));
                var answer = await host.Server.PostAsync(path, [ClientCredentials, ("token", "x"), .. assertion]);
                answer.Status.Should().BeLessThan(500, $"{path} {why}");
                answer.Body.Should().NotContain(assertion[1].Value);
            }
        }

        static JsonObject Claims() => SigningClients.Claims("signer");
    }

    [Test]
    public async Task A_proof_with_a_member_of_another_kind()
    {
        var token = (await host.Server.BoundTokensAsync(bound)).AccessToken();
        foreach (var value in Malformed.Values)
        {
            foreach (var claim in new[] { "jti", "htm", "htu", "iat", "ath", "nonce" })
                await SendAsync(claim, value, isHeader: false);
            foreach (var member in new[] { "alg", "typ", "jwk", "kid", "crit" })
                await SendAsync(member, value, isHeader: true);
        }

        async Task SendAsync(string member, string value, bool isHeader)
        {
            var (header, claims) = (Header(), Claims("POST", DpopApp.TokenUrl, null));
            var proof = isHeader
                ? bound.SignText(Changed(header, member, value), claims.ToJsonString())
                : bound.SignText(header.ToJsonString(), Changed(claims, member, value));
            var answer = await host.Server.TokenAsync([proof], DpopApp.RefreshForm("spa", "hqr_x"));
            answer.Status.Should().Be(400, $"{member} {value}");
            answer.Body.Should().NotContain(proof);

            claims = Claims("GET", DpopApp.ReadUrl, token);
            proof = isHeader
                ? bound.SignText(Changed(header, member, value), claims.ToJsonString())
                : bound.SignText(header.ToJsonString(), Changed(claims, member, value));
            answer = await host.Server.CallAsync("DPoP", token, [proof]);
            // Nobody reads the nonce and the kid at an API, and an id may be any text.
            answer.Status.Should().BeOneOf(member is "nonce" or "kid" or "jti" ? [200, 401] : [401], $"{member} {value}");
        }
    }

    private static JsonObject Header() =>
        new()
        {
            ["alg"] = "ES256",
            ["typ"] = "dpop+jwt",
            ["jwk"] = bound.Jwk.DeepClone(),
        };

    private JsonObject Claims(string method, string url, string? token) =>
        JsonNode.Parse(Convert.FromBase64String(Padded(bound.Proof(method, url, host.Server.Clock.Now, token).Split('.')[1])))!.AsObject();

    private static string Padded(string text) => text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4);

    // By text: a lone surrogate is no value of the builder.
    private static string Changed(JsonObject members, string name, string value)
    {
        members.Remove(name);
        return members.ToJsonString()[..^1] + $",\"{name}\":{value}}}";
    }
}
