using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>A change by the client or by an administrator: the parts that it keeps and removes, and its events.</summary>
internal sealed class ClientChangeTests
{
    private static readonly ClientMetadata confidential = new() { RedirectUris = [Given.RedirectUri], ClientName = "App" };
    private static readonly ClientMetadata open = confidential with { TokenEndpointAuthMethod = "none" };

    private readonly TestClock clock = new();
    private ScriptedClientRegistry registry = null!;
    private RecordingEvents events = null!;
    private RecordingLogger<EventPublisher> log = null!;
    private ClientRegistrar registrar = null!;

    [SetUp]
    public void An_empty_registry()
    {
        (registry, events, log) = (new(), new(), new());
        registrar = Given.Registrar(registry, clock, log: log, listeners: events);
    }

    [TestCase(null, "acme")]
    [TestCase("other", "other")]
    public async Task An_administrator_moves_a_client_to_another_organization_or_leaves_it_where_it_is(string? named, string org)
    {
        var id = (await registrar.RegisterAsync(confidential, new() { Org = "acme" }, default)).Value.Client.ClientId;

        (await registrar.UpdateAsync(id, confidential, new() { Org = named }, null, default)).Value.Client.Org.Should().Be(org);
    }

    [TestCase(true, "read", true)]
    [TestCase(true, null, false)]
    [TestCase(false, "read", false)]
    [TestCase(false, null, false)]
    public async Task A_scope_that_an_administrator_names_is_the_ceiling_of_a_client_that_registered_itself(
        bool itself,
        string? scope,
        bool isCeiling
    )
    {
        var id = (itself ? await registrar.SelfRegisterAsync(open, default) : await registrar.RegisterAsync(open, null, default))
            .Value
            .Client
            .ClientId;

        var changed = (await registrar.UpdateAsync(id, open with { Scope = scope }, new(), null, default)).Value;

        changed.Client.ScopeIsCeiling.Should().Be(isCeiling);
    }

    [TestCase("write", "write")]
    [TestCase(null, "read delete")]
    public async Task A_client_changes_its_own_scope_unless_an_administrator_set_it(string? set, string scope)
    {
        var id = (await registrar.SelfRegisterAsync(open, default)).Value.Client.ClientId;
        await registrar.UpdateAsync(id, open with { Scope = set }, new(), null, default);

        var changed = (await OwnAsync(id, open with { Scope = "read delete", ClientName = "Mine" })).Value.Client;

        (changed.Scope!.ToString(), changed.ClientName).Should().Be((scope, "Mine"));
    }

    [Test]
    public async Task A_client_that_becomes_public_loses_its_secrets()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;

        var changed = (await registrar.UpdateAsync(id, open, new(), null, default)).Value;

        changed.Secret.Should().BeNull();
        changed.Client.Secrets.Should().BeEmpty();
        (await registrar.UpdateAsync(id, confidential, new(), null, default)).Value.Secret.Should().StartWith("hqs_");
    }

    [Test]
    public async Task A_change_that_makes_a_client_too_large_changes_nothing()
    {
        var client = (await registrar.SelfRegisterAsync(open, default)).Value.Client;
        var own = (await registrar.RegisterAsync(open, null, default)).Value.Client;
        string[] many = [.. Enumerable.Range(0, 50).Select(i => $"https://app.example.com/{new string('a', 400)}{i}")];

        (await OwnAsync(client.ClientId, open with { RedirectUris = many })).Error.Should().Be(OAuthError.RegistrationTooLarge);
        (await registrar.UpdateAsync(own.ClientId, open, new() { Introspects = many }, null, default))
            .Error.Should()
            .Be(OAuthError.RegistrationTooLarge);

        (await registry.FindAsync(client.ClientId, default))!.ToJson().Should().Be(client.ToJson());
        (await registry.FindAsync(own.ClientId, default))!.ToJson().Should().Be(own.ToJson());
    }

    [Test]
    public async Task Each_change_is_an_event_and_what_a_client_left_out_is_logged()
    {
        var id = (await registrar.SelfRegisterAsync(confidential, default)).Value.Client.ClientId;
        await registrar.UpdateAsync(id, confidential, new(), null, default);
        await registrar.RotateSecretAsync(id, TimeSpan.Zero, null, default);
        log.Lines.Should().NotContain(l => l.Contains("was taken without"));
        await OwnAsync(id, confidential with { Scope = "read openid" });
        await registrar.RemoveAsync(id, null, default);
        await registrar.RemoveAsync(id, null, default);

        log.Lines.Should().ContainSingle(l => l.Contains("was taken without")).Which.Should().EndWith("scope (openid)");
        events
            .All.Where(e => e is not OAuthEvent.AuthorizationRevoked)
            .Select(e => e.GetType())
            .Should()
            .Equal(
                typeof(OAuthEvent.ClientRegistered),
                typeof(OAuthEvent.ClientChanged),
                typeof(OAuthEvent.ClientSecretRotated),
                typeof(OAuthEvent.ClientChanged),
                typeof(OAuthEvent.ClientRemoved)
            );
    }

    [Test]
    public async Task A_removal_that_is_interrupted_leaves_a_client_that_can_do_nothing()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        registry.Removals.Enqueue((_, _) => throw new IOException("down"));

        await registrar.Awaiting(r => r.RemoveAsync(id, null, default).AsTask()).Should().ThrowAsync<IOException>();

        var left = (await registry.FindAsync(id, default))!;
        left.Disabled.Should().BeTrue();
        (left.GrantTypes.Count, left.RedirectUris.Count, left.Secrets.Count).Should().Be((0, 0, 0));
        events.All.Should().NotContain(e => e is OAuthEvent.ClientRemoved);
    }

    [Test]
    public async Task A_client_that_is_read_during_its_removal_is_not_remembered()
    {
        var memory = new ClientCache(new ServerSettings(Given.Options()), clock);
        registrar = Given.Registrar(registry, clock, memory: memory);
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        registry.Removals.Enqueue(
            async (inner, removed) =>
            {
                memory.Remember((await inner.FindAsync(removed, default))!, memory.BeforeRead());
                return await inner.TryRemoveAsync(removed, default);
            }
        );

        await registrar.RemoveAsync(id, null, default);

        memory.TryGet(id, out _).Should().BeFalse();
    }

    [Test]
    public async Task A_turn_that_ends_is_given_to_the_next_at_once()
    {
        var turns = new ClientTurns { Longest = TimeSpan.FromMinutes(10) };
        var held = await turns.TakeAsync("a", default);
        var waiting = turns.TakeAsync("a", default).AsTask();
        waiting.IsCompleted.Should().BeFalse();

        held!.Dispose();

        using var next = await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        next.Should().NotBeNull();
    }

    private Task<Outcome<RegisteredClient>> OwnAsync(string id, ClientMetadata metadata) =>
        registrar.UpdateOwnAsync(id, metadata, _ => new((OAuthError?)null), default).AsTask();
}
