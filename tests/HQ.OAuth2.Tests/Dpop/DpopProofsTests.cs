using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class DpopProofsTests
{
    private const string Address = "https://auth.example.com/oauth2/token";
    private static readonly ProofKey key = ProofKey.New();
    private static readonly DateTimeOffset now = TestClock.Start;

    private DpopProofs proofs = null!;

    [SetUp]
    public void Forget() => proofs = new();

    [TestCase("ES256")]
    [TestCase("RS256")]
    [TestCase("PS256")]
    [Rfc("9449-4.3-4")]
    public void A_proof_proves_its_key(string algorithm)
    {
        var own = ProofKey.New(algorithm);

        Check(own.Proof("POST", Address, now)).Value.Thumbprint.Should().Be(own.Thumbprint());
    }

    [Test]
    public void The_proofs_of_the_standard_are_valid()
    {
        // The figures 2 and 12 of RFC 9449, with the access token of §7.1.
        const string first =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        const string second =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
        const string thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

        Check(first, d => d with { Now = At(1562262616), Targets = [ProofTarget.Of("https://server.example.com/token")!] })
            .Value.Thumbprint.Should()
            .Be(thumbprint);
        Check(
            second,
            d =>
                d with
                {
                    Now = At(1562262618),
                    Method = "GET",
                    Targets = [ProofTarget.Of("https://resource.example.org/protectedresource")!],
                    AccessToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
                    Thumbprint = thumbprint,
                }
        )
            .Value.Thumbprint.Should()
            .Be(thumbprint);
        DpopProofs.Hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU").Should().Be("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    [TestCase("jti")]
    [TestCase("htm")]
    [TestCase("htu")]
    [TestCase("iat")]
    [Rfc("9449-4.3-2")]
    public void Each_claim_is_needed(string claim)
    {
        Refused(key.Proof("POST", Address, now, claims: c => c.Remove(claim))).Should().Contain($"its {claim} must");
        foreach (var wrong in new JsonNode?[] { 7, null, new JsonArray(), "" })
        {
            if (claim != "iat" || wrong is not JsonValue { } number || number.GetValueKind() != System.Text.Json.JsonValueKind.Number)
                Refused(key.Proof("POST", Address, now, claims: c => c[claim] = wrong?.DeepClone())).Should().Contain($"its {claim} must");
        }

        proofs.Verifications.Should().Be(0);
    }

    [TestCase("JWT")]
    [TestCase("at+jwt")]
    [TestCase("DPOP+JWT")]
    [TestCase(null)]
    [Rfc("9449-4.3-3")]
    public void Another_type_is_refused(string? type) =>
        Refused(
                key.Proof(
                    "POST",
                    Address,
                    now,
                    header: h =>
                    {
                        h.Remove("typ");
                        if (type is not null)
                            h["typ"] = type;
                    }
                )
            )
            .Should()
            .Contain("its typ must be dpop+jwt");

    [TestCase("none")]
    [TestCase("HS256")]
    [TestCase("ES384")]
    [TestCase("EdDSA")]
    [Rfc("9449-4.3-4")]
    public void Another_algorithm_is_refused(string algorithm)
    {
        Refused(key.Proof("POST", Address, now, header: h => h["alg"] = algorithm)).Should().Contain("signed by ES256, RS256, PS256");
        // And the algorithm of another kind of key.
        Refused(key.Proof("POST", Address, now, header: h => h["alg"] = "RS256")).Should().Contain("does not fit its alg RS256");
    }

    // Authlib CVE-2026-27962: a key of the header that is not what it seems.
    [Test, Rfc("9449-4.3-5")]
    public void A_key_that_is_not_public_is_refused()
    {
        Refused(key.Proof("POST", Address, now, header: h => h["jwk"]!["d"] = "AAAA")).Should().Contain("private key");
        Refused(key.Proof("POST", Address, now, header: h => h["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }))
            .Should()
            .Contain("its jwk has");
        Refused(key.Proof("POST", Address, now, header: h => h.Remove("jwk"))).Should().Contain("has no jwk");
        Refused(key.Proof("POST", Address, now, header: h => h["jwk"] = "text")).Should().Contain("its jwk has no object");
        Refused(key.Proof("POST", Address, now, header: h => h["jwk"]!["use"] = "enc")).Should().Contain("its jwk has");
        // A reference to a key is none.
        Refused(
                key.Proof(
                    "POST",
                    Address,
                    now,
                    header: h =>
                    {
                        h.Remove("jwk");
                        h["jku"] = "https://attacker.example/keys";
                        h["kid"] = "1";
                    }
                )
            )
            .Should()
            .Contain("has no jwk");
        proofs.Verifications.Should().Be(0);
    }

    [Test, Rfc("9449-4.3-5")]
    public void A_signature_of_another_key_or_another_payload_is_refused()
    {
        var other = ProofKey.New();
        var (mine, changed) = (
            key.Proof("POST", Address, now).Split('.'),
            key.Proof("POST", Address, now, claims: c => c["jti"] = "x").Split('.')
        );

        Refused(other.Proof("POST", Address, now, header: h => h["jwk"] = key.Jwk.DeepClone())).Should().Contain("signature");
        Refused($"{mine[0]}.{changed[1]}.{mine[2]}").Should().Contain("signature");
    }

    [TestCase("GET")]
    [TestCase("post")]
    [Rfc("9449-4.3-6")]
    public void Another_method_is_refused(string method) =>
        Refused(key.Proof(method, Address, now)).Should().Contain("its htm must be POST");

    [TestCase("https://auth.example.com/oauth2/revoke")]
    [TestCase("https://auth.example.com/oauth2/token/")]
    [TestCase("https://evil.example/oauth2/token")]
    [TestCase("http://auth.example.com/oauth2/token")]
    [TestCase("https://auth.example.com:8443/oauth2/token")]
    [TestCase("/oauth2/token")]
    [Rfc("9449-4.3-7")]
    public void Another_address_is_refused(string address) =>
        Refused(key.Proof("POST", address, now)).Should().Contain("its htu must be https://auth.example.com:443/oauth2/token");

    [TestCase("HTTPS://AUTH.example.com:443/oauth2/token")]
    [TestCase("https://auth.example.com/oauth2/token?x=y#z")]
    [TestCase("https://auth.example.com/oauth2/%74oken")]
    [Rfc("9449-4.3-8")]
    public void The_address_in_another_spelling_is_the_address(string address) =>
        Check(key.Proof("POST", address, now)).Error.Should().BeNull();

    [TestCase(-60, true)]
    [TestCase(-61, false)]
    [TestCase(-300, false)]
    [TestCase(5, true)]
    [TestCase(6, false)]
    [TestCase(300, false)]
    [Rfc("9449-4.3-9")]
    public void A_proof_is_accepted_for_a_minute(int seconds, bool isAccepted)
    {
        var proof = key.Proof("POST", Address, now.AddSeconds(seconds));

        (Check(proof).Error is null).Should().Be(isAccepted);
        if (!isAccepted)
            Refused(proof).Should().Contain("its iat").And.Contain($"{now.ToUnixTimeSeconds()}");
    }

    [Test, Rfc("9449-4.3-10")]
    public void A_proof_is_accepted_once_for_as_long_as_it_could_be()
    {
        var proof = key.Proof("POST", Address, now.AddSeconds(5));

        Check(proof).Error.Should().BeNull();
        for (var second = 0; second <= 65; second++)
            Refused(proof, d => d with { Now = now.AddSeconds(second) }).Should().Contain("used before");
        Refused(proof, d => d with { Now = now.AddSeconds(66) }).Should().Contain("its iat");
    }

    [Test, Rfc("9449-4.3-10")]
    public void An_id_belongs_to_its_key_and_has_a_bound()
    {
        var other = ProofKey.New();

        Check(key.Proof("POST", Address, now, claims: c => c["jti"] = "1")).Error.Should().BeNull();
        Check(other.Proof("POST", Address, now, claims: c => c["jti"] = "1")).Error.Should().BeNull();
        Refused(key.Proof("POST", Address, now, claims: c => c["jti"] = "1")).Should().Contain("used before");
        Check(key.Proof("POST", Address, now, claims: c => c["jti"] = new string('x', 512))).Error.Should().BeNull();
        Refused(key.Proof("POST", Address, now, claims: c => c["jti"] = new string('x', 513))).Should().Contain("its jti");
    }

    [Test]
    public void A_proof_that_was_refused_is_not_remembered()
    {
        var proof = key.Proof("POST", Address, now);

        Refused(proof, d => d with { Method = "GET" });
        Refused(proof, d => d with { Thumbprint = ProofKey.New().Thumbprint() });
        Check(proof, d => d with { Nonces = ["n"] }).Error.ShouldBe(OAuthError.UseNonce);

        Check(proof).Error.Should().BeNull();
    }

    [Test, Rfc("9449-4.3-1")]
    public void Two_proofs_are_refused()
    {
        var (one, two) = (key.Proof("POST", Address, now), key.Proof("POST", Address, now));

        proofs.Check([one, two], Demand()).Error!.Description.Should().Contain("send one DPoP header");
        proofs.Check([], Demand()).Error!.Description.Should().Contain("send one DPoP header");
        Refused($"{one}, {two}").Should().Contain("must be a JWT");
    }

    [Test]
    public void The_hash_of_the_access_token_is_needed_where_one_is_sent()
    {
        Refused(key.Proof("POST", Address, now), d => d with { AccessToken = "token" }).Should().Contain("its ath");
        Refused(key.Proof("POST", Address, now, token: "other"), d => d with { AccessToken = "token" }).Should().Contain("its ath");
        Check(key.Proof("POST", Address, now, token: "token"), d => d with { AccessToken = "token" }).Error.Should().BeNull();
    }

    [Test]
    public void The_key_of_the_token_is_needed_and_a_strangers_costs_no_verification()
    {
        Refused(ProofKey.New().Proof("POST", Address, now), d => d with { Thumbprint = key.Thumbprint() }).Should().Contain("its key");

        proofs.Verifications.Should().Be(0);
    }

    [Test, Rfc("9449-11.3-1")]
    public void A_nonce_is_needed_where_one_is_demanded()
    {
        Func<ProofDemand, ProofDemand> demanding = d => d with { Nonces = ["present", "before"] };

        Check(key.Proof("POST", Address, now), demanding).Error.ShouldBe(OAuthError.UseNonce);
        Check(key.Proof("POST", Address, now, nonce: "other"), demanding).Error.ShouldBe(OAuthError.UseNonce);
        Check(key.Proof("POST", Address, now, claims: c => c["nonce"] = 7), demanding).Error.ShouldBe(OAuthError.UseNonce);
        proofs.Verifications.Should().Be(0);
        Check(key.Proof("POST", Address, now, nonce: "present"), demanding).Error.Should().BeNull();
        Check(key.Proof("POST", Address, now, nonce: "before"), demanding).Error.Should().BeNull();
    }

    // DockFlare, and the second part of Authlib CVE-2026-44681: segments without a bound.
    [Test]
    public void Long_and_odd_texts_are_refused_without_a_verification()
    {
        var proof = key.Proof("POST", Address, now);
        string[] odd =
        [
            "",
            "..",
            ".",
            "x",
            proof[..^10] + ".",
            "." + proof,
            proof + new string('A', 9000),
            key.Proof("POST", Address, now, claims: c => c["x"] = new string('x', 9000)),
            proof.Replace('.', ' '),
        ];

        foreach (var text in odd)
            Refused(text).Should().Contain("must be a JWT");
        proofs.Verifications.Should().Be(0);
    }

    [Test]
    public void Nothing_is_thrown_and_nothing_repeated_whatever_the_parts_are() =>
        Prop.ForAll<string?, int>(
                (text, which) =>
                {
                    var secret = "SECRET" + text;
                    var proof = key.Proof(
                        "POST",
                        Address,
                        now,
                        claims: c => c[new[] { "jti", "htm", "htu", "iat", "ath", "nonce" }[Math.Abs(which % 6)]] = secret,
                        header: h => h[new[] { "alg", "typ", "jwk", "x5c" }[Math.Abs(which % 4)]] = secret
                    );
                    var error = proofs
                        .Check([proof], Demand() with { AccessToken = "t", Thumbprint = key.Thumbprint(), Nonces = ["n"] })
                        .Error;
                    error!.Description.Should().NotContain("SECRET");
                    error.ToString().Should().NotContain("SECRET");
                }
            )
            .QuickCheckThrowOnFailure();

    [Test]
    public void The_memory_has_a_bound()
    {
        var cache = new BoundedCache<bool>(2, TimeSpan.FromSeconds(10));

        (cache.TryAdd("a", true, now), cache.TryAdd("b", true, now), cache.TryAdd("a", true, now)).Should().Be((true, true, false));
        // The oldest makes room.
        (cache.TryAdd("c", true, now), cache.TryAdd("b", true, now), cache.TryAdd("a", true, now))
            .Should()
            .Be((true, false, true));
        cache.TryAdd("c", true, now.AddSeconds(10)).Should().BeTrue();
    }

    private static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static ProofDemand Demand() =>
        new()
        {
            Method = "POST",
            Targets = [ProofTarget.Of(Address)!],
            Now = now,
            Refuse = OAuthError.InvalidProof,
        };

    private Outcome<ProvenKey> Check(string proof, Func<ProofDemand, ProofDemand>? change = null) =>
        proofs.Check([proof], change is null ? Demand() : change(Demand()));

    private string Refused(string proof, Func<ProofDemand, ProofDemand>? change = null)
    {
        var error = Check(proof, change).Error;
        (error?.Code, error?.Id, error?.Status).Should().Be(("invalid_dpop_proof", "HQ1110", 400));
        return error!.Description;
    }
}
