using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Assertions that are wrong in one way each: one answer for all of them, and nothing of them in the log.</summary>
internal sealed class WrongAssertionTests : SharedApp
{
    private static readonly ProofKey ec = ProofKey.New("ES256", "ec");
    private static readonly ProofKey stranger = ProofKey.New("ES256", "ec");

    protected override void Options(HqOAuth2Options o) => o.Clients.Add(SigningClients.Options("signer", ec));

    private static IEnumerable<TestCaseData> Wrong()
    {
        var right = ec.Assertion("signer").Split('.');
        yield return Case("another key", stranger.Assertion("signer"));
        yield return Case("the key of another client", ProofKey.New("ES256", "other").Assertion("signer"));
        yield return Case("altered payload", $"{right[0]}.{ec.Assertion("signer").Split('.')[1]}.{right[2]}");
        yield return Case("no signature", $"{right[0]}.{right[1]}.");
        yield return Case("none", Header("none").Split('.')[0] + $".{right[1]}.");
        yield return Case("none with a signature", Header("none"));
        yield return Case("ES256 as RS256", Header("RS256"));
        yield return Case("HS256 with the public key as the secret", Hmac());
        yield return Case("crit", ec.Sign(SigningClients.Claims("signer"), header: h => h["crit"] = new JsonArray("exp")));
        yield return Case("kid of nobody", ec.Sign(SigningClients.Claims("signer"), header: h => h["kid"] = "nobody"));
        yield return Case("kid with a path", ec.Sign(SigningClients.Claims("signer"), header: h => h["kid"] = "../../dev/null"));
        yield return Case("kid with SQL", ec.Sign(SigningClients.Claims("signer"), header: h => h["kid"] = "x' UNION SELECT 'k"));
        yield return Case(
            "key in the header",
            stranger.Sign(SigningClients.Claims("signer"), header: h => h["jwk"] = stranger.Jwk.DeepClone())
        );
        yield return Case("broken base64", right[0] + ".%%%." + right[2]);
        yield return Case("padding", string.Join('.', right) + "==");
        yield return Case("duplicate claims", ec.SignText("""{"alg":"ES256","kid":"ec"}""", Twice("sub")));
        yield return Case("no JSON", ec.SignText("""{"alg":"ES256","kid":"ec"}""", "text"));
        yield return Case("a list", ec.SignText("""{"alg":"ES256","kid":"ec"}""", "[]"));
        yield return Case("lone surrogate", ec.SignText("""{"alg":"ES256","kid":"\ud800"}""", "{}"));
        yield return Case("type of an access token", ec.Sign(SigningClients.Claims("signer"), "at+jwt"));
        yield return Case("expired", ec.Assertion("signer", TestClock.Start.AddHours(-1)));
        yield return Case("of the future", ec.Assertion("signer", TestClock.Start.AddHours(1)));
        yield return Case("no jti", Without("jti"));
        yield return Case("no exp", Without("exp"));
        yield return Case("no aud", Without("aud"));
        yield return Case("no iss", Without("iss"));
        yield return Case("no sub", Without("sub"));
        yield return Case("too long", string.Join('.', right) + new string('A', SignedJwt.MaxLength));
        yield return Case("empty parts", "..");

        static TestCaseData Case(string name, string assertion) => new TestCaseData(assertion).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Wrong))]
    [Rfc("7523-3-1"), Rfc("7523-3-2"), Rfc("7523-3-3"), Rfc("7523-3-8"), Rfc("7523-3-9"), Rfc("7523-3-10"), Rfc("7523-3.2-1")]
    public async Task A_wrong_assertion_is_invalid_client_whatever_is_wrong(string assertion)
    {
        var before = App.Logs.Lines.ToList().Count;
        var answer = await TokenAsync(assertion);

        answer.ShouldBeError("invalid_client", 401);
        answer.Text("error_description").Should().Be("Client authentication failed.");
        answer.Header("Cache-Control").Should().Contain("no-store");
        // Nothing of it is in the log but the reason.
        foreach (var part in assertion.Split('.').Where(p => p.Length > 20))
            App.Logs.Lines.Skip(before).Should().NotContain(l => l.Contains(part));
    }

    private static string Header(string algorithm) => ec.Sign(SigningClients.Claims("signer"), header: h => h["alg"] = algorithm);

    private static string Without(string claim)
    {
        var claims = SigningClients.Claims("signer");
        claims.Remove(claim);
        return ec.Sign(claims);
    }

    private static string Twice(string claim) => $"{{\"{claim}\":\"web\",{SigningClients.Claims("signer").ToJsonString()[1..]}";

    private static string Hmac()
    {
        var parts = ec.Sign(SigningClients.Claims("signer"), header: h => h["alg"] = "HS256").Split('.');
        var secret = System.Text.Encoding.UTF8.GetBytes(ec.Jwk.ToJsonString());
        var mac = System.Security.Cryptography.HMACSHA256.HashData(secret, System.Text.Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        return $"{parts[0]}.{parts[1]}.{ProofKey.Encode(mac)}";
    }

    private Task<Answer> TokenAsync(string assertion) => App.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(assertion)]);
}
