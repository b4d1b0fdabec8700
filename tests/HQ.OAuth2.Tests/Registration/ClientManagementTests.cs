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
            await registrar.UpdateAsync(before.ClientId, confidential with { ClientName = "New" }, new() { Trusted = true }, null, default)
        ).Value;

        changed.Secret.Should().BeNull();
        var after = (await registry.FindAsync(before.ClientId, default))!;
        (after.ClientName, after.Trusted, after.Org).Should().Be(("New", true, "acme"));
        (after.ClientId, after.Provenance, after.CreatedAt).Should().Be((before.ClientId, before.Provenance, before.CreatedAt));
        after.Secrets.Should().BeEquivalentTo(before.Secrets, o => o.WithStrictOrdering());
    }

    [Test]
    public async Task Several_rotations_keep_every_secret_for_its_own_overlap_and_no_longer()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(1), null, default);
        var start = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromMinutes(30));
        // A longer overlap revives nothing: the first secret keeps its own end.
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(2), null, default);
        (await EndsAsync(id)).Should().Equal(null, start.AddMinutes(150), start.AddMinutes(60));
        clock.Advance(TimeSpan.FromMinutes(30));
        await registrar.RotateSecretAsync(id, TimeSpan.FromHours(2), null, default);
        (await EndsAsync(id)).Should().Equal(null, start.AddMinutes(180), start.AddMinutes(150));
        await registrar.RotateSecretAsync(id, TimeSpan.Zero, null, default);
        (await EndsAsync(id)).Should().Equal([null]);
    }

    [Test]
    public async Task An_overlap_has_its_bounds()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        foreach (var overlap in new[] { TimeSpan.FromTicks(-1), ClientRegistrar.MaxOverlap + TimeSpan.FromTicks(1) })
            await registrar
                .Awaiting(r => r.RotateSecretAsync(id, overlap, null, default).AsTask())
                .Should()
                .ThrowAsync<ArgumentOutOfRangeException>();
        (await registrar.RotateSecretAsync(id, ClientRegistrar.MaxOverlap, null, default)).Value.Secret.Should().StartWith("hqs_");
    }

    [Test]
    public async Task A_missing_client_is_not_created()
    {
        var (none, settings) = ("hqc_none", new ClientSettings());
        (await registrar.UpdateAsync(none, confidential, settings, null, default)).Error.Should().Be(OAuthError.NotFound);
        (await registrar.RotateSecretAsync(none, TimeSpan.Zero, null, default)).Error.Should().Be(OAuthError.NotFound);
        (await registrar.RemoveAsync(none, null, default)).Should().Be(OAuthError.NotFound);
        (await registrar.RemoveAsync("ä", null, default)).Should().Be(OAuthError.NotFound);
        (await registry.FindAsync(none, default)).Should().BeNull();
    }

    [Test]
    public async Task A_removal_ends_what_users_allowed()
    {
        var client = (await registrar.RegisterAsync(confidential, null, default)).Value.Client;
        var row = Given.Active(client).Row;
        await store.AddAsync(row.ToRecord(), default);
        (await registrar.RemoveAsync(client.ClientId, null, default)).Should().BeNull();
        (await store.FindAsync(row.Id, default)).Should().BeNull();
        (await registry.FindAsync(client.ClientId, default)).Should().BeNull();
    }

    [Test]
    public async Task A_change_that_loses_is_decided_again_on_what_is_there()
    {
        var id = (await registrar.RegisterAsync(confidential, new() { Org = "acme" }, default)).Value.Client.ClientId;
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                var there = (await inner.FindAsync(id, default))!;
                await inner.TryUpdateAsync(there with { Org = "other", Secrets = [], Version = there.Version + 1 }, default);
                return await inner.TryUpdateAsync(next, default);
            }
        );

        var changed = (await registrar.UpdateAsync(id, confidential with { ClientName = "New" }, new(), null, default)).Value;

        (changed.Client.Version, changed.Client.Org, changed.Client.ClientName).Should().Be((3, "other", "New"));
        changed.Secret.Should().NotBeNull("the secrets were gone by then");
        (await registry.FindAsync(id, default))!.ToJson().Should().Be(changed.Client.ToJson());
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_change_whose_answer_was_lost_is_ours(bool throws)
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                (await inner.TryUpdateAsync(Client.FromJson(next.ToJson()), default)).Should().BeTrue();
                return throws ? throw new IOException("lost") : false;
            }
        );

        var rotated = (await registrar.RotateSecretAsync(id, TimeSpan.FromHours(1), null, default)).Value;

        var stored = (await registry.FindAsync(id, default))!;
        (stored.Version, stored.Secrets.Count, rotated.Client.Version).Should().Be((2, 2, 2));
        stored.Secrets.Should().BeEquivalentTo(rotated.Client.Secrets, o => o.WithStrictOrdering());
    }

    [Test]
    public async Task Changes_of_one_client_take_turns_so_that_nobody_loses_each_round()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        var other = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                begun.SetResult();
                await goOn.Task;
                return await inner.TryUpdateAsync(next, default);
            }
        );
        var first = RotateAsync(id);
        await begun.Task;
        var reads = registry.Reads;

        using var leaving = new CancellationTokenSource();
        var left = RotateAsync(id, leaving.Token);
        var second = RotateAsync(id);
        registry.Reads.Should().Be(reads, "it would decide on a row that is being changed");
        (await RotateAsync(other)).Failed(out _, out _).Should().BeFalse("another client waits for nobody");
        await leaving.CancelAsync();
        await left.Awaiting(l => l).Should().ThrowAsync<OperationCanceledException>();
        goOn.SetResult();

        (await first).Value.Client.Version.Should().Be(2);
        (await second).Value.Client.Version.Should().Be(3);
        (await RotateAsync(id)).Value.Client.Version.Should().Be(4, "the caller that left took no turn with it");

        Task<Outcome<RegisteredClient>> RotateAsync(string clientId, CancellationToken ct = default) =>
            registrar.RotateSecretAsync(clientId, TimeSpan.Zero, null, ct).AsTask();
    }

    [Test]
    public async Task Turns_are_forgotten_when_nobody_waits()
    {
        var turns = new ClientTurns();
        var held = await turns.TakeAsync("a", default);
        using (await turns.TakeAsync("b", default))
        {
            var waiting = turns.TakeAsync("a", new(true)).AsTask();
            await waiting.Awaiting(w => w).Should().ThrowAsync<OperationCanceledException>();
            turns.Count.Should().Be(2);
        }

        held!.Dispose();
        turns.Count.Should().Be(0);
    }

    [Test]
    public async Task A_change_that_hangs_holds_up_no_other_one_for_long()
    {
        var turns = new ClientTurns { Longest = TimeSpan.FromMilliseconds(20) };
        var hangs = await turns.TakeAsync("a", default);

        (await turns.TakeAsync("a", default)).Should().BeNull("the swap decides, without a turn");

        hangs!.Dispose();
        using var next = await turns.TakeAsync("a", default);
        next.Should().NotBeNull();
    }

    [Test]
    public async Task A_store_that_fails_before_the_change_is_a_failure()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        registry.Updates.Enqueue((_, _) => throw new IOException("down"));

        await registrar.Awaiting(r => r.RotateSecretAsync(id, TimeSpan.Zero, null, default).AsTask()).Should().ThrowAsync<IOException>();
        (await registry.FindAsync(id, default))!.Version.Should().Be(1);
    }

    [Test]
    public async Task A_client_that_others_change_all_the_time_is_a_conflict()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        for (var i = 0; i < 50; i++)
            registry.Updates.Enqueue((_, _) => Task.FromResult(false));

        (await registrar.UpdateAsync(id, confidential, new(), null, default)).Error.Should().Be(OAuthError.ClientChangedMeanwhile);
        (await registrar.UpdateAsync(id, confidential, new(), null, default)).Error.Should().BeNull();
    }

    [Test]
    public async Task A_client_removed_while_it_is_changed_is_not_made_again()
    {
        var id = (await registrar.RegisterAsync(confidential, null, default)).Value.Client.ClientId;
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                await inner.TryRemoveAsync(id, default);
                return await inner.TryUpdateAsync(next, default);
            }
        );

        (await registrar.UpdateAsync(id, confidential, new(), null, default)).Error.Should().Be(OAuthError.NotFound);
        (await registry.FindAsync(id, default)).Should().BeNull();
    }

    [Test]
    public async Task A_change_for_another_version_changes_nothing()
    {
        var client = (await registrar.RegisterAsync(confidential, null, default)).Value.Client;
        foreach (var version in new long[] { 0, 2, -1 })
        {
            var errors = new[]
            {
                (await registrar.UpdateAsync(client.ClientId, confidential, new(), version, default)).Error!,
                (await registrar.RotateSecretAsync(client.ClientId, TimeSpan.Zero, version, default)).Error!,
                (await registrar.RemoveAsync(client.ClientId, version, default))!,
            };
            errors.Select(e => (e.Status, e.Id)).Should().AllBeEquivalentTo((412, OAuthError.ClientVersionDiffers.Id));
        }

        (await registry.FindAsync(client.ClientId, default))!.ToJson().Should().Be(client.ToJson());
        (await registrar.RotateSecretAsync(client.ClientId, TimeSpan.Zero, 1, default)).Value.Client.Version.Should().Be(2);
        (await registrar.RemoveAsync(client.ClientId, 2, default)).Should().BeNull();
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
        var policy = ClientPolicy.ForApi(new ServerSettings(Given.Options()));
        metadata.AllProblems(policy).Select(p => p.Field).Should().Equal("grant_types", "redirect_uris", "logo_uri", "contacts");
        metadata.Checked(policy).Error!.Field.Should().Be("grant_types");
    }

    private async Task<IEnumerable<DateTimeOffset?>> EndsAsync(string id) =>
        (await registry.FindAsync(id, default))!.Secrets.Select(s => s.ExpiresAt);
}
