using System.Security.Cryptography;
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

    [Test]
    public void A_size_at_the_bounds_is_accepted()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)255, 1024)];
        byte[] shortest = [128, .. Enumerable.Repeat((byte)255, 255)];
        Read(Changed(rsa, ("n", ProofKey.Encode(longest)))).Should().NotBeNull();
        Read(Changed(rsa, ("n", ProofKey.Encode(shortest)))).Should().NotBeNull();
        shortest[0] = 127;
        Fault(Changed(rsa, ("n", ProofKey.Encode(shortest)))).Kind.Should().Be(JwkFaultKind.Size);
        byte[] four = [128, 0, 0, 1];
        Read(Changed(rsa, ("e", ProofKey.Encode(four)))).Should().NotBeNull();
        Read(Changed(rsa, ("e", "Aw"))).Should().NotBeNull("3 is an exponent");
        Fault(Changed(rsa, ("e", ProofKey.Encode([1, 0, 0, 0, 1])))).Kind.Should().Be(JwkFaultKind.Malformed);
        longest[^1] = 254;
        Fault(Changed(rsa, ("n", ProofKey.Encode(longest)))).Kind.Should().Be(JwkFaultKind.Malformed, "an even modulus is no RSA key");
        Fault(Changed(rsa, ("e", "BA"))).Kind.Should().Be(JwkFaultKind.Malformed, "4 is no exponent");
        Fault(Changed(rsa, ("n", ""))).Kind.Should().Be(JwkFaultKind.Malformed);
    }

    [Test]
    public void Each_algorithm_of_RSA_may_be_named_and_only_three_are_verified()
    {
        foreach (var name in new[] { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512" })
            Read(Changed(rsa, ("alg", name)))!.Fits(name).Should().Be(name is "RS256" or "PS256", name);
        Fault(Changed(rsa, ("alg", "ES256"))).Text.Should().Be("no alg of RS256, RS384, RS512, PS256, PS384, PS512");
        PublicJwk.Verified.Should().Equal("ES256", "RS256", "PS256");
    }

    [Test]
    public void A_key_of_another_curve_is_read_and_verifies_nothing()
    {
        foreach (
            var (name, curve, algorithm) in new[]
            {
                ("P-384", ECCurve.NamedCurves.nistP384, "ES384"),
                ("P-521", ECCurve.NamedCurves.nistP521, "ES512"),
            }
        )
        {
            using var pair = ECDsa.Create(curve);
            var point = pair.ExportParameters(includePrivateParameters: false).Q;
            var json = Changed(ec, ("crv", name), ("alg", algorithm), ("x", ProofKey.Encode(point.X!)), ("y", ProofKey.Encode(point.Y!)));

            var key = Read(json)!;

            (key.Crv, key.Alg).Should().Be((name, algorithm));
            foreach (var any in new[] { "ES256", "ES384", "ES512", "RS256", "none", "" })
                key.Fits(any).Should().BeFalse(any);
            key.Verify("ES256", [1], new byte[64]).Should().BeFalse();
            json["alg"] = "ES256";
            Fault(json).Text.Should().Contain($"not the alg {algorithm}");
        }
    }

    [Test]
    public void A_coordinate_of_another_length_is_no_point()
    {
        var x = System.Buffers.Text.Base64Url.DecodeFromChars((string)ec.Jwk["x"]!);
        var y = System.Buffers.Text.Base64Url.DecodeFromChars((string)ec.Jwk["y"]!);

        Fault(Changed(ec, ("x", ProofKey.Encode([0, .. x])))).Kind.Should().Be(JwkFaultKind.Malformed);
        Fault(Changed(ec, ("y", ProofKey.Encode([0, .. y])))).Kind.Should().Be(JwkFaultKind.Malformed);
        Fault(Changed(ec, ("x", ""))).Should().Be(new JwkFault(JwkFaultKind.Malformed, "no x and y in base64url"));
    }

    [Test]
    public void A_member_of_another_kind_is_none_and_a_lone_surrogate_no_text()
    {
        Fault(With(ec, "kty", 7)).Text.Should().Contain("neither RSA nor EC");
        Fault(With(ec, "crv", 7)).Text.Should().Contain("none of P-256");
        Fault(With(rsa, "n", 7)).Text.Should().Contain("no n and e");
        PublicJwk.TryRead(JsonElement.Parse("{\"kty\":\"EC\",\"crv\":\"\\ud800\"}"), out _, out var fault).Should().BeFalse();
        fault.Should().Be(new JwkFault(JwkFaultKind.Malformed, "a member that is no text"));
    }

    private static JwkFault Fault(JsonObject json)
    {
        PublicJwk.TryRead(JsonElement.Parse(json.ToJsonString()), out _, out var fault).Should().BeFalse();
        return fault;
    }

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
