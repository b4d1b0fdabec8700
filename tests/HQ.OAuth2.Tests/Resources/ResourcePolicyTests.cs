using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ResourcePolicyTests
{
    private const string Listed = "https://api.example/t1?x=1";

    private static readonly HqOAuth2Options options = Given.Options(o =>
    {
        var listed = new ResourceOptions
        {
            Identifier = Listed,
            Name = "The API",
            AccessTokenFormat = AccessTokenFormat.Opaque,
        };
        listed.Scopes.Add("read");
        o.Resources.Add(listed);
        o.Resources.Add(new() { Identifier = "https://mcp.example" });
    });

    private readonly ResourcePolicy policy = new(options);

    [TestCase("mcp.example.com")]
    [TestCase("/mcp")]
    [TestCase("//m.example/mcp")]
    [TestCase("https://m.example/#x")]
    [TestCase("https://m.example/#")]
    [TestCase("https://m.example/ x")]
    [TestCase("https://m.example/é")]
    [TestCase("https://m.example/\r\n")]
    [TestCase("https://")]
    [TestCase("")]
    [Rfc("8707-2-1")]
    public void A_resource_is_an_absolute_uri_without_fragment(string resource)
    {
        ResourcePolicy.IsResourceUri(resource).Should().BeFalse();
        new ResourcePolicy(Given.Options(o => o.Resources.Add(new() { Identifier = "*" })))
            .Resolve([resource])
            .Error.ShouldBe(OAuthError.InvalidTarget);
    }

    [TestCase(Listed, Listed)]
    [TestCase("HTTPS://API.example/t1?x=1", Listed)]
    [TestCase("https://mcp.example/", "https://mcp.example")]
    [TestCase("https://auth.example.com", "https://auth.example.com")]
    [TestCase("https://auth.example.com/", "https://auth.example.com")]
    [TestCase("https://auth.example.com/mcp", "https://auth.example.com/mcp")]
    [TestCase("https://auth.example.com?x=1", "https://auth.example.com?x=1")]
    [Rfc("8707-2-2"), Rfc("MCP-A.8.1-1"), Rfc("MCP-A.8.1-2")]
    public void A_known_resource_is_resolved_to_its_configured_form(string requested, string identifier)
    {
        policy.Resolve([requested]).Value.Should().Equal(identifier);
    }

    [TestCase("https://api.example/t2?x=1")]
    [TestCase("https://api.example/t1")]
    [TestCase("https://api.example/T1?x=1")]
    [TestCase("https://api.example/t1?x=1&y=2")]
    [TestCase("https://mcp.example/sub")]
    [TestCase("http://mcp.example")]
    [TestCase("https://auth.example.com.evil.example/")]
    [TestCase("https://auth.example.com@evil.example/")]
    [TestCase("https://auth.example.com:8443/")]
    [TestCase("http://auth.example.com/")]
    [TestCase("urn:x")]
    [Rfc("8707-2-4"), Rfc("8707-3-1")]
    public void What_is_neither_listed_nor_below_the_issuer_is_refused(string requested)
    {
        policy.Resolve([requested]).Error.ShouldBe(OAuthError.InvalidTarget);
        policy.Resolve(["https://mcp.example", requested]).Error.ShouldBe(OAuthError.InvalidTarget);
    }

    [Test, Rfc("8707-2-3"), Rfc("8707-2.1-2")]
    public void Several_may_be_asked_for_none_is_the_default_and_the_number_is_bounded()
    {
        policy.Resolve([Listed, "https://mcp.example/", "https://mcp.example"]).Value.Should().Equal(Listed, "https://mcp.example");
        policy.Resolve([]).Value.Should().Equal("https://auth.example.com");
        new ResourcePolicy(Given.Options(o => o.DefaultResource = Listed)).Resolve([]).Value.Should().Equal(Listed);
        policy.Resolve([.. Below(10)]).Value.Should().HaveCount(10);
        policy.Resolve([.. Below(11)]).Error.ShouldBe(OAuthError.InvalidTarget);
    }

    [Test]
    public void A_star_allows_any_well_formed_one_verbatim()
    {
        var any = new ResourcePolicy(Given.Options(o => o.Resources.Add(new() { Identifier = "*" })));

        any.Resolve(["HTTPS://Any.example/X"]).Value.Should().Equal("HTTPS://Any.example/X");
    }

    [TestCase("https://auth.example.com/mcp/", "https://auth.example.com/mcp")]
    [TestCase("https://auth.example.com/mcp", "https://auth.example.com/mcp")]
    [TestCase("HTTPS://AUTH.example.com/mcp/", "https://auth.example.com/mcp")]
    [TestCase("https://auth.example.com", "https://auth.example.com/mcp")]
    [TestCase("https://auth.example.com/", "https://auth.example.com/mcp")]
    [TestCase("https://auth.example.com/mcp/x", "https://auth.example.com/mcp/x")]
    [TestCase("https://auth.example.com/mcp//", "https://auth.example.com/mcp//")]
    [TestCase("https://auth.example.com/MCP", "https://auth.example.com/MCP")]
    public void A_slash_or_the_bare_host_means_the_api_that_is_there(string requested, string identifier)
    {
        foreach (
            var there in new ResourcePolicy[]
            {
                Serving("https://auth.example.com/mcp"),
                new(Given.Options(o => o.DefaultResource = "https://auth.example.com/mcp")),
                new(Given.Options(o => o.Resources.Add(new() { Identifier = "https://auth.example.com/mcp" }))),
            }
        )
            there.Resolve([requested]).Value.Should().Equal(identifier);
    }

    [Test]
    public void The_bare_host_is_itself_where_an_api_answers_to_it_and_is_refused_where_several_could_be_meant()
    {
        var two = Serving("https://auth.example.com/a", "https://auth.example.com/b");
        var error = two.Resolve(["https://auth.example.com/"]).Error!;
        error.Id.Should().Be(OAuthError.InvalidTarget.Id);
        error.Description.Should().EndWith("Its identifier is https://auth.example.com/a or https://auth.example.com/b");

        two.Serve("https://auth.example.com");
        two.Resolve(["https://auth.example.com/"]).Value.Should().Equal("https://auth.example.com");
    }

    [TestCase("https://mcp.example.com/mcp/")]
    [TestCase("https://mcp.example.com")]
    [TestCase("https://MCP.example.com/")]
    public void On_another_host_the_refusal_names_the_identifier(string requested)
    {
        var listed = Given.Options(o => o.Resources.Add(new() { Identifier = "https://mcp.example.com/mcp" }));
        var error = new ResourcePolicy(listed).Resolve([requested]).Error!;
        error.Code.Should().Be("invalid_target");
        error.Description.Should().EndWith("Its identifier is https://mcp.example.com/mcp");
    }

    [Test]
    public void A_resource_of_an_api_outside_the_issuers_origin_still_has_to_be_listed() =>
        Serving("https://mcp.example.com/mcp").Resolve(["https://mcp.example.com/mcp"]).Error.ShouldBe(OAuthError.InvalidTarget);

    [Test, Rfc("8707-2.2-1")]
    public void A_grant_narrows_to_what_is_asked_and_never_widens()
    {
        string[] granted = [Listed, "https://mcp.example"];

        policy.Narrow(granted, []).Value.Should().Equal(granted);
        policy.Narrow(granted, ["https://MCP.example/"]).Value.Should().Equal("https://mcp.example");
        policy.Narrow(granted, ["https://auth.example.com"]).Error.ShouldBe(OAuthError.InvalidTarget);
        policy.Narrow(granted, [Listed, "https://auth.example.com"]).Error.ShouldBe(OAuthError.InvalidTarget);
        policy.Narrow(granted, ["junk"]).Error.ShouldBe(OAuthError.InvalidTarget);
    }

    [Test, Rfc("8707-2.2-3")]
    public void Scope_is_reduced_to_what_the_resource_understands()
    {
        var scope = ScopeSet.Of("read", "write");

        policy.Understood(scope, [Listed]).ToString().Should().Be("read");
        policy.Understood(scope, ["https://mcp.example"]).ToString().Should().Be("read write");
        policy.Understood(scope, [Listed, "https://mcp.example"]).ToString().Should().Be("read write");
    }

    [Test]
    public void A_token_is_opaque_as_soon_as_one_of_its_resources_wants_it()
    {
        policy.Format(["https://mcp.example"]).Should().Be(AccessTokenFormat.Jwt);
        policy.Format(["https://mcp.example", Listed]).Should().Be(AccessTokenFormat.Opaque);
        ConsentResource.Of(Listed, policy).Name.Should().Be("The API");
        var unnamed = ConsentResource.Of("https://mcp.example", policy);
        (unnamed.Identifier, unnamed.Name, unnamed.Place).Should().Be(("https://mcp.example", null, "mcp.example"));
    }

    private static ResourcePolicy Serving(params string[] identifiers)
    {
        var serving = new ResourcePolicy(Given.Options());
        foreach (var identifier in identifiers)
            serving.Serve(identifier);
        return serving;
    }

    private static IEnumerable<string> Below(int count) => Enumerable.Range(0, count).Select(i => $"https://auth.example.com/{i}");
}
