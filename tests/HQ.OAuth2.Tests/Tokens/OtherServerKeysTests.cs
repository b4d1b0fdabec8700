using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

internal sealed class OtherServerKeysTests
{
    private static readonly JsonObject rsa = Rsa(2048);
    private static readonly JsonObject ec = Ec(ECCurve.NamedCurves.nistP256, "P-256", "ES256");

    [Test]
    public void The_public_members_of_each_key_are_published_and_nothing_else()
    {
        var dressed = Changed(rsa, ("x5t", "abc"), ("note", "of the other server"));
        dressed["x5c"] = new JsonArray("MIIC");
        dressed.Remove("use");

        var keys = Read(dressed, ec, Ec(ECCurve.NamedCurves.nistP384, "P-384", "ES384", "second"));

        JsonSerializer
            .Serialize(new KeySet(keys), OAuthJson.Default.KeySet)
            .Should()
            .NotContain("\"x5")
            .And.NotContain("\"note\"")
            .And.Contain("\"use\":\"sig\"");
        keys.Select(k => (k.Kid, k.Kty, k.Alg))
            .Should()
            .Equal(("old-rsa", "RSA", "RS256"), ("old-ec", "EC", "ES256"), ("second", "EC", "ES384"));
        (keys[0].N, keys[0].E).Should().Be(((string?)rsa["n"], "AQAB"));
        (keys[1].X, keys[1].Y).Should().Be(((string?)ec["x"], (string?)ec["y"]));
    }

    [TestCase(null)]
    [TestCase("")]
    public void Without_a_value_there_are_none(string? none)
    {
        OtherServerKeys.Problem(none).Should().BeNull();
        new OtherServerKeys(new ServerSettings(Given.Options(o => o.PublishedKeys = none))).All.Should().BeEmpty();
    }

    [TestCase("old-jwks.json", "no JSON")]
    [TestCase("{}", "no list keys")]
    [TestCase("[]", "no list keys")]
    [TestCase("{\"keys\":[7]}", "number 1 no object")]
    public void Text_that_is_no_key_set_is_refused(string text, string because) => OtherServerKeys.Problem(text).Should().Contain(because);

    private static IEnumerable<TestCaseData> Wrong()
    {
        foreach (var member in new[] { "d", "p", "q", "dp", "dq", "qi", "oth", "k" })
            yield return Case(Changed(rsa, (member, "SECRET")), $"'old-rsa' the member {member}, which belongs to a private key");
        yield return Case(Changed(rsa, ("kid", null)), "number 1 no kid");
        yield return Case(Changed(rsa, ("kid", "")), "no kid");
        yield return Case(Changed(rsa, ("use", "enc")), "another use");
        yield return Case(Changed(rsa, ("kty", "oct")), "neither RSA nor EC");
        yield return Case(Changed(rsa, ("kty", null)), "neither RSA nor EC");
        yield return Case(Changed(rsa, ("alg", null)), "'old-rsa' no alg");
        yield return Case(Changed(rsa, ("alg", "none")), "no alg of RS256");
        yield return Case(Changed(rsa, ("alg", "HS256")), "no alg of RS256");
        yield return Case(Changed(rsa, ("alg", "ES256")), "no alg of RS256");
        yield return Case(Changed(rsa, ("n", null)), "no n and e");
        yield return Case(Changed(rsa, ("n", (string?)rsa["n"] + "==")), "no n and e");
        yield return Case(Changed(rsa, ("e", "AQ AB")), "no n and e");
        yield return Case(Rsa(1024), "1024 bits");
        yield return Case(Changed(ec, ("alg", "ES384")), "not the alg ES256");
        yield return Case(Changed(ec, ("crv", "secp256k1")), "none of P-256");
        yield return Case(Changed(ec, ("y", null)), "no x and y");
        yield return Case(Changed(ec, ("y", (string?)ec["x"])), "no point of its curve");
    }

    [TestCaseSource(nameof(Wrong))]
    public void A_key_that_cannot_be_published_stops_the_start_with_its_name_and_no_part_of_it(string key, string because)
    {
        var options = Given.Options(o => o.PublishedKeys = Set(JsonNode.Parse(key)!.AsObject()));

        var problem = HqOAuth2OptionsRules.Problems(options, development: false).Should().ContainSingle().Subject;

        problem.Should().StartWith("auth:oauth2:authorizationServer:publishedKeys = (not shown) ").And.Contain(because);
        problem.Should().NotContain("SECRET").And.NotContain(((string?)rsa["n"])![..20]).And.NotContain(((string?)ec["x"])![..20]);
    }

    [Test]
    public void The_message_says_what_to_do_with_a_key_of_its_kind()
    {
        Problem(Changed(rsa, ("d", "SECRET"))).Should().EndWith(": replace that key, since it was written down, and paste the public one");
        Problem(Changed(rsa, ("use", "enc"))).Should().EndWith(": remove that key");
        Problem(Rsa(1024)).Should().EndWith(": wait until the tokens of that key have ended");
        Problem(Changed(rsa, ("n", null))).Should().EndWith(": paste the key as the other server publishes it");

        static string? Problem(JsonObject key) => OtherServerKeys.Problem(Set(key));
    }

    [Test]
    public void Two_keys_with_one_kid_are_refused_and_so_are_very_many()
    {
        OtherServerKeys.Problem(Set(ec, Changed(ec, ("use", "sig")))).Should().Contain("two keys 'old-ec'");
        OtherServerKeys
            .Problem(Set([.. Enumerable.Range(0, 21).Select(i => Changed(ec, ("kid", "k" + i)))]))
            .Should()
            .Contain("more than 20");
        OtherServerKeys.Problem(Set([.. Enumerable.Range(0, 20).Select(i => Changed(ec, ("kid", "k" + i)))])).Should().BeNull();
    }

    [Test]
    public void A_key_that_is_published_is_warned_about_without_its_text()
    {
        var warning = OptionsWarnings
            .Of(Given.Options(o => (o.PublishedKeys, o.BcryptWorkFactor) = (Set(ec), 10)))
            .Should()
            .ContainSingle()
            .Subject;

        (warning.Key, warning.Value).Should().Be(("publishedKeys", "(not shown)"));
    }

    [Test]
    public async Task The_key_set_has_our_keys_first_and_a_key_of_ours_only_once()
    {
        var settings = new ServerSettings(Given.Options());
        using var keys = new TokenKeys(
            new InMemoryKeyStore(),
            new(Convert.ToBase64String, Convert.FromBase64String),
            settings,
            new TestClock(),
            new RecordingLogger<TokenKeys>()
        );
        var ours = (await keys.CurrentAsync(default)).Published.Single();
        var pasted = Changed(ec, ("kid", ours.Kid));

        var document = await new KeysEndpoint(keys, Others(pasted, rsa)).DocumentAsync(default);

        document.Keys.Should().HaveCount(2);
        document.Keys[0].Should().Be(ours);
        document.Keys[1].Kid.Should().Be("old-rsa");
        (await keys.CurrentAsync(default)).Verification.Should().ContainSingle("this server does not verify by the keys of another one");
    }

    private static IReadOnlyList<PublishedKey> Read(params JsonObject[] keys) => Others(keys).All;

    private static OtherServerKeys Others(params JsonObject[] keys) =>
        new(new ServerSettings(Given.Options(o => o.PublishedKeys = Set(keys))));

    private static string Set(params JsonObject[] keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.DeepClone())]) }.ToJsonString();

    private static TestCaseData Case(JsonObject key, string because) =>
        new TestCaseData(key.ToJsonString(), because).SetArgDisplayNames(because);

    private static JsonObject Changed(JsonObject key, params (string Member, string? Value)[] changes)
    {
        var changed = key.DeepClone().AsObject();
        foreach (var (member, value) in changes)
        {
            if (value is null)
                changed.Remove(member);
            else
                changed[member] = value;
        }

        return changed;
    }

    private static JsonObject Rsa(int bits)
    {
        using var made = RSA.Create(bits);
        var parameters = made.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = "old-rsa",
            ["alg"] = "RS256",
            ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }

    private static JsonObject Ec(ECCurve curve, string name, string alg, string kid = "old-ec")
    {
        using var made = ECDsa.Create(curve);
        var point = made.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["kid"] = kid,
            ["crv"] = name,
            ["alg"] = alg,
            ["x"] = Base64UrlEncoder.Encode(point.X),
            ["y"] = Base64UrlEncoder.Encode(point.Y),
        };
    }
}
