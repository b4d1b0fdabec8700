using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The metadata of a protected resource (RFC 9728).</summary>
internal sealed class ProtectedResourceTests
{
    private const string Issuer = "https://auth.example.com";

    [TestCase("https://api.example.com", "https://api.example.com", "")]
    [TestCase("https://api.example.com/", "https://api.example.com", "")]
    [TestCase("https://api.example.com/mcp", "https://api.example.com", "/mcp")]
    [TestCase("https://api.example.com/mcp/", "https://api.example.com", "/mcp/")]
    [TestCase("http://localhost:4711/a/b", "http://localhost:4711", "/a/b")]
    [Rfc("9728-3-1")]
    public void The_well_known_part_stands_between_host_and_path(string identifier, string origin, string path)
    {
        var resource = ProtectedResource.Of(identifier, settings: null, out var problem)!;

        problem.Should().BeNull();
        (resource.Identifier, resource.MetadataPath, resource.MetadataUrl)
            .Should()
            .Be((identifier, "/.well-known/oauth-protected-resource" + path, origin + "/.well-known/oauth-protected-resource" + path));
    }

    [TestCase("http://api.example.com", "is no https URL without fragment (http is for loopback only)")]
    [TestCase("https://api.example.com#x", "is no https URL without fragment (http is for loopback only)")]
    [TestCase("urn:api", "is no https URL without fragment (http is for loopback only)")]
    [TestCase("https://api.example.com/?x", "has a query: name the resource by its path")]
    public void Another_identifier_has_no_place_for_metadata(string identifier, string problem)
    {
        ProtectedResource.Of(identifier, settings: null, out var found).Should().BeNull();
        found.Should().Be(problem);
    }

    [Test]
    public void A_resource_in_this_host_is_one_that_clients_can_ask_for()
    {
        var settings = new ServerSettings(Given.Options(o => o.Resources.Add(new() { Identifier = "https://api.example.com" })));

        ProtectedResource.Of("https://api.example.com", settings, out _).Should().NotBeNull();
        ProtectedResource.Of(Issuer + "/api", settings, out _).Should().NotBeNull();
        ProtectedResource.Of("https://other.example.com", settings, out var problem).Should().BeNull();
        problem.Should().Be("is neither in resources nor below the issuer, so no client could get a token for it: add it to resources");
    }

    [TestCase("read write", "read write")]
    [TestCase("read offline_access", "read")]
    [TestCase("offline_access", null)]
    [TestCase("", null)]
    [Rfc("9728-3.2-1")]
    public void Its_scopes_are_listed_if_it_has_any(string scope, string? listed)
    {
        var document = Resource().Document(Issuer, ScopeSet.Parse(scope).Value, "Notes", demandsProof: false);

        (document.ScopesSupported is { } scopes ? string.Join(' ', scopes) : null).Should().Be(listed);
        (document.Resource, document.ResourceName).Should().Be(("https://api.example.com", "Notes"));
        document.AuthorizationServers.Should().Equal(Issuer);
        document.BearerMethodsSupported.Should().Equal("header");
    }

    [TestCase(true, true)]
    [TestCase(false, null)]
    public void The_demand_of_a_proof_is_said_with_its_algorithms(bool demands, bool? said)
    {
        var document = Resource().Document(Issuer, ScopeSet.Empty, null, demands);

        document.DpopBoundAccessTokensRequired.Should().Be(said);
        document.DpopSigningAlgValuesSupported.Should().BeEquivalentTo(demands ? DpopProofs.Algorithms : null);
    }

    private static ProtectedResource Resource() => ProtectedResource.Of("https://api.example.com", settings: null, out _)!;
}
