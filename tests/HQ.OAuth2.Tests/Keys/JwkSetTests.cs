using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class JwkSetTests
{
    private static readonly ProofKey ec = ProofKey.New("ES256", "a");
    private static readonly ProofKey rsa = ProofKey.New("RS256", "a");
    private static readonly ProofKey other = ProofKey.New("ES256", "b");

    [Test]
    public void The_key_is_the_one_that_has_the_id_and_fits_the_algorithm()
    {
        var set = Read(ProofKey.Set(ec, rsa, other));

        set.Find("a", "ES256")!.X.Should().Be((string?)ec.Jwk["x"]);
        set.Find("a", "RS256")!.N.Should().Be((string?)rsa.Jwk["n"]);
        set.Find("b", "ES256")!.X.Should().Be((string?)other.Jwk["x"]);
        (set.Find("b", "RS256"), set.Find("c", "ES256"), set.Find("A", "ES256")).Should().Be((null, null, null));
        (set.Has("a"), set.Has("c")).Should().Be((true, false));
    }

    [Test]
    public void Of_two_keys_with_one_id_the_first_is_tried_and_no_other()
    {
        var twin = ProofKey.New("ES256", "a");

        Read(ProofKey.Set(ec, twin)).Find("a", "ES256")!.X.Should().Be((string?)ec.Jwk["x"]);
    }

    [Test]
    public void Without_an_id_the_only_key_that_fits_is_meant()
    {
        Read(ProofKey.Set(ec, rsa)).Find(null, "ES256")!.X.Should().Be((string?)ec.Jwk["x"]);
        Read(ProofKey.Set(ec, other)).Find(null, "ES256").Should().BeNull("there are two");
        Read(ProofKey.Set(ec)).Find(null, "RS256").Should().BeNull();
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("""{"keys":{}}""")]
    [TestCase("""{"keys":[],"keys":[]}""")]
    [TestCase("""{"\ud800":1,"keys":[]}""")]
    [TestCase("""{"keys":[{"kty":"oct","k":"AA"}]}""")]
    [TestCase("""{"keys":[{"kty":"oct"}]}""")]
    [TestCase("""{"keys":[{"kty":"unknown","d":"AA"}]}""")]
    public void What_is_no_set_of_public_keys_is_refused(string json)
    {
        JwkSet.TryRead(json, out var set, out var problem).Should().BeFalse();

        (set, problem).Should().Match<(JwkSet?, string?)>(r => r.Item1 == null && r.Item2!.StartsWith("must be a JWK Set"));
    }

    [Test]
    public void One_private_key_spoils_the_set_and_many_keys_are_too_many()
    {
        var leaked = ProofKey.New().Jwk.DeepClone().AsObject();
        leaked["d"] = "SECRET";

        JwkSet.TryRead($"{{\"keys\":[{ec.Jwk.ToJsonString()},{leaked.ToJsonString()}]}}", out _, out var problem).Should().BeFalse();

        problem.Should().Contain("key number 2").And.Contain("member d").And.NotContain("SECRET");
        JwkSet.TryRead(ProofKey.Set([.. Enumerable.Repeat(ec, 50)]), out _, out _).Should().BeTrue();
        JwkSet.TryRead(ProofKey.Set([.. Enumerable.Repeat(ec, 51)]), out _, out _).Should().BeFalse();
    }

    [Test]
    public void Keys_for_something_else_are_ignored_and_the_first_of_them_is_the_reason_when_none_is_left()
    {
        const string others = """{"kty":"OKP","crv":"Ed25519","x":"AA"},7,null,{"kty":"EC","crv":"P-256","x":"a","y":"b"}""";

        Read($"{{\"keys\":[{others},{ec.Jwk.ToJsonString()}]}}").Keys.Should().ContainSingle();
        JwkSet.TryRead($"{{\"keys\":[{others}]}}", out var set, out var problem).Should().BeTrue();
        set!.Keys.Should().BeEmpty();
        problem.Should().Contain("key number 1 a kty that is neither RSA nor EC");
    }

    [Test]
    public void A_set_is_written_with_its_public_members_only()
    {
        var dressed = ec.Jwk.DeepClone().AsObject();
        (dressed["note"], dressed["use"], dressed["alg"]) = ("x", "sig", "ES256");

        var json = Read($"{{\"keys\":[{dressed.ToJsonString()}]}}").ToJson();

        json.Should().Be($$"""{"keys":[{"kty":"EC","kid":"a","alg":"ES256","crv":"P-256","x":"{{ec.Jwk["x"]}}","y":"{{ec.Jwk["y"]}}"}]}""");
        Read(json).ToJson().Should().Be(json);
    }

    [Test]
    public void The_reason_why_a_set_has_no_key_is_named()
    {
        Problem(ProofKey.Set()).Should().Be("has no key");
        Problem(ProofKey.Set([.. Enumerable.Repeat(ec, 51)])).Should().Be("has more than 50 keys");
        using var pair = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        var other = ec.Jwk.DeepClone().AsObject();
        (other["crv"], other["x"], other["y"]) = ("P-384", ProofKey.Encode(point.X!), ProofKey.Encode(point.Y!));
        Problem($"{{\"keys\":[{other.ToJsonString()},7]}}").Should().Be("has in key number 1 a key for none of ES256, RS256, PS256");
        Problem($"{{\"keys\":[7,{other.ToJsonString()}]}}").Should().Be("has in key number 1 no object");
        Problem(ProofKey.Set(ec)).Should().BeNull();

        static string? Problem(string json)
        {
            JwkSet.TryRead(json, out _, out var problem);
            return problem;
        }
    }

    [Test]
    public void A_member_that_stands_twice_is_refused()
    {
        var key = ec.Jwk.ToJsonString();

        JwkSet.TryRead($"{{\"keys\":[{key}],\"keys\":[{key}]}}", out _, out _).Should().BeFalse();
        JwkSet.TryRead($"{{\"keys\":[{key}],\"note\":1}}", out _, out _).Should().BeTrue();
    }

    private static JwkSet Read(string json)
    {
        JwkSet.TryRead(json, out var set, out var problem).Should().BeTrue(problem);
        return set!;
    }
}
