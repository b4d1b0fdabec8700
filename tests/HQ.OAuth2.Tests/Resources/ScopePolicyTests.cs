using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ScopePolicyTests
{
    private static readonly HqOAuth2Options options = Given.Options();

    [TestCase(ClientProvenance.Api, null, "read delete", "read delete")]
    [TestCase(ClientProvenance.Api, "read", "read", "read")]
    [TestCase(ClientProvenance.Api, "read", "read write", null)]
    [TestCase(ClientProvenance.Api, "read gone", "gone", "read")]
    [TestCase(ClientProvenance.Dcr, "read", "read write", "read write")]
    [TestCase(ClientProvenance.Cimd, "read", "delete", "delete")]
    [TestCase(ClientProvenance.Dcr, "write", "unknown", "write")]
    [TestCase(ClientProvenance.Dcr, null, "WRITE", "read")]
    [Rfc("6749-3.3-6"), Rfc("6749-10.3-3")]
    public void The_registered_scope_is_the_ceiling_only_for_clients_registered_by_hand(
        ClientProvenance provenance,
        string? registered,
        string requested,
        string? granted
    )
    {
        var outcome = Client(provenance, registered).ResolveScope(requested, new(options));

        if (granted is null)
            outcome.Error.ShouldBe(OAuthError.ScopeNotAllowed);
        else
            outcome.Value.ToString().Should().Be(granted);
    }

    [TestCase(ClientProvenance.Api, null, "read")]
    [TestCase(ClientProvenance.Api, "write delete", "write delete")]
    [TestCase(ClientProvenance.Dcr, null, "read")]
    [TestCase(ClientProvenance.Dcr, "write gone", "write")]
    [Rfc("6749-3.3-4")]
    public void A_request_without_scope_gets_the_registered_scope_or_the_default(
        ClientProvenance provenance,
        string? registered,
        string granted
    )
    {
        Client(provenance, registered).ResolveScope(null, new(options)).Value.ToString().Should().Be(granted);
        Client(provenance, registered).ResolveScope(" ", new(options)).Value.ToString().Should().Be(granted);
    }

    [TestCase("read offline_access", "read", "read")]
    [TestCase("openid email profile write", "write", null)]
    [TestCase(" read  READ", "read", null)]
    [TestCase("offline_access", "", "")]
    [TestCase("openid", "", null)]
    [TestCase("", "", "")]
    [TestCase(null, "", "")]
    [Rfc("6749-3.3-1"), Rfc("6749-3.3-3")]
    public void Unknown_scopes_are_left_out_unless_the_host_refuses_them(string? requested, string left, string? strict)
    {
        new ScopePolicy(options).Known(requested).Value.ToString().Should().Be(left);
        var outcome = new ScopePolicy(Given.Options(o => o.UnknownScopes = UnknownScopes.Refuse)).Known(requested);
        if (strict is null)
            outcome.Error.ShouldBe(OAuthError.ScopeNotAllowed);
        else
            outcome.Value.ToString().Should().Be(strict);
    }

    [Test, Rfc("9700-2.3-1")]
    public void Without_a_marked_default_all_that_destroys_nothing_is_the_default()
    {
        var unmarked = Given.Options(o => o.Scopes[0].Default = false);

        new ScopePolicy(unmarked).Default.ToString().Should().Be("read write");
        new ScopePolicy(options).Default.ToString().Should().Be("read");
        new ScopePolicy(options).All.ToString().Should().Be("read write delete");
    }

    [Test, Rfc("6749-3.3-4")]
    public void Without_any_default_an_empty_request_fails()
    {
        var onlyDestructive = new HqOAuth2Options();
        onlyDestructive.Scopes.Add(new() { Name = "delete", Destructive = true });

        Given.Client().ResolveScope(null, new(onlyDestructive)).Error.ShouldBe(OAuthError.ScopeMissing);
        Client(ClientProvenance.Api, "gone").ResolveScope(null, new(options)).Error.ShouldBe(OAuthError.ScopeMissing);
    }

    [Test]
    public void A_malformed_scope_is_malformed_for_everybody()
    {
        Given.Client().ResolveScope("read\"", new(options)).Error.ShouldBe(OAuthError.MalformedScope);
    }

    private static Client Client(ClientProvenance provenance, string? scope) =>
        Given.Client() with
        {
            Provenance = provenance,
            Scope = scope is null ? null : ScopeSet.Parse(scope).Value,
        };
}
