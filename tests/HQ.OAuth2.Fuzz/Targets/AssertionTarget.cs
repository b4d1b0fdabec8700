using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2.Fuzz;

/// <summary>
/// JWTs that a client signs (RFC 7515 §7.1, RFC 7523 §3): one, or a header and a payload that are signed here (<see cref="Server.Jwt"/>).
/// </summary>
internal sealed class AssertionTarget
{
    private readonly ECDsa pair = Server.Key("a key of a client");
    private readonly PublicJwk key;

    private readonly Client client = Server.Client("app", ClientType.Confidential) with { TokenEndpointAuthMethod = "private_key_jwt" };

    public AssertionTarget()
    {
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        var json = $$"""{"kty":"EC","crv":"P-256","x":"{{Reference.Encode(point.X!)}}","y":"{{Reference.Encode(point.Y!)}}"}""";
        Rule.Holds(PublicJwk.TryRead(JsonElement.Parse(json), out var read, out _), "The key of the target is read.");
        key = read!;
    }

    public bool Assertion(byte[] input)
    {
        var text = Server.Jwt(Reference.Latin(input), pair);
        if (SignedJwt.Read(text) is not { } jwt)
            return false;

        // What is read is JSON of the standard in one spelling, and has an algorithm with a public key (RFC 8725 §3.1).
        var parts = text.Split('.');
        Rule.Holds(parts.Length == 3 && parts.All(p => Reference.Base64Url(p) is not null), "A JWT has three parts in one spelling.");
        using var header = JsonDocument.Parse(Reference.Base64Url(parts[0])!);
        using var payload = JsonDocument.Parse(Reference.Base64Url(parts[1])!);
        var named = header.RootElement.EnumerateObject().Where(m => m.NameEquals("alg")).Select(m => m.Value.GetString()).ToList();
        Rule.Holds(
            named is ["ES256" or "RS256" or "PS256"] && named[0] == jwt.Algorithm,
            "The algorithm of a JWT is one with a public key."
        );
        Rule.Holds(!header.RootElement.TryGetProperty("crit", out _), "No extension is understood (RFC 7515 §4.1.11).");

        var isSigned = jwt.IsSignedBy(key);
        Rule.Agrees(isSigned, jwt.Algorithm == "ES256" && Server.IsSigned(text, pair), "Whether a JWT is signed by a key");
        if (isSigned)
        {
            var changed = SignedJwt.Read(Server.Changed(text, 3));
            Rule.Holds(changed?.IsSignedBy(key) is not true, "A JWT that was changed has no signature.");
        }

        return isSigned & IsAccepted(text, payload.RootElement);
    }

    private bool IsAccepted(string text, JsonElement claims)
    {
        if (ClientAssertion.Read(text) is not { } assertion || assertion.Problem(client, Server.Settings, Server.Now) is not null)
            return false;
        // §3, items 1 to 7.
        Rule.Holds(Text(claims, "iss") == "app" && Text(claims, "sub") == "app", "Issuer and subject are the client.");
        var audience = claims.GetProperty("aud");
        if (audience.ValueKind == JsonValueKind.Array && audience.GetArrayLength() == 1)
            audience = audience[0];
        Rule.Holds(
            audience.ValueKind == JsonValueKind.String && audience.GetString() == Server.Issuer,
            "The audience is this server alone."
        );
        var now = Server.Now.ToUnixTimeSeconds();
        Rule.Holds(Seconds(claims, "exp") is { } end && end > now - 30 && end <= now + 630, "An assertion ends soon.");
        Rule.Holds(Seconds(claims, "nbf") is not { } start || start <= now + 30, "An assertion is valid already.");
        Rule.Holds(Seconds(claims, "iat") is not { } made || (made <= now + 30 && made >= now - 630), "An assertion was made just now.");
        Rule.Holds(Text(claims, "jti") is { Length: > 0 }, "An assertion has an id.");
        Rule.Holds(assertion.UsedUntil() > Server.Now, "An assertion is remembered while it is accepted.");
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"app\n{Text(claims, "jti")}"));
        Rule.Agrees(assertion.TicketKey(), "jti:" + Convert.ToHexStringLower(id), "The name by which an assertion is remembered");
        return true;
    }

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Seconds(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) ? value.GetDouble() : null;
}
