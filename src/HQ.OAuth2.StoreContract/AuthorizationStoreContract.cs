namespace HQ.OAuth2;

/// <summary>
/// The promises of <see cref="IAuthorizationStore"/>. Codes and refresh tokens are spent by its swap, so a store that breaks one of
/// these redeems a code twice or brings back what was revoked.
/// </summary>
public abstract class AuthorizationStoreContract : StoreContract<IAuthorizationStore>
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);

    /// <summary>An empty store; called before each test.</summary>
    protected abstract ValueTask<IAuthorizationStore> CreateStoreAsync();

    private protected sealed override ValueTask<IAuthorizationStore> OpenAsync() => CreateStoreAsync();

    [Test]
    public async Task A_row_is_found_exactly_as_it_was_added()
    {
        var row = new AuthorizationRecord(
            NewId(),
            int.MaxValue + 10L,
            "Zoë Ωμέγα 李 🦊 'quoted' \"twice\" 100%_",
            "клиент-1",
            Start.AddYears(30),
            """{"text":"žluťoučký 漢字 🦊 \\ ' %"}""" + string.Concat(Enumerable.Repeat("äöü€ 漢🦊\n", 400))
        );
        await Store.AddAsync(row, default);

        foreach (var node in Nodes)
            AssertRow(await node.FindAsync(row.Id, default), row, "FindAsync returns all six members as AddAsync got them");
        var next = row with { Version = row.Version + 1, PruneAfter = Start.AddDays(1), Data = row.Data + "2" };
        Assert.That(await Store.TryUpdateAsync(next, default), Is.True, "TryUpdateAsync counts on versions beyond 32 bits");
        foreach (var node in Nodes)
            AssertRow(await node.FindAsync(row.Id, default), next, "FindAsync returns all six members as TryUpdateAsync got them");
    }

    [Test]
    public async Task An_unknown_id_is_null()
    {
        await AddAsync();

        Assert.That(await Store.FindAsync(NewId(), default), Is.Null, "FindAsync of an unknown id is null");
    }

    [Test]
    public async Task Ids_are_compared_ordinally()
    {
        var row = Row() with { Id = "0199ab00ab00ab00ab00ab00ab00abcd" };
        await Store.AddAsync(row, default);

        foreach (var other in new[] { row.Id.ToUpperInvariant(), row.Id + " ", " " + row.Id, row.Id[..^1] })
        {
            Assert.That(await Store.FindAsync(other, default), Is.Null, $"FindAsync compares ids ordinally: '{other}' is another id");
            var next = Next(row) with { Id = other };
            Assert.That(await Store.TryUpdateAsync(next, default), Is.False, $"TryUpdateAsync compares ids ordinally: '{other}'");
            await Store.RemoveAsync(other, default);
        }

        AssertRow(await Store.FindAsync(row.Id, default), row, "RemoveAsync compares ids ordinally");
    }

    [Test]
    public async Task Subjects_and_clients_are_compared_ordinally()
    {
        string[] names = ["alice", "Alice", "alice ", " alice", "alic", "a%", "_lice", "alicé"];
        foreach (var name in names)
            await AddAsync(subject: name, client: name);

        foreach (var name in names)
        {
            var bySubject = (await Store.ListAsync(new(name, null), default)).Items;
            Assert.That(bySubject.Select(r => r.Subject), Is.EqualTo(new[] { name }), $"ListAsync compares subjects ordinally: '{name}'");
            var byClient = (await Store.ListAsync(new(null, name), default)).Items;
            Assert.That(byClient.Select(r => r.ClientId), Is.EqualTo(new[] { name }), $"ListAsync compares client ids ordinally: '{name}'");
        }
    }

    [Test]
    public async Task Adding_an_id_twice_fails_and_leaves_the_first()
    {
        var first = await AddAsync();

        foreach (var node in Nodes)
        {
            var failure = await FailureOfAsync(() => node.AddAsync(first with { Subject = "bob", Data = "second" }, default));
            Assert.That(failure, Is.Not.Null, "AddAsync of an id that is there throws");
        }

        AssertRow(await Second.FindAsync(first.Id, default), first, "AddAsync of an id that is there leaves the first");
    }

    [Test]
    public async Task A_swap_counts_only_on_the_version_before()
    {
        var row = Row() with { Version = 5 };
        await Store.AddAsync(row, default);

        foreach (var version in new long[] { 0, 1, 4, 5, 7, 8, -1 })
        {
            var wrong = row with { Version = version, Data = "wrong", PruneAfter = Start.AddDays(9) };
            Assert.That(await Store.TryUpdateAsync(wrong, default), Is.False, $"TryUpdateAsync to version {version} where 5 is");
            AssertRow(await Second.FindAsync(row.Id, default), row, "TryUpdateAsync that answers false changes nothing");
        }

        Assert.That(await Store.TryUpdateAsync(Next(row), default), Is.True, "TryUpdateAsync to version 6 where 5 is");
        AssertRow(await Second.FindAsync(row.Id, default), Next(row), "TryUpdateAsync that answers true has written its row");
    }

    [Test]
    public async Task A_swap_never_inserts_and_never_revives()
    {
        var row = Row();
        foreach (var version in new long[] { 0, 1, 2 })
        {
            Assert.That(await Store.TryUpdateAsync(row with { Version = version }, default), Is.False, "TryUpdateAsync of no row");
            Assert.That(await Store.FindAsync(row.Id, default), Is.Null, "TryUpdateAsync never inserts");
        }

        await Store.AddAsync(row, default);
        await Store.RemoveAsync(row.Id, default);
        foreach (var node in Nodes)
        {
            Assert.That(await node.TryUpdateAsync(Next(row), default), Is.False, "TryUpdateAsync of a removed row");
            Assert.That(await node.FindAsync(row.Id, default), Is.Null, "TryUpdateAsync never brings a removed row back");
        }
    }

    [Test]
    public async Task Of_fifty_swaps_of_one_version_one_counts()
    {
        var row = await AddAsync();
        for (var round = 0; round < 10; round++)
        {
            var next = Next(row);
            var won = await RaceAsync(50, (node, i) => node.TryUpdateAsync(next with { Data = $"{round}.{i}" }, default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryUpdateAsync on one version exactly one answers true");
            row = next with { Data = $"{round}.{Array.IndexOf(won, true)}" };
            foreach (var node in Nodes)
                AssertRow(await node.FindAsync(row.Id, default), row, "the row is what the one TryUpdateAsync that answered true wrote");
        }
    }

    [Test]
    public async Task A_swap_sent_again_because_its_answer_was_lost_changes_nothing()
    {
        var row = await AddAsync();
        Assert.That(await Store.TryUpdateAsync(Next(row), default), Is.True, "TryUpdateAsync to the next version");

        foreach (var node in Nodes)
        {
            Assert.That(await node.TryUpdateAsync(Next(row), default), Is.False, "the same TryUpdateAsync again answers false");
            AssertRow(await node.FindAsync(row.Id, default), Next(row), "the same TryUpdateAsync again changes nothing");
        }
    }

    [Test]
    public async Task What_one_node_wrote_the_other_reads_at_once()
    {
        var row = Row();
        await Store.AddAsync(row, default);
        AssertRow(await Second.FindAsync(row.Id, default), row, "FindAsync shows what another node added");
        for (var i = 0; i < 100; i++)
        {
            row = Next(row);
            Assert.That(await Node(i).TryUpdateAsync(row, default), Is.True, "TryUpdateAsync after another node's");
            AssertRow(await Node(i + 1).FindAsync(row.Id, default), row, "FindAsync shows the last committed write of another node");
            AssertRow(await Node(i).FindAsync(row.Id, default), row, "FindAsync shows the node's own last write");
        }

        await Store.RemoveAsync(row.Id, default);
        Assert.That(await Second.FindAsync(row.Id, default), Is.Null, "FindAsync shows that another node removed the row");
    }

    [Test]
    public async Task A_row_removed_while_it_is_swapped_stays_removed()
    {
        for (var round = 0; round < 30; round++)
        {
            var row = await AddAsync();
            var written = await RaceAsync(
                3,
                async (node, i) =>
                {
                    if (i == round % 3)
                    {
                        await node.RemoveAsync(row.Id, default);
                        return row.Version;
                    }

                    var last = row;
                    for (var swap = 0; swap < 3; swap++)
                        last = await node.TryUpdateAsync(Next(last), default) ? Next(last) : last;
                    return last.Version;
                }
            );

            var later = row with { Version = written.Max() + 1 };
            foreach (var node in Nodes)
            {
                Assert.That(await node.FindAsync(row.Id, default), Is.Null, "RemoveAsync wins over swaps at the same time, always");
                Assert.That(await node.TryUpdateAsync(later, default), Is.False, "no later TryUpdateAsync counts on a removed row");
            }
        }
    }

    [Test]
    public async Task Removing_takes_any_version_and_is_no_error_twice()
    {
        var (row, other) = (await AddAsync(), await AddAsync());
        await Store.TryUpdateAsync(Next(row), default);
        await Second.TryUpdateAsync(Next(Next(row)), default);

        await Store.RemoveAsync(row.Id, default);
        foreach (var node in Nodes)
        {
            Assert.That(
                await FailureOfAsync(() => node.RemoveAsync(row.Id, default)),
                Is.Null,
                "RemoveAsync of a row that is gone is no error"
            );
            Assert.That(await node.FindAsync(row.Id, default), Is.Null, "RemoveAsync takes the row whatever its version");
        }

        AssertRow(await Store.FindAsync(other.Id, default), other, "RemoveAsync takes the one row only");
        Assert.That(
            (await Store.ListAsync(new("alice", null), default)).Items,
            Is.EqualTo(new[] { other }),
            "ListAsync does not show a removed row"
        );
    }

    [Test]
    public async Task Rows_are_listed_by_subject_by_client_or_by_both()
    {
        var both = await AddAsync();
        var again = await AddAsync();
        var web = await AddAsync(client: "web");
        var bob = await AddAsync(subject: "bob");
        var changed = Next(both);
        await Store.TryUpdateAsync(changed, default);

        await ListsAsync(new("alice", null), changed, again, web);
        await ListsAsync(new(null, "app"), changed, again, bob);
        await ListsAsync(new("alice", "app"), changed, again);
        await ListsAsync(new("bob", "app"), bob);
        await ListsAsync(new("bob", "web"));
        await ListsAsync(new("nobody", null));
    }

    [Test]
    public async Task A_list_of_everybody_is_refused()
    {
        await AddAsync();

        var failure = await FailureOfAsync(async () => await Store.ListAsync(new(null, null), default));

        Assert.That(failure is ArgumentException, Is.True, $"ListAsync by neither subject nor client throws ArgumentException: {failure}");
    }

    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended_although_rows_come_and_go()
    {
        var rows = new List<AuthorizationRecord>();
        for (var i = 0; i < 12; i++)
            rows.Add(await AddAsync());
        var (seen, removed) = (new List<string>(), new HashSet<string>());
        string? after = null;
        do
        {
            var page = await Store.ListAsync(new("alice", null, limit: 3, after: after), default);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(3), "ListAsync returns no more than its limit");
            seen.AddRange(page.Items.Select(r => r.Id));
            Assert.That(seen, Has.Count.LessThanOrEqualTo(40), "ListAsync comes to an end");
            after = page.Next;
            if (seen.Count > 9)
                continue;
            // The last row of a page is where the next one begins; it may be gone by then.
            removed.Add(page.Items[^1].Id);
            await Second.RemoveAsync(page.Items[^1].Id, default);
            await AddAsync();
            await Second.AddAsync(Row() with { Id = "00000000" + NewId()[8..] }, default);
        } while (after is not null);

        Assert.That(seen, Is.Unique, "ListAsync shows no row on two pages");
        Assert.That(
            rows.Select(r => r.Id).Except(seen),
            Is.Empty,
            "ListAsync shows every row that was there all the time, although others come and go between its pages"
        );
    }

    [TestCase(0, 1)]
    [TestCase(-5, 1)]
    [TestCase(int.MinValue, 1)]
    [TestCase(1, 1)]
    [TestCase(1000, 3)]
    [TestCase(int.MaxValue, 3)]
    public async Task The_limit_of_a_page_is_bounded(int limit, int count)
    {
        for (var i = 0; i < 3; i++)
            await AddAsync();

        var page = await Store.ListAsync(new("alice", null, limit), default);

        Assert.That(page.Items, Has.Count.EqualTo(count), $"ListAsync takes a limit of {limit} as 1 to 1000");
    }

    [Test]
    public async Task A_page_has_no_more_than_a_thousand_rows()
    {
        await Task.WhenAll(Enumerable.Range(0, 13).Select(_ => Task.Run(() => AddManyAsync(77))));

        var first = await Store.ListAsync(new("alice", null, int.MaxValue), default);
        var second = await Store.ListAsync(new("alice", null, int.MaxValue, first.Next), default);

        Assert.That((first.Items.Count, second.Items.Count), Is.EqualTo((1000, 1)), "ListAsync takes a greater limit as 1000");

        async Task AddManyAsync(int count)
        {
            for (var i = 0; i < count; i++)
                await AddAsync();
        }
    }

    [TestCase(4, 2)]
    [TestCase(5, 2)]
    [TestCase(3, 3)]
    [TestCase(2, 3)]
    public async Task The_last_page_says_that_it_is_the_last(int rows, int limit)
    {
        for (var i = 0; i < rows; i++)
            await AddAsync();

        var (seen, pages) = (0, 0);
        string? after = null;
        do
        {
            var page = await Store.ListAsync(new("alice", null, limit, after), default);
            (seen, pages, after) = (seen + page.Items.Count, pages + 1, page.Next);
        } while (after is not null && pages < 10);

        Assert.That(seen, Is.EqualTo(rows), "the pages of ListAsync together have every row once");
        Assert.That(pages, Is.EqualTo((rows + limit - 1) / limit), "Next is null on the last page, also when it is full");
    }

    [Test]
    public async Task A_look_at_the_newest_has_them_first()
    {
        var rows = new List<AuthorizationRecord>();
        for (var i = 0; i < 6; i++)
        {
            var row = Row() with { Id = Guid.CreateVersion7(Start.AddMinutes(i)).ToString("N") };
            await Store.AddAsync(row, default);
            rows.Add(row);
            await AddAsync(client: "other");
            await AddAsync(subject: "bob");
        }

        var newest = (await Store.ListAsync(new("alice", "app", 4) { NewestFirst = true }, default)).Items;
        Assert.That(
            newest.Select(r => r.Id),
            Is.EqualTo(rows.Skip(2).Select(r => r.Id).Reverse()),
            "ListAsync with NewestFirst has the newest rows, the newest first"
        );
    }

    [Test]
    public async Task Expired_rows_are_removed_oldest_first_and_no_more_than_asked()
    {
        var rows = new List<AuthorizationRecord>();
        foreach (var day in new[] { 3, 1, 4, 2, 5 })
            rows.Add(await AddAsync(pruneAfter: Start.AddDays(day)));
        rows.Sort((a, b) => a.PruneAfter.CompareTo(b.PruneAfter));

        Assert.That(await Store.RemoveExpiredAsync(Start.AddDays(4), 2, default), Is.EqualTo(2), "RemoveExpiredAsync(limit: 2) of 3");
        await ListsAsync(new("alice", null), [.. rows.Skip(2)]);
        Assert.That(await Second.RemoveExpiredAsync(Start.AddDays(4), 10, default), Is.EqualTo(1), "RemoveExpiredAsync returns how many");
        // What ends at this very moment is not past.
        await ListsAsync(new("alice", null), [.. rows.Skip(3)]);
        Assert.That(await Store.RemoveExpiredAsync(Start.AddDays(4), 10, default), Is.Zero, "RemoveExpiredAsync with nothing to remove");
        Assert.That(
            await Store.RemoveExpiredAsync(Start.AddDays(4).AddMilliseconds(1), 10, default),
            Is.EqualTo(1),
            "RemoveExpiredAsync takes what ended a millisecond ago"
        );
        await ListsAsync(new("alice", null), rows[4]);
    }

    [Test]
    public async Task A_swap_that_moves_the_end_is_seen_by_pruning()
    {
        var (later, sooner) = (await AddAsync(pruneAfter: Start.AddDays(1)), await AddAsync(pruneAfter: Start.AddDays(9)));
        await Store.TryUpdateAsync(Next(later) with { PruneAfter = Start.AddDays(9) }, default);
        await Store.TryUpdateAsync(Next(sooner) with { PruneAfter = Start.AddDays(1) }, default);

        Assert.That(await Second.RemoveExpiredAsync(Start.AddDays(5), 10, default), Is.EqualTo(1), "one row's PruneAfter is past");
        Assert.That(await Store.FindAsync(sooner.Id, default), Is.Null, "RemoveExpiredAsync goes by the PruneAfter of the last swap");
        Assert.That(await Store.FindAsync(later.Id, default), Is.Not.Null, "RemoveExpiredAsync goes by the PruneAfter of the last swap");
    }

    [Test]
    public async Task Nodes_that_prune_at_once_remove_every_row_once()
    {
        for (var i = 0; i < 30; i++)
            await AddAsync(pruneAfter: Start.AddMinutes(i));
        var alive = await AddAsync(pruneAfter: Start.AddDays(9));

        var removed = await RaceAsync(4, (node, _) => PruneAsync(node, 5));
        var rest = await PruneAsync(Store, 5);

        Assert.That(removed.Sum() + rest, Is.EqualTo(30), "the counts of RemoveExpiredAsync on several nodes add up to the rows removed");
        await ListsAsync(new("alice", null), alive);

        static async ValueTask<int> PruneAsync(IAuthorizationStore node, int limit)
        {
            var (all, count) = (0, 0);
            do
            {
                count = await node.RemoveExpiredAsync(Start.AddDays(1), limit, default);
                all += count;
                Assert.That(count, Is.InRange(0, limit), "RemoveExpiredAsync removes no more than its limit");
            } while (count > 0);
            return all;
        }
    }

    [Test]
    public async Task A_cancelled_call_says_so_or_does_all_of_its_work()
    {
        var (added, row, expired) = (Row(), await AddAsync(), await AddAsync(pruneAfter: Start.AddDays(-2)));

        await CancelledAsync("AddAsync", ct => Store.AddAsync(added, ct));
        Assert.That(await Store.FindAsync(added.Id, default), Is.Null.Or.EqualTo(added), "AddAsync adds all of a row or nothing");
        await CancelledAsync("FindAsync", async ct => AssertRow(await Store.FindAsync(row.Id, ct), row, "FindAsync finds or throws"));
        await CancelledAsync(
            "TryUpdateAsync",
            async ct => Assert.That(await Store.TryUpdateAsync(Next(row), ct), Is.True, "TryUpdateAsync does its work or throws")
        );
        Assert.That(
            await Store.FindAsync(row.Id, default),
            Is.EqualTo(row).Or.EqualTo(Next(row)),
            "TryUpdateAsync replaces all of a row or nothing"
        );
        await CancelledAsync(
            "ListAsync",
            async ct => Assert.That((await Store.ListAsync(new("alice", null), ct)).Items, Is.Not.Empty, "ListAsync lists or throws")
        );
        await CancelledAsync(
            "RemoveExpiredAsync",
            async ct =>
            {
                Assert.That(await Store.RemoveExpiredAsync(Start.AddDays(-1), 10, ct), Is.EqualTo(1), "RemoveExpiredAsync does or throws");
                Assert.That(await Store.FindAsync(expired.Id, default), Is.Null, "RemoveExpiredAsync does its work or throws");
            }
        );
        await CancelledAsync(
            "RemoveAsync",
            async ct =>
            {
                await Store.RemoveAsync(row.Id, ct);
                Assert.That(await Store.FindAsync(row.Id, default), Is.Null, "RemoveAsync does its work or throws");
            }
        );
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private static AuthorizationRecord Row(string subject = "alice", string client = "app", DateTimeOffset? pruneAfter = null) =>
        new(NewId(), 1, subject, client, pruneAfter ?? Start, "data");

    private static AuthorizationRecord Next(AuthorizationRecord row) =>
        row with
        {
            Version = row.Version + 1,
            Data = $"data of {row.Version + 1}",
        };

    private static void AssertRow(AuthorizationRecord? found, AuthorizationRecord expected, string promise) =>
        Assert.That(found, Is.EqualTo(expected), promise);

    private async Task<AuthorizationRecord> AddAsync(string subject = "alice", string client = "app", DateTimeOffset? pruneAfter = null)
    {
        var row = Row(subject, client, pruneAfter);
        await Store.AddAsync(row, default);
        return row;
    }

    private async Task ListsAsync(AuthorizationFilter by, params AuthorizationRecord[] expected)
    {
        foreach (var node in Nodes)
        {
            var page = await node.ListAsync(by, default);
            Assert.That(page.Items, Is.EquivalentTo(expected), $"ListAsync by subject '{by.Subject}' and client '{by.ClientId}'");
            Assert.That(page.Next, Is.Null, "Next is null when there is nothing more");
            Assert.That((await node.ListAsync(by, default)).Items, Is.EqualTo(page.Items), "the order of ListAsync is stable");
        }
    }
}
