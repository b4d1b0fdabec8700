using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What a registration gets beside its metadata: id, secret, organization and management token, and what it tells.</summary>
internal sealed class RegistrationRulesTests
{
    private static readonly ClientMetadata confidential = new() { RedirectUris = [Given.RedirectUri], ClientName = "App" };
    private static readonly ClientMetadata open = confidential with { TokenEndpointAuthMethod = "none" };
    private static readonly ClientSecret secret = ClientSecrets.Keep("a secret", 4);

    private readonly TestClock clock = new();
    private ScriptedClientRegistry registry = null!;
    private RecordingEvents events = null!;
    private RecordingLogger<EventPublisher> log = null!;
    private ClientRegistrar registrar = null!;

    [SetUp]
    public void An_empty_registry() => registrar = Registrar();

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_generated_id_has_a_form_that_no_other_id_has(bool itself) =>
        (await RegisteredAsync(itself, confidential)).Client.ClientId.Should().MatchRegex("^hqc_[A-Za-z0-9_-]{22}$");

    [TestCase(false)]
    [TestCase(true)]
    public async Task Only_a_client_whose_method_needs_a_secret_gets_one(bool itself)
    {
        var (with, without) = (await RegisteredAsync(itself, confidential), await RegisteredAsync(itself, open));

        with.Secret.Should().StartWith("hqs_");
        with.Client.Secrets.Should().ContainSingle();
        without.Secret.Should().BeNull();
        without.Client.Secrets.Should().BeEmpty();
    }

    [TestCase(true, true, true)]
    [TestCase(true, false, false)]
    [TestCase(false, true, false)]
    [TestCase(false, false, false)]
    [Rfc("7592-3-1")]
    public async Task A_client_that_registered_itself_may_manage_itself_if_the_host_allows_it(bool itself, bool allowed, bool may)
    {
        registrar = Registrar(o => o.DcrManagement = allowed);

        var registered = await RegisteredAsync(itself, confidential);

        (registered.RegistrationAccessToken is not null).Should().Be(may);
        (registered.Client.RegistrationAccessTokenHash is not null).Should().Be(may);
    }

    [TestCase("theirs", "theirs")]
    [TestCase(null, "default")]
    public async Task Its_organization_is_that_of_its_settings_or_the_default_one(string? named, string org)
    {
        var settings = new ClientSettings { Org = named };

        (await registrar.RegisterAsync(confidential, settings, default)).Value.Client.Org.Should().Be(org);
        (await registrar.ImportAsync("own", confidential, [secret], settings, default)).Value.Client.Org.Should().Be(org);
    }

    [Test]
    public async Task Each_registration_is_an_event()
    {
        await RegisteredAsync(itself: false, confidential);
        await RegisteredAsync(itself: true, confidential);
        await registrar.ImportAsync("own", open, [], null, default);
        await registrar.ImportAsync("own", open, [], null, default);

        events
            .All.Cast<OAuthEvent.ClientRegistered>()
            .Select(e => (e.Provenance, e.Org, e.RedirectUris.Single()))
            .Should()
            .Equal(
                (ClientProvenance.Api, "default", Given.RedirectUri),
                (ClientProvenance.Dcr, "default", Given.RedirectUri),
                (ClientProvenance.Api, "default", Given.RedirectUri)
            );
    }

    [Test, Rfc("7591-3.2.1-7")]
    public async Task What_is_left_out_of_a_client_that_registers_itself_is_logged()
    {
        await RegisteredAsync(itself: true, confidential with { Scope = "read openid" });
        await RegisteredAsync(itself: false, confidential with { Scope = "read openid" });

        log.Lines.Should().ContainSingle(l => l.Contains("was taken without")).Which.Should().EndWith("scope (openid)");
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("client_id: must be 1 to 200 characters of A-Z a-z 0-9 - . _ ~ :", "a b", open, []);
        yield return Case("token_endpoint_auth_method: does not fit the number of secrets", "own", open, [secret]);
        yield return Case("token_endpoint_auth_method: does not fit the number of secrets", "own", confidential, []);
        yield return Case("secrets: one of them is no hash that this server can verify", "own", confidential, [new() { Hash = "x" }]);
        yield return Case("client_id: a client of this server has it", "taken", open, []);
        yield return Case("client_id: a client of this server has it", "configured", open, []);

        static TestCaseData Case(string problem, string id, ClientMetadata metadata, ClientSecret[] secrets) =>
            new TestCaseData(problem, id, metadata, secrets).SetArgDisplayNames(problem, id);
    }

    [TestCaseSource(nameof(Refused))]
    public async Task An_import_that_is_refused_says_why(string problem, string id, ClientMetadata metadata, ClientSecret[] secrets)
    {
        registrar = Registrar(o => Configure(o, "configured"));
        await registrar.ImportAsync("taken", open, [], null, default);

        (await registrar.ImportAsync(id, metadata, secrets, null, default)).Error!.Description.Should().Be(problem);
    }

    [Test]
    public async Task A_stored_client_has_at_most_16_kibibytes()
    {
        // Eight redirect URIs of 1900 characters, and one that fills the rest.
        string[] uris = [.. Enumerable.Range(1, 8).Select(i => $"https://a.example/{i}".PadRight(1900, 'a'))];
        var least = Encoding.UTF8.GetByteCount((await ImportedAsync("a", 0)).Value.Client.ToJson());

        var largest = await ImportedAsync("b", 16 * 1024 - least);
        Encoding.UTF8.GetByteCount(largest.Value.Client.ToJson()).Should().Be(16 * 1024);
        (await ImportedAsync("c", 16 * 1024 - least + 1)).Error.Should().Be(OAuthError.RegistrationTooLarge);

        async Task<Outcome<RegisteredClient>> ImportedAsync(string id, int more) =>
            await registrar.ImportAsync(
                id,
                open with
                {
                    RedirectUris = [.. uris, "https://a.example/" + new string('a', more)],
                },
                [],
                null,
                default
            );
    }

    [Test]
    public async Task Nothing_may_be_null()
    {
        Func<Task>[] calls =
        [
            () => registrar.RegisterAsync(null!, null, default).AsTask(),
            () => registrar.ImportAsync(null!, open, [], null, default).AsTask(),
            () => registrar.ImportAsync("own", null!, [], null, default).AsTask(),
            () => registrar.ImportAsync("own", open, null!, null, default).AsTask(),
            () => registrar.UpdateAsync("own", null!, new(), null, default).AsTask(),
            () => registrar.UpdateAsync("own", open, null!, null, default).AsTask(),
        ];
        foreach (var call in calls)
            await call.Should().ThrowAsync<ArgumentNullException>();
    }

    [Test]
    public async Task A_client_of_the_configuration_is_found_first_and_the_store_is_asked_for_possible_ids_only()
    {
        registrar = Registrar(o => Configure(o, "app").ClientName = "Configured");
        await registry.TryAddAsync(Given.Client("app") with { ClientName = "Stored" }, default);

        (await registrar.FindAsync("app", default))!.ClientName.Should().Be("Configured");
        (await registrar.FindAsync(new string('a', 801), default)).Should().BeNull();
        registry.Reads.Should().Be(0);
        (await registrar.FindAsync("other", default)).Should().BeNull();
        registry.Reads.Should().Be(1);
    }

    private ClientRegistrar Registrar(Action<HqOAuth2Options>? configure = null)
    {
        (registry, events, log) = (new(), new(), new());
        var options = Given.Options(o =>
        {
            o.DefaultOrg = "default";
            configure?.Invoke(o);
        });
        return Given.Registrar(registry, clock, options: options, log: log, listeners: events);
    }

    private static ClientOptions Configure(HqOAuth2Options options, string id)
    {
        var client = new ClientOptions { ClientId = id };
        client.RedirectUris.Add(Given.RedirectUri);
        options.Clients.Add(client);
        return client;
    }

    private async Task<RegisteredClient> RegisteredAsync(bool itself, ClientMetadata metadata) =>
        (itself ? await registrar.SelfRegisterAsync(metadata, default) : await registrar.RegisterAsync(metadata, null, default)).Value;
}
