using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HQ.OAuth2.Tests;

/// <summary>DPoP proofs (RFC 9449 §4.2) as a client makes them, without any code of the server.</summary>
internal static class DpopProof
{
    private static int count;

    /// <summary>A proof by this key; each has an id of its own.</summary>
    /// <param name="key">The key.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="address">The address of the request.</param>
    /// <param name="now">When it is made.</param>
    /// <param name="token">The access token that is sent with it.</param>
    /// <param name="nonce">The nonce of the server.</param>
    /// <param name="claims">Changes the claims.</param>
    /// <param name="header">Changes the header.</param>
    public static string Proof(
        this ProofKey key,
        string method,
        string address,
        DateTimeOffset now,
        string? token = null,
        string? nonce = null,
        Action<JsonObject>? claims = null,
        Action<JsonObject>? header = null
    )
    {
        var members = new JsonObject
        {
            ["jti"] = $"id-{Interlocked.Increment(ref count)}",
            ["htm"] = method,
            ["htu"] = address,
            ["iat"] = now.ToUnixTimeSeconds(),
        };
        if (token is not null)
            members["ath"] = ProofKey.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (nonce is not null)
            members["nonce"] = nonce;
        claims?.Invoke(members);
        return key.Sign(
            members,
            "dpop+jwt",
            h =>
            {
                h["jwk"] = key.Jwk.DeepClone();
                h.Remove("kid");
                header?.Invoke(h);
            }
        );
    }

    /// <summary>The thumbprint of RFC 7638.</summary>
    public static string Thumbprint(this ProofKey key)
    {
        var required = key.Algorithm == "ES256" ? new[] { "crv", "kty", "x", "y" } : ["e", "kty", "n"];
        var json = "{" + string.Join(',', required.Select(m => $"\"{m}\":\"{key.Jwk[m]}\"")) + "}";
        return ProofKey.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(json)));
    }
}
