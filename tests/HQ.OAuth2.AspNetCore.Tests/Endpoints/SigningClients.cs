using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Clients that authenticate by a signature, and the requests they make.</summary>
internal static class SigningClients
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The claims of an assertion for the server of the tests, right for a minute from the start of its clock.</summary>
    public static JsonObject Claims(string clientId, DateTimeOffset? at = null, string? jti = null)
    {
        var now = at ?? TestClock.Start;
        return new()
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = TestApp.Issuer,
            ["jti"] = jti ?? Guid.NewGuid().ToString("N"),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(1).ToUnixTimeSeconds(),
        };
    }

    /// <summary>A fresh assertion.</summary>
    public static string Assertion(this ProofKey key, string clientId, DateTimeOffset? at = null) =>
        key.Sign(Claims(clientId, at), "client-authentication+jwt");

    /// <summary>The two parameters of an assertion.</summary>
    public static (string Name, string Value)[] Parameters(string assertion) =>
        [("client_assertion_type", AssertionType), ("client_assertion", assertion)];

    /// <summary>The parameters of a fresh assertion.</summary>
    public static (string Name, string Value)[] Signed(this ProofKey key, string clientId, DateTimeOffset? at = null) =>
        Parameters(key.Assertion(clientId, at));

    /// <summary>A client of the configuration, with its keys by value.</summary>
    public static ClientOptions Options(string id, params ProofKey[] keys)
    {
        var client = TestApp.Client(
            id,
            null,
            null,
            [TestApp.RedirectUri],
            ["authorization_code", "refresh_token", "client_credentials", OAuthGrantTypes.DeviceCode]
        );
        client.Jwks = ProofKey.Set(keys);
        client.Introspects.Add("*");
        return client;
    }
}
