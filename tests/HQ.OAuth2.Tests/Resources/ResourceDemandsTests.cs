using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What each listed resource decides for its tokens: scopes, proofs, format.</summary>
internal sealed class ResourceDemandsTests
{
    private const string Server = "https://auth.example.com";
    private const string Strict = "https://strict.example/Api";
    private const string Lax = "https://lax.example";

    private static readonly ResourcePolicy policy = new(
        Given.Options(o =>
        {
            var strict = new ResourceOptions { Identifier = Strict, RequireDpop = true };
            strict.Scopes.Add("read");
            o.Resources.Add(strict);
            o.Resources.Add(new() { Identifier = Lax, AccessTokenFormat = AccessTokenFormat.Opaque });
        })
    );

    private static readonly ResourcePolicy plain = new(Given.Options(o => o.Resources.Add(new() { Identifier = Lax })));

    [TestCase("write", Strict, true)]
    [TestCase("write delete", Strict, true)]
    [TestCase("read write", Strict, false)]
    [TestCase("", Strict, false)]
    [TestCase("write", Lax, false)]
    [TestCase("write", Strict + " " + Lax, false)]
    [Rfc("8707-2.2-3")]
    public void A_scope_of_which_the_audience_understands_nothing_is_refused(string scope, string audience, bool refused)
    {
        var error = policy.ScopeMismatch(ScopeSet.Parse(scope).Value, audience.Split(' '));

        if (refused)
            (error!.Id, error.Reason).Should().Be((OAuthError.InvalidTarget.Id, $"no scope of '{scope}' is among those of '{audience}'"));
        else
            error.Should().BeNull();
    }

    [Test]
    public void Where_no_resource_lists_scopes_each_understands_all()
    {
        var scope = ScopeSet.Of("read", "write");

        plain.Understood(scope, [Lax]).Should().BeSameAs(scope);
        plain.ScopeMismatch(scope, [Lax]).Should().BeNull();
        plain.ScopeMismatch(ScopeSet.Empty, [Lax]).Should().BeNull();
        new ResourcePolicy(Given.Options()).ScopeMismatch(scope, [Server]).Should().BeNull();
    }

    [TestCase(Strict, true)]
    [TestCase("HTTPS://STRICT.example/Api", true)]
    [TestCase("https://strict.example/api", false)]
    [TestCase(Lax, false)]
    [TestCase(Server, false)]
    public void A_proof_is_demanded_for_the_resource_that_says_so(string identifier, bool demanded)
    {
        policy.DemandsProof(identifier).Should().Be(demanded);
        policy.OneDemandsProof([Lax, identifier]).Should().Be(demanded);
        policy.WithoutProof([Lax, identifier]).Should().Equal(demanded ? [Lax] : [Lax, identifier]);
        plain.DemandsProof(identifier).Should().BeFalse("no resource there demands one");
    }

    [Test]
    public void The_refusal_of_a_request_without_a_proof_names_the_resource_that_demands_it()
    {
        var error = policy.DemandsProof([Lax, Strict])!;

        (error.Id, error.Reason).Should().Be((OAuthError.ProofMissing.Id, $"requireDpop of the resource {Strict} demands one"));
        policy.DemandsProof([Lax, Server]).Should().BeNull();
        policy.DemandsProof([]).Should().BeNull();
        plain.DemandsProof([Lax]).Should().BeNull();
    }

    [TestCase(AccessTokenFormat.Jwt, Lax, AccessTokenFormat.Opaque)]
    [TestCase(AccessTokenFormat.Jwt, Server, AccessTokenFormat.Jwt)]
    [TestCase(AccessTokenFormat.Opaque, Server, AccessTokenFormat.Opaque)]
    [TestCase(AccessTokenFormat.Opaque, Strict, AccessTokenFormat.Opaque)]
    public void A_resource_without_a_format_of_its_own_has_that_of_the_server(
        AccessTokenFormat server,
        string audience,
        AccessTokenFormat format
    )
    {
        var options = Given.Options(o =>
        {
            o.AccessTokenFormat = server;
            o.Resources.Add(new() { Identifier = Lax, AccessTokenFormat = AccessTokenFormat.Opaque });
        });

        new ResourcePolicy(options).Format([audience]).Should().Be(format);
        new ResourcePolicy(Given.Options(o => o.AccessTokenFormat = server)).Format([audience]).Should().Be(server);
    }

    [Test]
    public void A_grant_for_several_resources_narrows_to_some_of_them()
    {
        string[] granted = [Strict, Lax, Server];

        policy.Narrow(granted, [Lax, Strict]).Value.Should().Equal(Strict, Lax);
    }

    [Test]
    public void A_server_without_an_issuer_knows_no_resource_as_its_own()
    {
        var disabled = new ResourcePolicy(new() { DefaultResource = "urn:api" });

        disabled.Resolve(["urn:api"]).Value.Should().Equal("urn:api");
        disabled.IsServer("urn:api").Should().BeFalse();
    }

    [Test]
    public void An_identifier_that_is_listed_twice_has_the_settings_of_the_first()
    {
        var twice = new ResourcePolicy(
            Given.Options(o =>
            {
                o.Resources.Add(new() { Identifier = "urn:api", Name = "First" });
                o.Resources.Add(new() { Identifier = "urn:api", Name = "Second" });
            })
        );

        twice.NameOf("urn:api").Should().Be("First");
    }

    [Test]
    public void A_listed_resource_keeps_its_form_where_it_is_the_default_one_too()
    {
        var listed = new ResourcePolicy(Given.Options(o => o.Resources.Add(new() { Identifier = "https://AUTH.example.com/" })));

        listed.Resolve([Server]).Value.Should().Equal("https://AUTH.example.com/");
        listed.Resolve([]).Value.Should().Equal(Server);
    }

    [TestCase("urn:api", "urn:api", true)]
    [TestCase("urn:api", "URN:api", false)]
    [TestCase("urn:api/", "urn:api", false)]
    [TestCase("https://a.example", "https://a.example/", true)]
    [TestCase("https://a.example", "HTTPS://A.EXAMPLE", true)]
    [TestCase("https://a.example", "HTTPS://A.EXAMPLE/", true)]
    [TestCase("https://a.example?x", "https://A.example?x", true)]
    [TestCase("https://a.example?x", "https://a.example?X", false)]
    [TestCase("https://a.example/x", "https://a.example/x/", false)]
    [TestCase("https://a.example/x", "https://a.example/X", false)]
    [TestCase("://a.example/x", "://A.example/x", true)]
    [TestCase("https:///X", "HTTPS:///X", true)]
    [TestCase("https:///X", "https:///x", false)]
    public void Identifiers_differ_in_all_but_the_case_of_scheme_and_host(string a, string b, bool same) =>
        ResourcePolicy.SameResource(a, b).Should().Be(same);
}
