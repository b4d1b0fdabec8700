namespace HQ.OAuth2;

/// <summary>Each broken store fails the test of the kit that is there for it.</summary>
internal sealed class AuthorizationKitTests
{
    [Test]
    public Task A_store_that_forgets_to_compare_versions() =>
        IsCaughtAsync(s => new ForgetsTheVersion(s), k => k.A_swap_counts_only_on_the_version_before());

    [Test]
    public Task A_store_that_compares_first_and_writes_later() =>
        IsCaughtAsync(s => new ComparesThenWrites(s), k => k.Of_fifty_swaps_of_one_version_one_counts());

    [Test]
    public Task A_store_that_writes_back_what_was_removed_meanwhile() =>
        IsCaughtAsync(s => new ComparesThenWrites(s), k => k.A_row_removed_while_it_is_swapped_stays_removed());

    [Test]
    public Task A_store_whose_update_inserts() => IsCaughtAsync(s => new Upserts(s), k => k.A_swap_never_inserts_and_never_revives());

    [Test]
    public Task A_store_that_answers_a_repeated_update_with_yes() =>
        IsCaughtAsync(s => new SaysYesAgain(s), k => k.A_swap_sent_again_because_its_answer_was_lost_changes_nothing());

    [Test]
    public Task A_store_whose_second_node_remembers_what_it_read() =>
        IsCaughtAsync(s => s, k => k.What_one_node_wrote_the_other_reads_at_once(), node: s => new Remembers(s));

    [Test]
    public Task A_store_that_repeats_a_row_at_a_page_border() =>
        IsCaughtAsync(s => new RepeatsAtTheBorder(s), k => k.A_list_goes_on_where_the_page_before_ended_although_rows_come_and_go());

    [Test]
    public Task A_store_that_loses_a_row_at_a_page_border() =>
        IsCaughtAsync(s => new LosesAtTheBorder(s), k => k.A_list_goes_on_where_the_page_before_ended_although_rows_come_and_go());

    [Test]
    public Task A_store_whose_full_last_page_is_not_the_last() =>
        IsCaughtAsync(s => new GoesOnAfterAFullPage(s), k => k.The_last_page_says_that_it_is_the_last(4, 2));

    [Test]
    public Task A_store_that_lists_the_oldest_where_the_newest_are_asked_for() =>
        IsCaughtAsync(s => new ListsTheOldest(s), k => k.A_look_at_the_newest_has_them_first());

    [Test]
    public Task A_store_that_lists_everybody() => IsCaughtAsync(s => new ListsEverybody(s), k => k.A_list_of_everybody_is_refused());

    [Test]
    public Task A_store_that_removes_by_version() =>
        IsCaughtAsync(s => new RemovesByVersion(s), k => k.Removing_takes_any_version_and_is_no_error_twice());

    [Test]
    public Task A_store_that_ignores_the_case_of_ids() => IsCaughtAsync(s => new IgnoresCase(s), k => k.Ids_are_compared_ordinally());

    [Test]
    public Task A_store_that_ignores_the_case_of_subjects() =>
        IsCaughtAsync(s => new IgnoresCase(s), k => k.Subjects_and_clients_are_compared_ordinally());

    [Test]
    public Task A_store_that_prunes_what_ends_now() =>
        IsCaughtAsync(s => new PrunesWhatEndsNow(s), k => k.Expired_rows_are_removed_oldest_first_and_no_more_than_asked());

    [Test]
    public Task A_store_that_prunes_more_than_asked() =>
        IsCaughtAsync(s => new PrunesEverything(s), k => k.Expired_rows_are_removed_oldest_first_and_no_more_than_asked());

    [Test]
    public Task A_store_that_does_not_move_the_end() =>
        IsCaughtAsync(s => new KeepsTheEnd(s), k => k.A_swap_that_moves_the_end_is_seen_by_pruning());

    [Test]
    public Task A_store_that_overwrites_on_add() =>
        IsCaughtAsync(s => new AddsOver(s), k => k.Adding_an_id_twice_fails_and_leaves_the_first());

    [Test]
    public Task A_store_that_keeps_seconds_only() =>
        IsCaughtAsync(s => new KeepsSeconds(s), k => k.A_row_is_found_exactly_as_it_was_added());

    [Test]
    public Task A_store_that_half_works_when_cancelled() =>
        IsCaughtAsync(s => new GivesUpSilently(s), k => k.A_cancelled_call_says_so_or_does_all_of_its_work());

    private static async Task IsCaughtAsync(
        Func<IAuthorizationStore, IAuthorizationStore> broken,
        Func<AuthorizationKit, Task> by,
        Func<IAuthorizationStore, IAuthorizationStore>? node = null
    )
    {
        var kit = new AuthorizationKit { Broken = broken, Node = node ?? (store => store) };
        (await Kit.CatchesAsync<IAuthorizationStore, AuthorizationKit>(kit, by)).Should().BeTrue("the kit has a test for it");
    }

    /// <summary>A store that passes, for others to break.</summary>
    private abstract class Over(IAuthorizationStore inner) : IAuthorizationStore
    {
        protected IAuthorizationStore Inner { get; } = inner;

        public virtual ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => Inner.AddAsync(record, ct);

        public virtual ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => Inner.FindAsync(id, ct);

        public virtual ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => Inner.TryUpdateAsync(next, ct);

        public virtual ValueTask RemoveAsync(string id, CancellationToken ct) => Inner.RemoveAsync(id, ct);

        public virtual ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
            Inner.ListAsync(by, ct);

        public virtual ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Inner.RemoveExpiredAsync(now, limit, ct);
    }

    private sealed class ForgetsTheVersion(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            if (await Inner.FindAsync(next.Id, ct) is null)
                return false;
            await Inner.RemoveAsync(next.Id, ct);
            await Inner.AddAsync(next, ct);
            return true;
        }
    }

    private sealed class ComparesThenWrites(IAuthorizationStore inner) : Over(inner)
    {
        private readonly Lock gate = new();

        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            if ((await Inner.FindAsync(next.Id, ct))?.Version != next.Version - 1)
                return false;
            await Task.Delay(5, ct);
            lock (gate)
            {
                Inner.RemoveAsync(next.Id, ct).AsTask().GetAwaiter().GetResult();
                Inner.AddAsync(next, ct).AsTask().GetAwaiter().GetResult();
            }

            return true;
        }
    }

    private sealed class Upserts(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            if (await Inner.FindAsync(next.Id, ct) is not null)
                return await Inner.TryUpdateAsync(next, ct);
            await Inner.AddAsync(next, ct);
            return true;
        }
    }

    private sealed class SaysYesAgain(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) =>
            await Inner.FindAsync(next.Id, ct) == next || await Inner.TryUpdateAsync(next, ct);
    }

    private sealed class Remembers(IAuthorizationStore inner) : Over(inner)
    {
        private readonly Dictionary<string, AuthorizationRecord?> read = [];

        public override async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
            read.TryGetValue(id, out var row) ? row : read[id] = await Inner.FindAsync(id, ct);
    }

    private sealed class RepeatsAtTheBorder(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await Inner.ListAsync(by, ct);
            return page.Next is null || page.Items.Count < 2 ? page : new(page.Items, page.Items[^2].Id);
        }

        // The row at the border must be there still to be shown again.
        public override ValueTask RemoveAsync(string id, CancellationToken ct) => default;
    }

    private sealed class LosesAtTheBorder(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await Inner.ListAsync(by, ct);
            return new([.. page.Items.Skip(by.After is null ? 0 : 1)], page.Next);
        }
    }

    private sealed class GoesOnAfterAFullPage(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await Inner.ListAsync(by, ct);
            return page.Items.Count == by.Limit ? new(page.Items, page.Items[^1].Id) : page;
        }
    }

    private sealed class ListsTheOldest(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
            Inner.ListAsync(new(by.Subject, by.ClientId, by.Limit, by.After), ct);
    }

    private sealed class ListsEverybody(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
            Inner.ListAsync(by is { Subject: null, ClientId: null } ? new("alice", null, by.Limit, by.After) : by, ct);
    }

    private sealed class RemovesByVersion(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask RemoveAsync(string id, CancellationToken ct)
        {
            if (await Inner.FindAsync(id, ct) is { Version: 1 })
                await Inner.RemoveAsync(id, ct);
        }
    }

    private sealed class IgnoresCase(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) =>
            Inner.AddAsync(record with { Subject = record.Subject.ToUpperInvariant() }, ct);

        public override ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
            Inner.FindAsync(id.ToLowerInvariant(), ct);

        public override ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
            Inner.ListAsync(new(by.Subject?.ToUpperInvariant(), by.ClientId, by.Limit, by.After), ct);
    }

    private sealed class PrunesWhatEndsNow(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Inner.RemoveExpiredAsync(now.AddMilliseconds(1), limit, ct);
    }

    private sealed class PrunesEverything(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Inner.RemoveExpiredAsync(now, int.MaxValue, ct);
    }

    private sealed class KeepsTheEnd(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) =>
            await Inner.FindAsync(next.Id, ct) is { } row && await Inner.TryUpdateAsync(next with { PruneAfter = row.PruneAfter }, ct);
    }

    private sealed class AddsOver(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
        {
            await Inner.RemoveAsync(record.Id, ct);
            await Inner.AddAsync(record, ct);
        }
    }

    private sealed class KeepsSeconds(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) =>
            Inner.AddAsync(record with { PruneAfter = DateTimeOffset.FromUnixTimeSeconds(record.PruneAfter.ToUnixTimeSeconds()) }, ct);
    }

    private sealed class GivesUpSilently(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask RemoveAsync(string id, CancellationToken ct) =>
            ct.IsCancellationRequested ? default : Inner.RemoveAsync(id, ct);
    }
}
