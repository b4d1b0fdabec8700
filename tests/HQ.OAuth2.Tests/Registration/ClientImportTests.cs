using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientImportTests
{
    private const string Hash = "$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    private static readonly ClientMetadata confidential = new()
    {
        RedirectUris = [Given.RedirectUri],
        GrantTypes = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken],
        Scope = "openid read",
        ClientName = "App",
    };

    private readonly TestClock clock = new() { Now = TestClock.Start.AddTicks(7) };
    private ScriptedClientRegistry registry = null!;
    private ClientRegistrar registrar = null!;

    [SetUp]
    public void An_empty_registry()
    {
        registry = new();
        registrar = Given.Registrar(registry, clock);
    }

    [Test]
    public async Task A_client_keeps_its_id_and_its_secrets_and_is_otherwise_as_registered_by_hand()
    {
        ClientSecret[] secrets =
        [
            new() { Hash = Hash, ExpiresAt = TestClock.Start.AddDays(1) },
            new() { Hash = ForeignHashTests.Pbkdf2("other") },
            ClientSecrets.Keep("third", 4),
        ];

        var settings = new ClientSettings { Org = "acme", RequirePkce = false };
        var imported = (await registrar.ImportAsync("interactive.web", confidential, secrets, settings, default)).Value;

        imported.Secret.Should().BeNull("none was made");
        var stored = (await registry.FindAsync("interactive.web", default))!;
        stored.ToJson().Should().Be(imported.Client.ToJson());
        stored.Secrets.Should().BeEquivalentTo(secrets);
        (stored.Provenance, stored.Type, stored.Org, stored.RequirePkce, stored.CreatedAt)
            .Should()
            .Be((ClientProvenance.Api, ClientType.Confidential, "acme", false, TestClock.Start));
        stored.Scope!.ToString().Should().Be("read", "what this server does not have is left out");
        stored.RedirectUris.Should().Equal(Given.RedirectUri);
    }

    [Test]
    public async Task A_second_import_changes_nothing()
    {
        (await registrar.ImportAsync("web", confidential, [new() { Hash = Hash }], null, default)).Error.Should().BeNull();
        var first = (await registry.FindAsync("web", default))!.ToJson();

        var again = await registrar.ImportAsync(
            "web",
            confidential with
            {
                ClientName = "Other",
            },
            [ClientSecrets.Keep("x", 4)],
            null,
            default
        );

        again.Error!.Description.Should().Contain("client_id");
        (await registry.FindAsync("web", default))!.ToJson().Should().Be(first);
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        ClientSecret[] one = [new() { Hash = Hash }];
        yield return Case("client_id", confidential, one, id: "");
        yield return Case("client_id", confidential, one, id: "my app");
        yield return Case("client_id", confidential, one, id: "https://app.example.com/client");
        yield return Case("redirect_uri", confidential with { RedirectUris = ["http://app.example.com/cb"] }, one);
        yield return Case("grant_types", confidential with { GrantTypes = ["implicit"] }, one);
        yield return Case("scope", confidential with { Scope = "openid profile" }, one);
        yield return Case("token_endpoint_auth_method", confidential, []);
        yield return Case("token_endpoint_auth_method", confidential with { TokenEndpointAuthMethod = "none" }, one);
        yield return Case("secrets", confidential, [.. one, new() { Hash = "the-secret-itself" }]);
        yield return Case("secrets", confidential, [new() { Hash = Hash["$sha256$".Length..] }]);
        yield return Case("org", confidential, one, new() { Org = "a\0" });
    }

    [TestCaseSource(nameof(Wrong))]
    public async Task What_does_not_fit_is_named_and_nothing_is_stored(
        string named,
        ClientMetadata metadata,
        ClientSecret[] secrets,
        ClientSettings? settings,
        string id
    )
    {
        var outcome = await registrar.ImportAsync(id, metadata, secrets, settings, default);

        var error = outcome.Error!;
        (error.Code + " " + error.Description).Should().Contain(named).And.NotContain("the-secret-itself");
        (await registry.FindAsync(id, default)).Should().BeNull();
    }

    private static TestCaseData Case(
        string named,
        ClientMetadata metadata,
        ClientSecret[] secrets,
        ClientSettings? settings = null,
        string id = "app"
    ) => new TestCaseData(named, metadata, secrets, settings, id).SetArgDisplayNames(named);
}
