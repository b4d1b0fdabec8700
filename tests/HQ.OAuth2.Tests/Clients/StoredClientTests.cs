namespace HQ.OAuth2;

/// <summary>Hosts write stores: what a client of theirs must have, so that every endpoint can work with it.</summary>
internal sealed class StoredClientTests
{
    [Test]
    public void A_client_with_all_its_parts_is_usable()
    {
        StoredClient.UnusableMember(Given.Client(), "app").Should().BeNull();
        StoredClient
            .UnusableMember(
                Given.Client() with
                {
                    Secrets = [new() { Hash = "h" }],
                    Contacts = ["a@b.example"],
                    Introspects = ["*"],
                },
                "app"
            )
            .Should()
            .BeNull();
    }

    private static IEnumerable<TestCaseData> Unusable()
    {
        yield return Case("client_id", c => c with { ClientId = "App" });
        yield return Case("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = null! });
        yield return Case("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "" });
        yield return Case("secrets", c => c with { Secrets = null! });
        yield return Case("secrets", c => c with { Secrets = [new() { Hash = "h" }, null!] });
        yield return Case("secrets", c => c with { Secrets = [new() { Hash = null! }] });
        yield return Case("provenance", c => c with { Provenance = (ClientProvenance)7 });
        yield return Case("redirect_uris", c => c with { RedirectUris = null! });
        yield return Case("redirect_uris", c => c with { RedirectUris = [Given.RedirectUri, null!] });
        yield return Case("grant_types", c => c with { GrantTypes = null! });
        yield return Case("grant_types", c => c with { GrantTypes = [null!] });
        yield return Case("introspects", c => c with { Introspects = null! });
        yield return Case("introspects", c => c with { Introspects = ["*", null!] });
        yield return Case("contacts", c => c with { Contacts = null! });
        yield return Case("contacts", c => c with { Contacts = [null!] });

        static TestCaseData Case(string member, Func<Client, Client> change) => new TestCaseData(member, change).SetArgDisplayNames(member);
    }

    [TestCaseSource(nameof(Unusable))]
    public void The_member_that_makes_a_client_unusable_is_named(string member, Func<Client, Client> change) =>
        StoredClient.UnusableMember(change(Given.Client()), "app").Should().Be(member);
}
