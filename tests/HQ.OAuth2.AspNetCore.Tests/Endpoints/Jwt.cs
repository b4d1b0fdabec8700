using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Takes an access token apart and signs it anew, as a forger would, or as we would.</summary>
internal static class Jwt
{
    public static JsonObject Part(string token, int part) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[part]))!.AsObject();

    /// <summary>The key that the server signs with.</summary>
    public static ECDsa ServerKey(TestApp app) =>
        (
            (ECDsaSecurityKey)app.Services.GetRequiredService<TokenKeys>().CurrentAsync(default).AsTask().Result.Signing[0].Credentials.Key
        ).ECDsa;

    /// <summary>The token with another header and payload, signed by this key; unsigned without one.</summary>
    public static string Signed(
        string token,
        ECDsa? key,
        Action<JsonObject>? header = null,
        Action<JsonObject>? payload = null,
        Func<string, string>? text = null
    )
    {
        var (h, p) = (Part(token, 0), Part(token, 1));
        header?.Invoke(h);
        payload?.Invoke(p);
        var json = p.ToJsonString();
        var signed = $"{Encode(h.ToJsonString())}.{Encode(text?.Invoke(json) ?? json)}";
        return $"{signed}.{(key is null ? "" : Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256)))}";
    }

    /// <summary>What a resource must refuse, one thing wrong at a time (RFC 9068 §4).</summary>
    public static IEnumerable<(string What, string Token)> Forgeries(TestApp app, string token)
    {
        var ours = ServerKey(app);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parts = token.Split('.');
        var point = ours.ExportParameters(false).Q;
        yield return ("no signature", $"{parts[0]}.{parts[1]}.");
        yield return ("alg none", Signed(token, null, h => h["alg"] = "none"));
        yield return ("alg None", Signed(token, null, h => h["alg"] = "None"));
        yield return ("another key", Signed(token, other));
        yield return ("another key, no kid", Signed(token, other, h => h.Remove("kid")));
        yield return (
            "an embedded key",
            Signed(
                token,
                other,
                h =>
                {
                    var q = other.ExportParameters(false).Q;
                    h["jwk"] = new JsonObject
                    {
                        ["kty"] = "EC",
                        ["crv"] = "P-256",
                        ["x"] = Base64Url.EncodeToString(q.X),
                        ["y"] = Base64Url.EncodeToString(q.Y),
                    };
                    h["jku"] = "https://evil.example/jwks";
                    h["x5u"] = "https://evil.example/x5u";
                }
            )
        );
        yield return ("HMAC with the public key", Hmac(token, [.. point.X!, .. point.Y!]));
        yield return (
            "an altered payload",
            $"{parts[0]}.{Encode(Part(token, 1).ToJsonString().Replace("read", "read delete", StringComparison.Ordinal))}.{parts[2]}"
        );
        yield return (
            "an extension that must be understood",
            Signed(
                token,
                ours,
                h =>
                {
                    h["crit"] = new JsonArray("x");
                    h["x"] = 1;
                }
            )
        );
        yield return ("typ JWT", Signed(token, ours, h => h["typ"] = "JWT"));
        yield return ("no typ", Signed(token, ours, h => h.Remove("typ")));
        yield return ("another issuer", Signed(token, ours, payload: p => p["iss"] = "https://evil.example"));
        yield return ("no issuer", Signed(token, ours, payload: p => p.Remove("iss")));
        yield return ("expired", Signed(token, ours, payload: p => p["exp"] = p["iat"]!.GetValue<long>()));
        yield return ("no expiry", Signed(token, ours, payload: p => p.Remove("exp")));
        yield return ("an end in the year 10000", Signed(token, ours, payload: p => p["exp"] = 253_402_300_800));
        yield return (
            "a key that is no text",
            Signed(
                token,
                ours,
                payload: p => p["cnf"] = new JsonObject { ["jkt"] = "?" },
                text: json => json.Replace("\"?\"", "\"\\ud800\"", StringComparison.Ordinal)
            )
        );
        yield return ("no subject", Signed(token, ours, payload: p => p.Remove("sub")));
        yield return ("no id", Signed(token, ours, payload: p => p.Remove("jti")));
        yield return ("nbf in the future", Signed(token, ours, payload: p => p["nbf"] = p["iat"]!.GetValue<long>() + 1));
        yield return ("a client that is not there", Signed(token, ours, payload: p => p["client_id"] = "nobody"));
        yield return ("another client", Signed(token, ours, payload: p => p["client_id"] = "native"));
        yield return ("another subject", Signed(token, ours, payload: p => p["sub"] = "bob"));
        yield return (
            "an authorization that is not there",
            Signed(token, ours, payload: p => p["hq_authorization"] = Guid.NewGuid().ToString("N"))
        );
    }

    private static string Hmac(string token, byte[] key)
    {
        var header = Part(token, 0);
        header["alg"] = "HS256";
        var signed = $"{Encode(header.ToJsonString())}.{token.Split('.')[1]}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
