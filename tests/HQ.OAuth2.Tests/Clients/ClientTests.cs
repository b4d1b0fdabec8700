using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientTests
{
    [TestCase(ClientType.Confidential, "client_secret_basic", true, false)]
    [TestCase(ClientType.Confidential, "private_key_jwt", true, true)]
    [TestCase(ClientType.Confidential, "own_method", true, false)]
    [TestCase(ClientType.Confidential, "none", false, false)]
    [TestCase(ClientType.Public, "none", false, false)]
    [TestCase(ClientType.Public, "client_secret_basic", false, false)]
    [TestCase(ClientType.Public, "private_key_jwt", false, false)]
    public void A_client_proves_itself_if_it_is_confidential_and_has_a_method(ClientType type, string method, bool proves, bool byKeys)
    {
        var client = Given.Client(type: type) with { TokenEndpointAuthMethod = method };

        (client.ProvesItself, client.ProvesItselfByKeys).Should().Be((proves, byKeys));
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(800, true)]
    [TestCase(801, false)]
    public void An_id_has_1_to_800_characters(int length, bool fits) => Client.CanBeId(new('a', length)).Should().Be(fits);

    [TestCase(" ", true)]
    [TestCase("~", true)]
    [TestCase("a\u007f", false)]
    [TestCase("a\u001f", false)]
    [TestCase("\u00e4", false)]
    public void An_id_has_printable_ASCII_only(string id, bool fits) => Client.CanBeId(id).Should().Be(fits);

    [TestCase(true, "write")]
    [TestCase(false, "read")]
    public void A_document_changes_its_scope_unless_an_administrator_set_it(bool isCeiling, string scope)
    {
        var stored = Given.Client() with { Scope = ScopeSet.Of("write"), ScopeIsCeiling = isCeiling };

        var next = (Given.Client() with { Scope = ScopeSet.Of("read") }).As(stored);

        (next.Scope!.ToString(), next.ScopeIsCeiling).Should().Be((scope, isCeiling));
    }

    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(9, 5)]
    [TestCase(null, 5)]
    public void A_secret_ends_at_the_given_time_or_before(int? ends, int expected) =>
        new ClientSecret { Hash = "h", ExpiresAt = ends is { } hours ? TestClock.Start.AddHours(hours) : null }
            .EndingAt(TestClock.Start.AddHours(5))
            .ExpiresAt.Should()
            .Be(TestClock.Start.AddHours(expected));

    [Test]
    public void The_answer_to_a_registration_leaves_out_lists_without_items_and_flags_that_are_off()
    {
        var issuer = new ServerSettings(Given.Options()).Issuer;

        var bare = RegistrationResponse.Of(new(Given.Client() with { RedirectUris = [], GrantTypes = [] }, null), issuer);
        (bare.RedirectUris, bare.GrantTypes, bare.Contacts, bare.DpopBoundAccessTokens).Should().Be((null, null, null, null));

        var full = RegistrationResponse.Of(
            new(Given.Client() with { Contacts = ["a@b.example"], DpopBoundAccessTokens = true }, null),
            issuer
        );
        full.RedirectUris.Should().Equal(Given.RedirectUri);
        full.GrantTypes.Should().Equal("authorization_code", "refresh_token");
        full.Contacts.Should().Equal("a@b.example");
        full.DpopBoundAccessTokens.Should().BeTrue();
    }
}
