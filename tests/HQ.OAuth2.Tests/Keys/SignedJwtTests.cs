using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class SignedJwtTests
{
    private static readonly ProofKey ec = ProofKey.New("ES256");
    private static readonly JsonObject claims = new() { ["sub"] = "app", ["exp"] = 1000 };

    [TestCase("ES256")]
    [TestCase("RS256")]
    [TestCase("PS256")]
    public void The_owner_of_the_key_signed_it_and_nobody_else(string algorithm)
    {
        var key = ProofKey.New(algorithm);
        var jwt = SignedJwt.Read(key.Sign(claims, "JWT"))!;

        (jwt.Algorithm, jwt.KeyId, jwt.Type, jwt.Text("sub"), jwt.Key).Should().Be((algorithm, "k1", "JWT", "app", null));
        jwt.IsSignedBy(Public(key)).Should().BeTrue();
        jwt.IsSignedBy(Public(ProofKey.New(algorithm))).Should().BeFalse();
        jwt.IsSignedBy(Public(ProofKey.New(algorithm == "ES256" ? "RS256" : "ES256"))).Should().BeFalse();
    }

    [Test]
    public void A_changed_payload_header_or_signature_is_not_signed()
    {
        var parts = ec.Sign(claims).Split('.');
        var other = ec.Sign(new() { ["sub"] = "other" }, "JWT").Split('.');

        IsSigned($"{parts[0]}.{parts[1]}.{parts[2]}").Should().BeTrue();
        IsSigned($"{parts[0]}.{other[1]}.{parts[2]}").Should().BeFalse();
        IsSigned($"{other[0]}.{parts[1]}.{parts[2]}").Should().BeFalse();
        IsSigned($"{parts[0]}.{parts[1]}.{other[2]}").Should().BeFalse();
        // R and S of zeros (CVE-2022-21449), a signature of another length, and one in DER.
        IsSigned($"{parts[0]}.{parts[1]}.{ProofKey.Encode(new byte[64])}").Should().BeFalse();
        IsSigned($"{parts[0]}.{parts[1]}.{ProofKey.Encode(new byte[63])}").Should().BeFalse();
        IsSigned($"{parts[0]}.{parts[1]}.{ProofKey.Encode([0x30, 0x06, 2, 1, 1, 2, 1, 1])}").Should().BeFalse();
    }

    [Test]
    public void An_algorithm_other_than_that_of_the_key_is_not_tried()
    {
        var rsa = ProofKey.New("RS256");
        var key = Public(rsa, alg: "PS256");

        SignedJwt.Read(rsa.Sign(claims))!.IsSignedBy(key).Should().BeFalse();
    }

    [TestCase("none")]
    [TestCase("None")]
    [TestCase("HS256")]
    [TestCase("ES384")]
    [TestCase("EdDSA")]
    [TestCase("es256")]
    public void Other_algorithms_are_not_read(string algorithm) =>
        SignedJwt.Read(ec.Sign(claims, header: h => h["alg"] = algorithm)).Should().BeNull();

    [Test]
    public void No_algorithm_and_no_signature_are_not_read()
    {
        SignedJwt.Read(ec.Sign(claims, header: h => h.Remove("alg"))).Should().BeNull();
        var parts = ec.Sign(claims, header: h => h["alg"] = "none").Split('.');
        SignedJwt.Read($"{parts[0]}.{parts[1]}.").Should().BeNull();
        SignedJwt.Read($"{parts[0]}.{parts[1]}").Should().BeNull();
    }

    [Test]
    public void A_jwt_has_one_spelling()
    {
        var right = ec.Sign(claims);
        var parts = right.Split('.');

        foreach (
            var wrong in new[]
            {
                right + "=",
                right + ".",
                "." + right,
                right + " ",
                right + "\n",
                $"{parts[0]}=.{parts[1]}.{parts[2]}",
                $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}",
                $"{parts[0]}..{parts[2]}",
                $".{parts[1]}.{parts[2]}",
                // 64 bytes in 86 characters leave four bits of the last one unused.
                right[..^1] + (char)(right[^1] + 1),
                right.Replace('-', '+').Replace('_', '/') + "+",
                right + new string('A', SignedJwt.MaxLength),
                "",
                "..",
            }
        )
            SignedJwt.Read(wrong).Should().BeNull(wrong);
    }

    [TestCase("""{"alg":"ES256","alg":"ES256"}""", "{}")]
    [TestCase("""{"alg":"ES256","\u0061lg":"none"}""", "{}")]
    [TestCase("""{"alg":"ES256"}""", """{"sub":"a","sub":"b"}""")]
    [TestCase("""{"alg":"ES256"}""", """{"sub":"a","s\u0075b":"b"}""")]
    [TestCase("""{"alg":"ES256"}""", """{"x":{"a":1,"a":2}}""")]
    [TestCase("""{"alg":"ES256","jwk":{"kty":"EC","kty":"RSA"}}""", "{}")]
    [TestCase("""{"alg":"ES256","crit":["exp"],"exp":1}""", "{}")]
    [TestCase("""{"alg":"ES256","crit":null}""", "{}")]
    [TestCase("""{"alg":"ES256","typ":7}""", "{}")]
    [TestCase("""{"alg":"ES256","kid":null}""", "{}")]
    [TestCase("""{"alg":["ES256"]}""", "{}")]
    [TestCase("""["ES256"]""", "{}")]
    [TestCase("""{"alg":"ES256"}""", "[]")]
    [TestCase("""{"alg":"ES256"}""", "\"text\"")]
    [TestCase("""{"alg":"ES256"}""", "{} {}")]
    [TestCase("""{"alg":"ES256"}""", "{\"a\":1,}")]
    [TestCase("""{"alg":"ES256"}""", """{"\ud800":1,"b":2}""")]
    [TestCase("""{"alg":"ES256","kid":"\ud800"}""", "{}")]
    public void Other_json_is_not_read(string header, string payload) => SignedJwt.Read(ec.SignText(header, payload)).Should().BeNull();

    [Test]
    public void Bytes_that_are_no_text_and_deep_json_are_not_read()
    {
        var header = ec.Sign(claims).Split('.')[0];
        SignedJwt
            .Read($"{header}.{ProofKey.Encode([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'])}.AAAA")
            .Should()
            .BeNull();
        SignedJwt.Read(ec.SignText("""{"alg":"ES256"}""", "{\"a\":" + new string('[', 20) + new string(']', 20) + "}")).Should().BeNull();
    }

    [Test]
    public void The_key_in_the_header_is_handed_out_as_it_is()
    {
        var jwt = SignedJwt.Read(ec.Sign(claims, "dpop+jwt", h => h["jwk"] = ec.Jwk.DeepClone()))!;

        PublicJwk.TryRead(jwt.Key!.Value, out var key, out _).Should().BeTrue();
        jwt.IsSignedBy(key!).Should().BeTrue();
    }

    [TestCase("1000", 1000.0)]
    [TestCase("1000.5", 1000.5)]
    [TestCase("0", 0.0)]
    [TestCase("253402300799", 253_402_300_799.0)]
    public void A_time_is_a_number_of_seconds(string json, double seconds)
    {
        Jwt($$"""{"exp":{{json}}}""").TryGetTime("exp", out var time).Should().BeTrue();
        time.Should().Be(DateTimeOffset.UnixEpoch.AddSeconds(seconds));
    }

    [TestCase("\"1000\"")]
    [TestCase("null")]
    [TestCase("-1")]
    [TestCase("1e300")]
    [TestCase("1e400")]
    [TestCase("253402300800")]
    [TestCase("true")]
    public void What_is_no_time_is_not_taken_for_an_absent_one(string json) =>
        Jwt($$"""{"exp":{{json}}}""").TryGetTime("exp", out _).Should().BeFalse();

    [Test]
    public void An_absent_time_and_texts_that_are_none()
    {
        var jwt = Jwt("""{"sub":7,"jti":"\ud800"}""");

        jwt.TryGetTime("exp", out var time).Should().BeTrue();
        time.Should().BeNull();
        (jwt.Text("sub"), jwt.Text("jti"), jwt.Text("aud"), jwt.Claim("aud")).Should().Be((null, null, null, null));
    }

    [Test]
    public void Nothing_is_thrown_whatever_the_text_is() =>
        Prop.ForAll<string?, string?, byte[]>(
                (header, payload, signature) =>
                {
                    var key = Public(ec);
                    foreach (
                        var start in new[]
                        {
                            $"{Part(header)}.{Part(payload)}",
                            $"{Part("{\"alg\":\"ES256\"}")}.{Part("{}")}",
                            $"{header}.{payload}",
                        }
                    )
                        SignedJwt.Read($"{start}.{ProofKey.Encode(signature)}")?.IsSignedBy(key).Should().BeFalse();
                }
            )
            .QuickCheckThrowOnFailure();

    [Test]
    public void A_header_with_an_extension_or_members_of_another_kind_is_refused()
    {
        foreach (
            var header in new[]
            {
                """{"alg":"ES256","crit":["exp"]}""",
                """{"alg":"ES256","crit":[]}""",
                """{"alg":"ES256","typ":7}""",
                """{"alg":"ES256","typ":null}""",
                """{"alg":"ES256","kid":7}""",
                """{"alg":"ES256","kid":"\ud800"}""",
                """{"alg":"ES256","alg":"ES256"}""",
                """{"alg":7}""",
                """{"typ":"JWT"}""",
            }
        )
            SignedJwt.Read(ec.SignText(header, "{}")).Should().BeNull(header);
        SignedJwt.Read(ec.SignText("""{"alg":"ES256","typ":"JWT","kid":"k"}""", "{}"))!.KeyId.Should().Be("k");
        SignedJwt.Read(ec.SignText("""{"alg":"ES256"}""", """{"a":1,"a":1}""")).Should().BeNull("a claim stands twice");
    }

    [Test]
    public void A_text_is_8192_characters_at_most()
    {
        var bare = ec.SignText("""{"alg":"ES256"}""", """{"p":""}""").Length;
        var longest = "";
        for (var pad = (SignedJwt.MaxLength - bare) / 4 * 3; longest.Length < SignedJwt.MaxLength; pad++)
            longest = ec.SignText("""{"alg":"ES256"}""", $$"""{"p":"{{new string('x', pad)}}"}""");

        longest.Should().HaveLength(SignedJwt.MaxLength);
        SignedJwt.Read(longest).Should().NotBeNull();
        SignedJwt.Read(longest + "A").Should().BeNull();
    }

    private static string Part(string? text) => ProofKey.Encode(Encoding.UTF8.GetBytes(text ?? ""));

    private static SignedJwt Jwt(string payload) => SignedJwt.Read(ec.SignText("""{"alg":"ES256"}""", payload))!;

    private static bool IsSigned(string text) => SignedJwt.Read(text)?.IsSignedBy(Public(ec)) == true;

    private static PublicJwk Public(ProofKey key, string? alg = null)
    {
        var json = key.Jwk.DeepClone().AsObject();
        if (alg is not null)
            json["alg"] = alg;
        PublicJwk.TryRead(JsonElement.Parse(json.ToJsonString()), out var read, out _).Should().BeTrue();
        return read!;
    }
}
