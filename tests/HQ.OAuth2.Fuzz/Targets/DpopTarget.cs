using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Fuzz;

/// <summary>DPoP proofs (RFC 9449 §4.3): a proof, or a header and a payload that are signed here (<see cref="Server.Jwt"/>).</summary>
internal sealed partial class DpopTarget
{
    private readonly ECDsa key = Server.Key("a key of a client");

    // The only spelling of the public key.
    private readonly string x;
    private readonly string y;

    public DpopTarget()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        (x, y) = (Reference.Encode(point.X!), Reference.Encode(point.Y!));
    }

    public bool Proof(byte[] input)
    {
        var text = Server.Jwt(Reference.Latin(input), key);
        var (proofs, demand) = (new DpopProofs(), Demand());
        var outcome = proofs.Check([text], demand);
        Rule.Holds(
            proofs.Check([], demand).Error is not null && proofs.Check([text, text], demand).Error is not null,
            "One header has a proof."
        );
        if (outcome.Failed(out var error, out var proven))
        {
            Rule.Agrees(error.Code, "invalid_dpop_proof", "The error of a proof (§5)");
            return false;
        }

        Rule.Holds(Server.IsSigned(text, key), "A proof is signed by its key.");
        Rule.Holds(IsGood(text), "A proof says what §4.3 demands.");
        Rule.Agrees(proven.Thumbprint, Thumbprint(), "The key of a proof");
        Rule.Holds(proofs.Check([text], demand).Error is not null, "A proof counts once (§11.1).");
        Rule.Holds(new DpopProofs().Check([Server.Changed(text, 1)], demand).Error is not null, "A proof that was changed is refused.");
        var elsewhere = demand with { Thumbprint = Thumbprint()[1..] + "A" };
        Rule.Holds(new DpopProofs().Check([text], elsewhere).Error is not null, "A proof by another key is refused (§7.1).");
        var ofToken = demand with { AccessToken = "a token" };
        Rule.Agrees(
            new DpopProofs().Check([text], ofToken).Error is null,
            Text(Payload(text), "ath") == Reference.Encode(SHA256.HashData("a token"u8)),
            "Whether a proof is for an access token"
        );
        return true;
    }

    private static ProofDemand Demand() =>
        new()
        {
            Method = "POST",
            Targets = [ProofTarget.Of(Server.Issuer + "/oauth2/token")!],
            Now = Server.Now,
            Refuse = OAuthError.InvalidProof,
        };

    private bool IsGood(string text)
    {
        using var header = JsonDocument.Parse(Reference.Base64Url(text.Split('.')[0])!);
        var (jwk, claims) = (header.RootElement.GetProperty("jwk"), Payload(text));
        var age = Server.Now.ToUnixTimeSeconds() - claims.GetProperty("iat").GetDouble();
        return Text(header.RootElement, "typ") == "dpop+jwt"
            && Text(header.RootElement, "alg") == "ES256"
            && (Text(jwk, "kty"), Text(jwk, "crv"), Text(jwk, "x"), Text(jwk, "y")) == ("EC", "P-256", x, y)
            && !jwk.TryGetProperty("d", out _)
            && !header.RootElement.TryGetProperty("crit", out _)
            && Text(claims, "htm") == "POST"
            && Text(claims, "htu") is { } address
            && Address().IsMatch(address)
            && Text(claims, "jti") is { Length: > 0 and <= 512 }
            && age is <= 60.001 and >= -5.001;
    }

    private string Thumbprint() =>
        Reference.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($"{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}")));

    private static JsonElement Payload(string text) => JsonElement.Parse(Reference.Base64Url(text.Split('.')[1])!);

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // §4.3 item 9: without query and fragment, normalized by RFC 3986 §6.2.2 and §6.2.3. Dot segments and escapes of plain letters are part of that.
    [GeneratedRegex(@"\Ahttps://auth\.example\.com(:0*443|:)?/[^?#]*([?#].*)?\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Address();
}
