using System.Text.Json;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class PublicJwkTests
{
    private static readonly ProofKey rsa = ProofKey.New("RS256", "r");
    private static readonly ProofKey ec = ProofKey.New("ES256", "e");

    [Test]
    public void A_public_key_is_read_with_what_it_says_about_itself()
    {
        var key = Read(Changed(ec, ("use", "sig"), ("alg", "ES256"), ("note", "ignored")))!;

        (key.Kty, key.Kid, key.Alg, key.Crv).Should().Be(("EC", "e", "ES256", "P-256"));
        (key.Fits("ES256"), key.Fits("RS256"), key.Fits("ES384"), key.Fits("none"), key.Fits("HS256"))
            .Should()
            .Be((true, false, false, false, false));
    }

    [Test]
    public void A_key_without_alg_fits_the_algorithms_of_its_kind_and_one_with_alg_only_that()
    {
        var any = Read(rsa.Jwk)!;
        var one = Read(Changed(rsa, ("alg", "PS256")))!;

        (any.Fits("RS256"), any.Fits("PS256"), any.Fits("ES256")).Should().Be((true, true, false));
        (one.Fits("RS256"), one.Fits("PS256")).Should().Be((false, true));
        Read(Changed(rsa, ("alg", "RS512")))!.Fits("RS256").Should().BeFalse();
    }

    [Test]
    public void The_thumbprint_is_that_of_the_required_members()
    {
        // The example of RFC 7638 §3.1.
        var key = Read(
            JsonNode
                .Parse(
                    """
                    {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
                    """
                )!
                .AsObject()
        )!;

        key.Thumbprint().Should().Be("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        // The example of RFC 9449 §6.1, whose key is in §4.1.
        Read(
                JsonNode
                    .Parse(
                        """{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"""
                    )!
                    .AsObject()
            )!
            .Thumbprint()
            .Should()
            .Be("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        foreach (var member in new[] { "d", "p", "q", "dp", "dq", "qi", "oth", "k" })
            yield return Case(Changed(rsa, (member, "SECRET")), JwkFaultKind.Secret, member);
        yield return Case(new JsonObject { ["kty"] = "oct", ["kid"] = "s" }, JwkFaultKind.Secret, "oct");
        yield return Case(Changed(ec, ("kty", "OKP")), JwkFaultKind.NotForSignatures, "OKP");
        yield return Case(Changed(ec, ("kty", null)), JwkFaultKind.NotForSignatures, "no kty");
        yield return Case(Changed(ec, ("use", "enc")), JwkFaultKind.NotForSignatures, "use");
        yield return Case(Changed(ec, ("crv", "secp256k1")), JwkFaultKind.NotForSignatures, "crv");
        yield return Case(Changed(ec, ("alg", "HS256")), JwkFaultKind.NotForSignatures, "alg of ec");
        yield return Case(Changed(rsa, ("alg", "HS256")), JwkFaultKind.NotForSignatures, "alg of rsa");
        yield return Case(With(ec, "key_ops", new JsonArray("sign")), JwkFaultKind.NotForSignatures, "key_ops");
        yield return Case(With(ec, "key_ops", "verify"), JwkFaultKind.NotForSignatures, "key_ops no list");
        yield return Case(With(ec, "kid", 7), JwkFaultKind.Malformed, "kid");
        yield return Case(With(ec, "alg", 7), JwkFaultKind.Malformed, "alg");
        yield return Case(Changed(ec, ("y", null)), JwkFaultKind.Malformed, "no y");
        yield return Case(Changed(ec, ("y", (string?)ec.Jwk["x"])), JwkFaultKind.Malformed, "off the curve");
        yield return Case(
            Changed(ec, ("y", ProofKey.Encode(new byte[32])), ("x", ProofKey.Encode(new byte[32]))),
            JwkFaultKind.Malformed,
            "0"
        );
        yield return Case(Changed(ec, ("x", "AA" + (string?)ec.Jwk["x"])), JwkFaultKind.Malformed, "long x");
        yield return Case(Changed(ec, ("x", (string?)ec.Jwk["x"] + "=")), JwkFaultKind.Malformed, "padding");
        yield return Case(Changed(ec, ("x", SpareBit((string)ec.Jwk["x"]!))), JwkFaultKind.Malformed, "spare bits");
        yield return Case(Changed(rsa, ("n", "AAAA" + (string?)rsa.Jwk["n"])), JwkFaultKind.Malformed, "leading zeros");
        yield return Case(Changed(rsa, ("e", "AAEAAQ")), JwkFaultKind.Malformed, "leading zero of e");
        yield return Case(Changed(rsa, ("e", "AQ")), JwkFaultKind.Malformed, "e = 1");
        yield return Case(Changed(rsa, ("e", "AQAA")), JwkFaultKind.Malformed, "even e");
        yield return Case(Changed(rsa, ("e", "AQAAAAAB")), JwkFaultKind.Malformed, "long e");
        yield return Case(Changed(rsa, ("n", "not base64 url")), JwkFaultKind.Malformed, "n");
        yield return Case(ProofKey.New("RS256", "short", 1024).Jwk, JwkFaultKind.Size, "1024");
        yield return Case(Changed(rsa, ("n", ProofKey.Encode([.. Enumerable.Repeat((byte)255, 1025)]))), JwkFaultKind.Size, "8200");
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_is_no_public_key_for_signatures_is_refused_and_none_of_it_repeated(string json, int kind)
    {
        PublicJwk.TryRead(JsonElement.Parse(json), out var key, out var fault).Should().BeFalse();

        key.Should().BeNull();
        ((int)fault.Kind).Should().Be(kind);
        fault.Text.Should().NotBeEmpty().And.NotContain("SECRET");
    }

    [TestCase("7")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("""{"kty":"EC","crv":"P-256","x":"\ud800","y":"AA"}""")]
    [TestCase("""{"kty":"EC","crv":"\ud800","x":"AA","y":"AA"}""")]
    public void Nothing_is_thrown_for_what_is_no_key(string json) =>
        PublicJwk.TryRead(JsonElement.Parse(json), out _, out _).Should().BeFalse();

    [Test]
    public void A_key_for_verification_may_list_other_operations() =>
        Read(With(ec, "key_ops", new JsonArray("sign", "verify"))).Should().NotBeNull();

    private static PublicJwk? Read(JsonObject json) =>
        PublicJwk.TryRead(JsonElement.Parse(json.ToJsonString()), out var key, out _) ? key : null;

    // 32 bytes in 43 characters leave two bits of the last one unused.
    private static string SpareBit(string text) => text[..^1] + (char)(text[^1] + 1);

    private static TestCaseData Case(JsonObject key, JwkFaultKind kind, string name) =>
        new TestCaseData(key.ToJsonString(), (int)kind).SetArgDisplayNames(name, kind.ToString());

    private static JsonObject With(ProofKey key, string member, JsonNode value)
    {
        var changed = key.Jwk.DeepClone().AsObject();
        changed[member] = value;
        return changed;
    }

    private static JsonObject Changed(ProofKey key, params (string Member, string? Value)[] changes)
    {
        var changed = key.Jwk.DeepClone().AsObject();
        foreach (var (member, value) in changes)
        {
            if (value is null)
                changed.Remove(member);
            else
                changed[member] = value;
        }

        return changed;
    }
}
