using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The rules about the content of an assertion, without its signature.</summary>
internal sealed class ClientAssertionTests
{
    private const string Issuer = "https://auth.example.com";
    private const string TokenUrl = Issuer + "/oauth2/token";

    private static readonly ProofKey key = ProofKey.New();
    private static readonly DateTimeOffset now = TestClock.Start;

    [Test, Rfc("7523-3-6"), Rfc("7523-3-7")]
    public void An_assertion_for_this_server_keeps_every_rule()
    {
        Problem(_ => { }).Should().BeNull();
        Problem(c => c["aud"] = new JsonArray(Issuer)).Should().BeNull("one value in an array is the sole value");
        foreach (var type in new[] { null, "JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt" })
            Problem(_ => { }, type: type).Should().BeNull(type);
    }

    [TestCase("at+jwt")]
    [TestCase("dpop+jwt")]
    [TestCase("oauth-authz-req+jwt")]
    [TestCase("application/at+jwt")]
    [TestCase("")]
    [Rfc("7523-3-7")]
    public void A_JWT_of_another_kind_is_no_assertion(string type) => Problem(_ => { }, type: type).Should().Contain("typ");

    private static IEnumerable<TestCaseData> WrongAudiences()
    {
        yield return Case("absent", null);
        yield return Case("token endpoint", TokenUrl);
        yield return Case("slash", Issuer + "/");
        yield return Case("upper case", "https://AUTH.example.com");
        yield return Case("another server", "https://evil.example.com");
        yield return Case("two servers", new JsonArray(Issuer, "https://evil.example.com"));
        yield return Case("issuer twice", new JsonArray(Issuer, Issuer));
        yield return Case("issuer and token endpoint", new JsonArray(Issuer, TokenUrl));
        yield return Case("empty", new JsonArray());
        yield return Case("nested", new JsonArray(new JsonArray(Issuer)));
        yield return Case("number", 7);
        yield return Case("object", new JsonObject { ["iss"] = Issuer });

        static TestCaseData Case(string name, JsonNode? audience) =>
            new TestCaseData(audience?.ToJsonString() ?? "null").SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(WrongAudiences)), Rfc("7523-3-6")]
    public void The_audience_is_the_issuer_and_nothing_else(string audience) =>
        Problem(c => c["aud"] = JsonNode.Parse(audience)).Should().StartWith("aud");

    [TestCase("\"https://auth.example.com\\ud800\"")]
    [TestCase("[\"https://auth.example.com\\udc00\"]")]
    public void An_audience_that_is_no_text_after_its_beginning_is_refused(string audience)
    {
        var payload = Claims(c => c["aud"] = "?").ToJsonString().Replace("\"?\"", audience, StringComparison.Ordinal);
        var assertion = ClientAssertion.Read(key.SignText("{\"alg\":\"ES256\"}", payload))!;

        assertion.Problem(Client, new ServerSettings(Given.Options()), now).Should().StartWith("aud");
    }

    [Test, Rfc("7523-3-6")]
    public void Old_clients_may_name_the_token_endpoint_where_the_host_says_so_and_no_other_server_beside_it()
    {
        foreach (var audience in new JsonNode[] { TokenUrl, Issuer, new JsonArray(TokenUrl), new JsonArray(Issuer, TokenUrl) })
            Problem(c => c["aud"] = audience, o => o.AcceptTokenEndpointAudience = true).Should().BeNull(audience.ToJsonString());
        foreach (var audience in new JsonNode[] { Issuer + "/oauth2/introspect", new JsonArray(TokenUrl, "https://evil.example.com") })
            Problem(c => c["aud"] = audience, o => o.AcceptTokenEndpointAudience = true).Should().NotBeNull(audience.ToJsonString());
    }

    [TestCase("iss", "other"), TestCase("iss", null), TestCase("sub", "other")]
    [Rfc("7523-3-1"), Rfc("7523-3-2")]
    public void Issuer_and_subject_are_the_client(string claim, string? value) =>
        Problem(c => c[claim] = value).Should().StartWith("iss and sub");

    [Test, Rfc("7523-3-2")]
    public void Without_a_subject_it_names_no_client()
    {
        foreach (var subject in new JsonNode?[] { null, "", 7, new JsonArray("app") })
            ClientAssertion.Read(key.Sign(Claims(c => c["sub"] = subject))).Should().BeNull();
    }

    // Seconds from now. 30 seconds of another clock are forgiven, 10 minutes are the longest life.
    [TestCase("exp", 60, null)]
    [TestCase("exp", -29, null)]
    [TestCase("exp", -30, "expired")]
    [TestCase("exp", -3600, "expired")]
    [TestCase("exp", 630, null)]
    [TestCase("exp", 631, "more than 10 minutes ahead")]
    [TestCase("nbf", 30, null)]
    [TestCase("nbf", 31, "nbf")]
    [TestCase("iat", 30, null)]
    [TestCase("iat", 31, "future")]
    [TestCase("iat", -630, null)]
    [TestCase("iat", -631, "ago")]
    [Rfc("7523-3-3"), Rfc("7523-3-4"), Rfc("7523-3-5")]
    public void Its_times_are_near(string claim, int seconds, string? problem)
    {
        var found = Problem(c => c[claim] = now.ToUnixTimeSeconds() + seconds);

        if (problem is null)
            found.Should().BeNull();
        else
            found.Should().Contain(problem);
    }

    [TestCase("exp", null)]
    [TestCase("exp", "\"1000\"")]
    [TestCase("exp", "1e300")]
    [TestCase("exp", "253402300799")]
    [TestCase("exp", "-1")]
    [TestCase("nbf", "\"0\"")]
    [TestCase("nbf", "null")]
    [TestCase("iat", "[]")]
    [TestCase("iat", "true")]
    [Rfc("7523-3-3"), Rfc("7523-3-5"), Rfc("7523-3-10")]
    public void A_time_that_is_none_is_wrong_and_not_absent(string claim, string? json) =>
        Problem(c =>
            {
                c.Remove(claim);
                if (json is not null)
                    c[claim] = JsonNode.Parse(json);
            })
            .Should()
            .NotBeNull();

    [Test, Rfc("7523-3-8")]
    public void Without_a_jti_it_could_be_used_twice()
    {
        foreach (var id in new JsonNode?[] { null, "", 7 })
            Problem(c => c["jti"] = id).Should().Contain("jti");
    }

    [Test]
    public void The_registered_algorithm_is_the_only_one()
    {
        Problem(_ => { }, client: Client with { TokenEndpointAuthSigningAlg = "ES256" }).Should().BeNull();
        Problem(_ => { }, client: Client with { TokenEndpointAuthSigningAlg = "RS256" }).Should().Contain("RS256");
    }

    [Test]
    public void The_note_of_its_use_is_of_one_client_and_outlives_it()
    {
        var one = Read(c => c["jti"] = "one");

        one.TicketKey().Should().Be(Read(c => (c["jti"], c["exp"]) = ("one", 7)).TicketKey());
        one.TicketKey().Should().NotBe(Read(c => c["jti"] = "other").TicketKey());
        one.TicketKey().Should().NotBe(Read(c => (c["jti"], c["sub"]) = ("one", "other")).TicketKey()).And.NotContain("one");
        // Ids that run into each other are different.
        Read(c => (c["sub"], c["jti"]) = ("a", "bc"))
            .TicketKey()
            .Should()
            .NotBe(Read(c => (c["sub"], c["jti"]) = ("ab", "c")).TicketKey());
        one.UsedUntil().Should().BeAfter(now.AddSeconds(60) + ClientAssertion.Skew);
    }

    [Test]
    public void The_profile_takes_no_PKCS_1_and_no_list_of_audiences()
    {
        static void Fapi2(HqOAuth2Options o) => o.Profile = SecurityProfile.Fapi2;

        Problem(_ => { }, Fapi2).Should().BeNull();
        Problem(c => c["aud"] = new JsonArray(Issuer), Fapi2).Should().StartWith("aud");
        var (old, current) = (ProofKey.New("RS256"), ProofKey.New("PS256"));
        var settings = new ServerSettings(Given.Options(Fapi2));
        ClientAssertion.Read(old.Sign(Claims(_ => { })))!.Problem(Client, settings, now).Should().Contain("does not allow RS256");
        ClientAssertion.Read(current.Sign(Claims(_ => { })))!.Problem(Client, settings, now).Should().BeNull();
    }

    [Test, Rfc("7523-3-6")]
    public void An_assertion_for_nobody_is_refused()
    {
        Problem(c => c.Remove("aud")).Should().StartWith("aud");
        Problem(c => c["aud"] = new JsonArray(), o => o.AcceptTokenEndpointAudience = true).Should().StartWith("aud");
    }

    [Test]
    public void The_first_problem_is_named()
    {
        Problem(c => c.Remove("exp")).Should().Be("the assertion has no exp");
        Problem(c =>
            {
                c["exp"] = 7;
                c.Remove("jti");
            })
            .Should()
            .Be("the assertion has expired");
    }

    [Test]
    public void The_note_of_its_use_has_a_name_of_its_own_and_an_end()
    {
        var one = Read(c => c["jti"] = "one");

        one.TicketKey().Should().MatchRegex("^jti:[0-9a-f]{64}$");
        one.UsedUntil().Should().Be(now.AddSeconds(60 + 30 + 300));
    }

    private static Client Client => Given.Client("app", ClientType.Confidential);

    private static string? Problem(
        Action<JsonObject> change,
        Action<HqOAuth2Options>? configure = null,
        string? type = null,
        Client? client = null
    ) => ClientAssertion.Read(key.Sign(Claims(change), type))!.Problem(client ?? Client, new ServerSettings(Given.Options(configure)), now);

    private static ClientAssertion Read(Action<JsonObject> change) => ClientAssertion.Read(key.Sign(Claims(change)))!;

    private static JsonObject Claims(Action<JsonObject> change)
    {
        var claims = Given.AssertionClaims("app");
        change(claims);
        return claims;
    }
}
