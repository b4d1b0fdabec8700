using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>Each broken registry fails the test of the kit that is there for it.</summary>
internal sealed class RegistryKitTests
{
    [Test]
    public Task A_registry_where_two_who_add_both_win() =>
        IsCaughtAsync(s => new LooksThenAdds(s), k => k.Of_fifty_who_add_one_id_one_wins());

    [Test]
    public Task A_registry_whose_update_inserts() => IsCaughtAsync(s => new Upserts(s), k => k.An_update_never_inserts());

    [Test]
    public Task A_registry_whose_update_does_not_compare_the_version() =>
        IsCaughtAsync(s => new OverwritesAnyVersion(s), k => k.An_update_for_another_version_changes_nothing());

    [Test]
    public Task A_registry_whose_update_looks_at_the_version_and_then_writes() =>
        IsCaughtAsync(s => new LooksThenUpdates(s), k => k.Of_fifty_who_update_one_version_one_wins());

    [Test]
    public Task A_registry_whose_update_brings_a_removed_client_back() =>
        IsCaughtAsync(s => new UpdatesByRemovingAndAdding(s), k => k.A_client_removed_while_it_is_updated_stays_removed());

    [Test]
    public Task A_registry_whose_noted_use_counts_as_a_version() =>
        IsCaughtAsync(s => new CountsUses(s), k => k.The_day_of_the_last_use_moves_forward_only_and_nothing_else_moves());

    [Test]
    public Task A_registry_that_ignores_the_keys_of_names() =>
        IsCaughtAsync(s => new IgnoresNameKeys(s), k => k.Clients_are_listed_by_the_keys_of_their_names());

    [Test]
    public Task A_registry_that_counts_all_clients() => IsCaughtAsync(s => new CountsAll(s), k => k.Clients_are_counted_by_provenance());

    [Test]
    public Task A_registry_whose_update_overwrites_the_last_use() =>
        IsCaughtAsync(s => new OverwritesTheDay(s), k => k.An_update_replaces_everything_except_the_day_of_the_last_use());

    [Test]
    public Task A_registry_whose_noted_use_overwrites_the_client() =>
        IsCaughtAsync(s => new WritesTheClientBack(s), k => k.An_update_and_a_use_at_the_same_time_lose_neither());

    [Test]
    public Task A_registry_that_moves_the_last_use_back() =>
        IsCaughtAsync(s => new OverwritesTheDay(s), k => k.The_day_of_the_last_use_moves_forward_only_and_nothing_else_moves());

    [Test]
    public Task A_registry_that_prunes_who_is_used_meanwhile() =>
        IsCaughtAsync(s => new LooksThenPrunes(s), k => k.A_client_that_is_used_meanwhile_stays());

    [Test]
    public Task A_registry_that_prunes_on_the_day_itself() =>
        IsCaughtAsync(s => new PrunesADayEarly(s), k => k.Unused_clients_are_removed_by_their_two_ages_and_none_of_the_hosts_own());

    [Test]
    public Task A_registry_that_forgets_a_member() =>
        IsCaughtAsync(s => new ForgetsAMember(s), k => k.A_client_is_found_with_every_member_as_it_was_added());

    [Test]
    public Task A_registry_that_ignores_case() => IsCaughtAsync(s => new IgnoresCase(s), k => k.Ids_are_compared_ordinally());

    [Test]
    public Task A_registry_whose_second_node_remembers_what_it_read() =>
        IsCaughtAsync(s => s, k => k.What_one_node_wrote_the_other_reads_at_once(), node: s => new Remembers(s));

    [Test]
    public Task A_registry_that_repeats_a_client_at_a_page_border() =>
        IsCaughtAsync(s => new RepeatsAtTheBorder(s), k => k.A_list_goes_on_where_the_page_before_ended_although_clients_come_and_go());

    [Test]
    public async Task The_round_trip_sets_every_member_of_a_client()
    {
        var added = new ConcurrentBag<Client>();
        var kit = new RegistryKit { Broken = s => new Notes(s, added) };
        (await Kit.CatchesAsync<IClientRegistry, RegistryKit>(kit, k => k.A_client_is_found_with_every_member_as_it_was_added()))
            .Should()
            .BeFalse();

        var defaults = added.Single(c => c.ClientId == "defaults");
        var everything = added.Single(c => c.ClientId == "everything");
        foreach (var member in typeof(Client).GetProperties())
            member.GetValue(everything).Should().NotBeEquivalentTo(member.GetValue(defaults), member.Name);
    }

    private static async Task IsCaughtAsync(
        Func<IClientRegistry, IClientRegistry> broken,
        Func<RegistryKit, Task> by,
        Func<IClientRegistry, IClientRegistry>? node = null
    )
    {
        var kit = new RegistryKit { Broken = broken, Node = node ?? (store => store) };
        (await Kit.CatchesAsync<IClientRegistry, RegistryKit>(kit, by)).Should().BeTrue("the kit has a test for it");
    }

    private abstract class Over(IClientRegistry inner) : IClientRegistry
    {
        protected IClientRegistry Inner { get; } = inner;

        public virtual ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => Inner.FindAsync(clientId, ct);

        public virtual ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) => Inner.TryAddAsync(client, ct);

        public virtual ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) => Inner.TryUpdateAsync(next, ct);

        public ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) => Inner.TryRemoveAsync(clientId, ct);

        public virtual ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct) => Inner.ListAsync(by, ct);

        public virtual ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct) => Inner.CountAsync(provenance, ct);

        public virtual ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct) => Inner.NoteUseAsync(clientId, day, ct);

        public virtual ValueTask<int> RemoveUnusedAsync(DateTimeOffset made, DateOnly used, int limit, CancellationToken ct) =>
            Inner.RemoveUnusedAsync(made, used, limit, ct);
    }

    private sealed class LooksThenAdds(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryAddAsync(Client client, CancellationToken ct)
        {
            if (await Inner.FindAsync(client.ClientId, ct) is not null)
                return false;
            await Task.Delay(5, ct);
            return await Inner.TryAddAsync(client, ct)
                || await Inner.TryRemoveAsync(client.ClientId, ct) && await Inner.TryAddAsync(client, ct);
        }
    }

    private sealed class OverwritesAnyVersion(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) =>
            await Inner.TryRemoveAsync(next.ClientId, ct) && await Inner.TryAddAsync(next, ct);
    }

    private sealed class LooksThenUpdates(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct)
        {
            if ((await Inner.FindAsync(next.ClientId, ct))?.Version != next.Version - 1)
                return false;
            await Task.Delay(5, ct);
            await Inner.TryRemoveAsync(next.ClientId, ct);
            return await Inner.TryAddAsync(next, ct) || true;
        }
    }

    private sealed class UpdatesByRemovingAndAdding(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct)
        {
            if ((await Inner.FindAsync(next.ClientId, ct))?.Version != next.Version - 1)
                return false;
            await Task.Delay(5, ct);
            await Inner.TryRemoveAsync(next.ClientId, ct);
            return await Inner.TryAddAsync(next, ct);
        }
    }

    private sealed class IgnoresNameKeys(IClientRegistry inner) : Over(inner)
    {
        public override ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct) =>
            Inner.ListAsync(new(by.Org, by.Provenance, by.Limit, by.After), ct);
    }

    private sealed class CountsAll(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct) =>
            await Inner.CountAsync(ClientProvenance.Api, ct) + await Inner.CountAsync(ClientProvenance.Dcr, ct);
    }

    private sealed class CountsUses(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
        {
            await Inner.NoteUseAsync(clientId, day, ct);
            if (await Inner.FindAsync(clientId, ct) is { } client)
                await Inner.TryUpdateAsync(client with { Version = client.Version + 1 }, ct);
        }
    }

    private sealed class Upserts(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) =>
            await Inner.TryUpdateAsync(next, ct) || await Inner.TryAddAsync(next, ct);
    }

    private sealed class OverwritesTheDay(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) =>
            await Inner.TryRemoveAsync(next.ClientId, ct) && await Inner.TryAddAsync(next, ct);

        public override async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
        {
            if (await Inner.FindAsync(clientId, ct) is { } client)
                await TryUpdateAsync(client with { LastUsedOn = day }, ct);
        }
    }

    private sealed class WritesTheClientBack(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
        {
            if (await Inner.FindAsync(clientId, ct) is not { } client)
                return;
            await Task.Delay(5, ct);
            await Inner.TryRemoveAsync(clientId, ct);
            await Inner.TryAddAsync(client, ct);
            await Inner.NoteUseAsync(clientId, day, ct);
        }
    }

    private sealed class LooksThenPrunes(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<int> RemoveUnusedAsync(DateTimeOffset made, DateOnly used, int limit, CancellationToken ct)
        {
            var unused = (await Inner.ListAsync(new(), ct)).Items.Where(c => c.LastUsedOn is null).ToList();
            await Task.Delay(50, ct);
            foreach (var client in unused)
                await Inner.TryRemoveAsync(client.ClientId, ct);
            return unused.Count;
        }

        // A use between the read and the removal: pruning has read before the use is recorded.
        public override async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
        {
            if (clientId != "used-before")
                await Task.Delay(1, ct);
            await Inner.NoteUseAsync(clientId, day, ct);
        }
    }

    private sealed class PrunesADayEarly(IClientRegistry inner) : Over(inner)
    {
        public override ValueTask<int> RemoveUnusedAsync(DateTimeOffset made, DateOnly used, int limit, CancellationToken ct) =>
            Inner.RemoveUnusedAsync(made, used.AddDays(1), limit, ct);
    }

    private sealed class ForgetsAMember(IClientRegistry inner) : Over(inner)
    {
        public override ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) =>
            Inner.TryAddAsync(client with { SoftwareVersion = null }, ct);
    }

    private sealed class IgnoresCase(IClientRegistry inner) : Over(inner)
    {
        public override ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
            Inner.FindAsync(clientId.ToLowerInvariant(), ct);
    }

    private sealed class Remembers(IClientRegistry inner) : Over(inner)
    {
        private readonly ConcurrentDictionary<string, Client?> read = new();

        public override async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
            read.TryGetValue(clientId, out var client) ? client : read[clientId] = await Inner.FindAsync(clientId, ct);
    }

    private sealed class RepeatsAtTheBorder(IClientRegistry inner) : Over(inner)
    {
        public override async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
        {
            var page = await Inner.ListAsync(by, ct);
            return page.Next is null || page.Items.Count < 3 ? page : new(page.Items, page.Items[^3].ClientId);
        }
    }

    private sealed class Notes(IClientRegistry inner, ConcurrentBag<Client> added) : Over(inner)
    {
        public override ValueTask<bool> TryAddAsync(Client client, CancellationToken ct)
        {
            added.Add(client);
            return Inner.TryAddAsync(client, ct);
        }
    }
}

/// <summary>Each broken ticket store fails the test of the kit that is there for it.</summary>
internal sealed class TicketKitTests
{
    [Test]
    public Task A_store_where_two_who_add_both_win() =>
        IsCaughtAsync((s, _) => new LooksThenAdds(s), k => k.Of_fifty_who_add_one_key_one_wins());

    [Test]
    public Task A_store_where_two_who_add_in_the_place_of_what_is_over_both_win() =>
        IsCaughtAsync((s, _) => new LooksThenAdds(s), k => k.Of_fifty_who_add_a_key_whose_time_is_over_one_wins());

    [Test]
    public Task A_store_that_does_not_look_at_the_time() =>
        IsCaughtAsync((_, _) => new InMemoryTicketStore(new StoppedClock()), k => k.A_ticket_whose_time_is_over_counts_as_absent());

    [Test]
    public Task A_store_that_gives_a_replaced_ticket_more_time() =>
        IsCaughtAsync((s, time) => new Prolongs(s, time), k => k.Replacing_keeps_the_time());

    [Test]
    public Task A_store_that_replaces_whatever_is_there() =>
        IsCaughtAsync((s, _) => new ReplacesAnything(s), k => k.Replacing_takes_the_expected_value_only());

    [Test]
    public Task A_store_that_looks_before_it_removes() =>
        IsCaughtAsync((s, _) => new LooksThenAdds(s), k => k.Of_fifty_who_remove_a_ticket_one_wins());

    [Test]
    public Task A_store_that_ignores_case() => IsCaughtAsync((s, _) => new IgnoresCase(s), k => k.Keys_are_compared_ordinally());

    [Test]
    public Task A_store_that_prunes_more_than_asked() =>
        IsCaughtAsync((s, _) => new PrunesEverything(s), k => k.What_is_over_is_removed_and_no_more_than_asked());

    private static async Task IsCaughtAsync(Func<ITicketStore, TimeProvider, ITicketStore> broken, Func<TicketKit, Task> by) =>
        (await Kit.CatchesAsync<ITicketStore, TicketKit>(new() { Broken = broken }, by)).Should().BeTrue("the kit has a test for it");

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }

    private abstract class Over(ITicketStore inner) : ITicketStore
    {
        protected ITicketStore Inner { get; } = inner;

        public virtual ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            Inner.TryAddAsync(key, value, until, ct);

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => Inner.FindAsync(key, ct);

        public virtual ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            Inner.TryReplaceAsync(key, expected, value, ct);

        public virtual ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => Inner.TryRemoveAsync(key, ct);

        public virtual ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => Inner.RemoveExpiredAsync(limit, ct);
    }

    private sealed class LooksThenAdds(ITicketStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
        {
            if (await Inner.FindAsync(key, ct) is not null)
                return false;
            await Task.Delay(5, ct);
            await Inner.TryAddAsync(key, value, until, ct);
            return true;
        }

        public override async ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct)
        {
            if (await Inner.FindAsync(key, ct) is null)
                return false;
            await Task.Delay(5, ct);
            await Inner.TryRemoveAsync(key, ct);
            return true;
        }
    }

    private sealed class Prolongs(ITicketStore inner, TimeProvider time) : Over(inner)
    {
        public override async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            await Inner.FindAsync(key, ct) == expected
            && await Inner.TryRemoveAsync(key, ct)
            && await Inner.TryAddAsync(key, value, time.GetUtcNow().AddHours(1), ct);
    }

    private sealed class ReplacesAnything(ITicketStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            await Inner.FindAsync(key, ct) is { } current && await Inner.TryReplaceAsync(key, current, value, ct);
    }

    private sealed class IgnoresCase(ITicketStore inner) : Over(inner)
    {
        public override ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            Inner.TryAddAsync(key.ToLowerInvariant(), value, until, ct);
    }

    private sealed class PrunesEverything(ITicketStore inner) : Over(inner)
    {
        public override ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => Inner.RemoveExpiredAsync(int.MaxValue, ct);
    }
}

/// <summary>Each broken key store fails the test of the kit that is there for it.</summary>
internal sealed class KeyKitTests
{
    [Test]
    public Task A_store_where_two_who_add_both_win() => IsCaughtAsync(s => new SaysYes(s), k => k.Of_fifty_who_add_one_id_one_wins());

    [Test]
    public Task A_store_that_adds_over_another() =>
        IsCaughtAsync(s => new AddsOver(s), k => k.An_id_that_is_taken_is_refused_and_its_owner_unchanged());

    [Test]
    public Task A_store_whose_second_node_remembers_what_it_read() =>
        IsCaughtAsync(s => s, k => k.What_one_node_wrote_the_other_reads_at_once(), node: s => new Remembers(s));

    [Test]
    public Task A_store_that_ignores_case() => IsCaughtAsync(s => new IgnoresCase(s), k => k.Ids_are_compared_ordinally());

    [Test]
    public Task A_store_that_keeps_seconds_only() =>
        IsCaughtAsync(s => new KeepsSeconds(s), k => k.A_key_is_listed_exactly_as_it_was_added());

    private static async Task IsCaughtAsync(
        Func<IKeyStore, IKeyStore> broken,
        Func<KeyKit, Task> by,
        Func<IKeyStore, IKeyStore>? node = null
    )
    {
        var kit = new KeyKit { Broken = broken, Node = node ?? (store => store) };
        (await Kit.CatchesAsync<IKeyStore, KeyKit>(kit, by)).Should().BeTrue("the kit has a test for it");
    }

    private abstract class Over(IKeyStore inner) : IKeyStore
    {
        protected IKeyStore Inner { get; } = inner;

        public virtual ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct) => Inner.ListAsync(ct);

        public virtual ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) => Inner.TryAddAsync(key, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => Inner.RemoveAsync(id, ct);
    }

    private sealed class SaysYes(IKeyStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct)
        {
            await Inner.TryAddAsync(key, ct);
            return true;
        }
    }

    private sealed class AddsOver(IKeyStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct)
        {
            await Inner.RemoveAsync(key.Id, ct);
            return await Inner.TryAddAsync(key, ct);
        }
    }

    private sealed class Remembers(IKeyStore inner) : Over(inner)
    {
        private IReadOnlyList<KeyRecord>? read;

        public override async ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct) => read ??= await Inner.ListAsync(ct);
    }

    private sealed class IgnoresCase(IKeyStore inner) : Over(inner)
    {
        public override ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) =>
            Inner.TryAddAsync(new(key.Id.ToLowerInvariant(), key.ActiveFrom, key.Data), ct);
    }

    private sealed class KeepsSeconds(IKeyStore inner) : Over(inner)
    {
        public override ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) =>
            Inner.TryAddAsync(new(key.Id, DateTimeOffset.FromUnixTimeSeconds(key.ActiveFrom.ToUnixTimeSeconds()), key.Data), ct);
    }
}

/// <summary>Each broken client store fails the test of the kit that is there for it.</summary>
internal sealed class ClientKitTests
{
    [Test]
    public Task A_store_that_ignores_case() =>
        IsCaughtAsync(
            new() { Finds = id => id.Equals(ClientKit.Stored.ClientId, StringComparison.OrdinalIgnoreCase) ? ClientKit.Stored : null },
            k => k.Ids_are_compared_ordinally()
        );

    [Test]
    public Task A_store_that_ignores_spaces() =>
        IsCaughtAsync(
            new() { Finds = id => id.Trim() == ClientKit.Stored.ClientId ? ClientKit.Stored : null },
            k => k.Ids_are_compared_ordinally()
        );

    [Test]
    public Task A_store_that_finds_anybody() => IsCaughtAsync(new() { Finds = _ => ClientKit.Stored }, k => k.An_unknown_id_is_null());

    [Test]
    public Task A_store_that_forgets_a_member() =>
        IsCaughtAsync(Returning(c => c with { RedirectUris = [] }, same: false), k => k.The_stored_client_is_found_with_all_its_members());

    [Test]
    public Task A_store_that_makes_its_clients_anew_each_time()
    {
        var reads = 0;
        return IsCaughtAsync(
            Returning(c => c with { CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(reads++) }, same: false),
            k => k.A_client_was_made_at_one_time_only()
        );
    }

    [Test]
    public Task A_store_that_keeps_a_secret_unhashed() =>
        IsCaughtAsync(Returning(c => c with { Secrets = [new() { Hash = "secret" }] }), k => k.What_is_found_is_usable());

    [Test]
    public Task A_store_with_a_relative_redirect_uri() =>
        IsCaughtAsync(Returning(c => c with { RedirectUris = ["/cb"] }), k => k.What_is_found_is_usable());

    [Test]
    public Task A_store_without_an_authentication_method() =>
        IsCaughtAsync(Returning(c => c with { TokenEndpointAuthMethod = "" }), k => k.What_is_found_is_usable());

    private static ClientKit Returning(Func<Client, Client> changed, bool same = true) =>
        new()
        {
            Finds = id => id == "App-1" ? changed(ClientKit.Stored) : null,
            Said = same ? changed(ClientKit.Stored) : ClientKit.Stored,
        };

    private static async Task IsCaughtAsync(ClientKit kit, Func<ClientKit, Task> by) =>
        (await Kit.CatchesAsync<IClientStore, ClientKit>(kit, by)).Should().BeTrue("the kit has a test for it");
}
