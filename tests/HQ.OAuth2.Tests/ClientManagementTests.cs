using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What an administrator changes of a client that is there.</summary>
internal sealed class ClientManagementTests
{
    private static readonly ClientMetadata confidential = new() { RedirectUris = [Given.RedirectUri], ClientName = "App" };

    private readonly TestClock clock = new();
    private readonly InMemoryAuthorizationStore store = new();
    private ScriptedClientRegistry registry = null!;
    private ClientRegistrar registrar = null!;

    [SetUp]
    public void A_registry() => registrar = Given.Registrar(registry = new(), clock, store);

    [Test]
    public async Task A_change_keeps_what_is_not_the_administrators_to_change()
    {
        var before = (await registrar.RegisterAsync(confidential, new() { Org = "acme" }, default)).Value.Client;
        clock.Advance(TimeSpan.FromDays(1));
        var changed = (
            await registrar.UpdateAsync(before.ClientId, confidential with { ClientName = "New" }, new() { Trusted = true }, default)
        ).Value;

        changed.Secret.Should().BeNull();
        var after = (await registry.FindAsync(before.ClientId, default))!;
        (after.ClientName, after.Trusted, after.Org).Should().Be(("New", true, "acme"));
        (after.ClientId, after.Provenance, after.CreatedAt).Should().Be((before.ClientId, before.Provenance, before.CreatedAt));
        after.Secrets.Should().Equal(before.Secrets);
    }

    [Test]
    public async Task Several_rotations_keep_every_secret_for_its_own_overlap_and_no_longer()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(1), default);
        var start = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromMinutes(30));
        // A longer overlap revives nothing: the first secret keeps its own end.
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(2), default);
        (await EndsAsync(id)).Should().Equal(null, start.AddMinutes(150), start.AddMinutes(60));
        clock.Advance(TimeSpan.FromMinutes(30));
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(2), default);
        (await EndsAsync(id)).Should().Equal(null, start.AddMinutes(180), start.AddMinutes(150));
        await registrar.RotateSecretAsync(id, TimeSpan.Zero, default);
        (await EndsAsync(id)).Should().Equal([null]);
    }

    [Test]
    public async Task An_overlap_has_its_bounds()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        foreach (var overlap in new[] { TimeSpan.FromTicks(-1), ClientRegistrar.MaxOverlap + TimeSpan.FromTicks(1) })
            await registrar
                .Awaiting(r => r.RotateSecretAsync(id, overlap, default).AsTask())
                .Should()
                .ThrowAsync<ArgumentOutOfRangeException>();
        (await registrar.RotateSecretAsync(id, ClientRegistrar.MaxOverlap, default)).Value.Secret.Should().StartWith("hqs_");
    }

    [Test]
    public async Task What_is_not_there_is_not_made()
    {
        var (none, settings) = ("hqc_none", new ClientSettings());
        (await registrar.UpdateAsync(none, confidential, settings, default)).Error.Should().Be(OAuthError.NotFound);
        (await registrar.RotateSecretAsync(none, TimeSpan.Zero, default)).Error.Should().Be(OAuthError.NotFound);
        (await registrar.RemoveAsync(none, default)).Should().Be(OAuthError.NotFound);
        (await registrar.RemoveAsync("ä", default)).Should().Be(OAuthError.NotFound);
        (await registry.FindAsync(none, default)).Should().BeNull();
    }

    [Test]
    public async Task A_removal_ends_what_users_allowed()
    {
        var client = (await registrar.RegisterAsync(confidential, null, default)).Value.Client;
        var row = Given.Active(client).Row;
        await store.AddAsync(row.ToRecord(), default);
        (await registrar.RemoveAsync(client.ClientId, default)).Should().BeNull();
        (await store.FindAsync(row.Id, default)).Should().BeNull();
        (await registry.FindAsync(client.ClientId, default)).Should().BeNull();
    }

    [TestCase("not a uri")]
    [TestCase("https://api.example/#x")]
    public async Task A_resource_to_introspect_is_a_resource(string resource)
    {
        var error = (await registrar.RegisterAsync(confidential, new() { Introspects = [resource] }, default)).Error!;
        (error.Code, error.Field).Should().Be(("invalid_client_metadata", "introspects"));
    }

    [Test]
    public void Everything_that_is_wrong_is_told_at_once_and_the_first_to_a_client()
    {
        var metadata = new ClientMetadata
        {
            RedirectUris = ["javascript:x", "https://ok.example/cb"],
            GrantTypes = ["authorization_code", "password"],
            LogoUri = "http://l.example",
            Contacts = [new string('x', 300)],
        };
        var policy = ClientPolicy.ForApi(Given.Options());
        metadata.AllProblems(policy).Select(p => p.Field).Should().Equal("grant_types", "redirect_uris", "logo_uri", "contacts");
        metadata.Checked(policy).Error!.Field.Should().Be("grant_types");
    }

    private async Task<IEnumerable<DateTimeOffset?>> EndsAsync(string id) =>
        (await registry.FindAsync(id, default))!.Secrets.Select(s => s.ExpiresAt);
}
