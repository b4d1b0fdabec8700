namespace HQ.OAuth2;

/// <summary>The promises of <see cref="IAuthorizationStore"/>: derive, make your store, run.</summary>
public abstract class AuthorizationStoreContract : StoreContract<IAuthorizationStore>
{
    private static readonly DateTimeOffset today = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    /// <summary>FindAsync gives back what AddAsync was given.</summary>
    [Test]
    public async Task A_row_is_found_as_it_was_added()
    {
        var row = new AuthorizationRecord(
            Id(1),
            (long)int.MaxValue + 5,
            "alice \u00e9\u4e2d\ud83d\ude00 '\"\\%_",
            "https://client.example/a?b=c",
            today.AddDays(180),
            string.Concat(Enumerable.Repeat("{\"k\":\"\u00e9\u4e2d\ud83d\ude00\\n\"} ", 500))
        );

        await Store.AddAsync(row, default);

        Assert.That(await Store.FindAsync(row.Id, default), Is.EqualTo(row), "Every member comes back exactly as it was added.");
        Assert.That(await Second.FindAsync(row.Id, default), Is.EqualTo(row), "Another node sees a row as soon as AddAsync returns.");
        Assert.That(await Store.FindAsync(Id(2), default), Is.Null, "An unknown id is null.");
    }

    /// <summary>AddAsync adds.</summary>
    [Test]
    public async Task An_id_is_added_once()
    {
        await Store.AddAsync(Row(1), default);

        Assert.That(
            async () => await Second.AddAsync(Row(1) with { Data = "other" }, default),
            Throws.Exception,
            "AddAsync of an id that is there throws: it never replaces."
        );
        Assert.That((await Store.FindAsync(Id(1), default))?.Data, Is.EqualTo("data"));
    }

    /// <summary>Keys are compared byte by byte (RFC 6749 §1.9).</summary>
    [Test]
    public async Task Ids_subjects_and_clients_are_compared_exactly()
    {
        await Store.AddAsync(Row(10) with { Subject = "bob", ClientId = "App" }, default);
        await Store.AddAsync(Row(11) with { Subject = "Bob", ClientId = "app" }, default);
        await Store.AddAsync(Row(12) with { Subject = "bob ", ClientId = "app " }, default);

        Assert.That(await Store.FindAsync(Id(10).ToUpperInvariant(), default), Is.Null, "Ids that differ in case are different.");
        Assert.That(
            await IdsAsync(new("bob", null)),
            Is.EqualTo(new[] { Id(10) }),
            "Subjects that differ in case or spaces are different."
        );
        Assert.That(await IdsAsync(new(null, "app")), Is.EqualTo(new[] { Id(11) }), "Clients that differ in case or spaces are different.");
    }

    /// <summary>TryUpdateAsync compares the version.</summary>
    [TestCase(-1, false)]
    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(2, false)]
    public async Task A_swap_counts_only_on_the_version_before(int ahead, bool swapped)
    {
        await Store.AddAsync(Row(1) with { Version = 7 }, default);
        var next = Row(1) with { Version = 7 + ahead, Data = "next", PruneAfter = today.AddDays(3) };

        Assert.That(
            await Second.TryUpdateAsync(next, default),
            Is.EqualTo(swapped),
            "It counts where the row's version is one less, and only there."
        );
        Assert.That(await Store.FindAsync(Id(1), default), Is.EqualTo(swapped ? next : Row(1) with { Version = 7 }));
    }

    /// <summary>TryUpdateAsync never inserts.</summary>
    [Test]
    public async Task A_swap_never_inserts_and_never_revives()
    {
        Assert.That(await Store.TryUpdateAsync(Row(1), default), Is.False, "There was no row to replace.");
        await Store.AddAsync(Row(1), default);
        await Second.RemoveAsync(Id(1), default);
        Assert.That(await Store.TryUpdateAsync(Row(1) with { Version = 2 }, default), Is.False, "The row was removed.");
        Assert.That(await Store.FindAsync(Id(1), default), Is.Null, "TryUpdateAsync must not bring a row into being.");
    }

    /// <summary>The heart of "exactly once".</summary>
    [Test]
    public async Task Of_many_swaps_of_one_version_one_counts()
    {
        await Store.AddAsync(Row(1), default);
        for (var version = 2; version <= 11; version++)
        {
            var answers = await RaceAsync(50, (node, i) => node.TryUpdateAsync(Row(1) with { Version = version, Data = $"{i}" }, default));

            Assert.That(answers.Count(won => won), Is.EqualTo(1), $"Of 50 swaps to version {version} exactly one may be told that it won.");
            Assert.That(
                (await Second.FindAsync(Id(1), default))?.Data,
                Is.EqualTo($"{Array.IndexOf(answers, true)}"),
                "The row is the winner's."
            );
        }
    }

    /// <summary>Whoever did not get the answer of a commit looks, and asks again.</summary>
    [Test]
    public async Task A_swap_that_is_sent_again_changes_nothing_and_every_write_is_seen_at_once()
    {
        await Store.AddAsync(Row(1), default);
        for (var version = 2; version <= 101; version++)
        {
            var (writer, reader) = version % 2 == 0 ? (Store, Second) : (Second, Store);
            var next = Row(1) with { Version = version, Data = $"data {version}" };

            Assert.That(await writer.TryUpdateAsync(next, default), Is.True);
            Assert.That(await reader.FindAsync(Id(1), default), Is.EqualTo(next), "A read sees the last committed write, at every node.");
            Assert.That(await writer.TryUpdateAsync(next with { Data = "again" }, default), Is.False, "The version is taken.");
            Assert.That(await writer.FindAsync(Id(1), default), Is.EqualTo(next));
        }
    }

    /// <summary>A revocation wins over a refresh that runs at the same moment.</summary>
    [Test]
    public async Task A_removal_that_races_with_swaps_removes()
    {
        for (var round = 1; round <= 30; round++)
        {
            await Store.AddAsync(Row(round), default);

            await RaceAsync(
                10,
                async (node, i) =>
                {
                    if (i == 5)
                        await node.RemoveAsync(Id(round), default);
                    else
                        await node.TryUpdateAsync(Row(round) with { Version = 2, Data = $"{i}" }, default);
                    return true;
                }
            );

            Assert.That(
                await Second.FindAsync(Id(round), default),
                Is.Null,
                "After a removal returned the row is gone, whoever swapped it meanwhile."
            );
            Assert.That(await Store.TryUpdateAsync(Row(round) with { Version = 3 }, default), Is.False);
        }
    }

    /// <summary>RemoveAsync compares no version.</summary>
    [Test]
    public async Task Removing_takes_any_version_and_is_no_error_twice()
    {
        await Store.AddAsync(Row(1), default);
        await Store.TryUpdateAsync(Row(1) with { Version = 2 }, default);

        await Second.RemoveAsync(Id(1), default);
        await Store.RemoveAsync(Id(1), default);

        Assert.That(await Store.FindAsync(Id(1), default), Is.Null);
        Assert.That(await IdsAsync(new("alice", null)), Is.Empty, "A removed row is in no list.");
    }

    /// <summary>The three ways to list.</summary>
    [TestCase("alice", null, "1 2 4")]
    [TestCase(null, "app", "1 3 4")]
    [TestCase("alice", "app", "1 4")]
    [TestCase("bob", "app", "3")]
    [TestCase("bob", "web", "")]
    [TestCase("nobody", null, "")]
    public async Task Rows_are_listed_by_subject_by_client_or_by_both(string? subject, string? client, string numbers)
    {
        await FourRowsAsync();

        Assert.That(
            await IdsAsync(new(subject, client)),
            Is.EquivalentTo(numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => Id(int.Parse(n, null))))
        );
    }

    /// <summary>A list of everything is nobody's business.</summary>
    [Test]
    public void A_list_names_a_subject_or_a_client() =>
        Assert.That(async () => await Store.ListAsync(new(null, null), default), Throws.ArgumentException);

    /// <summary>Pages.</summary>
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(5)]
    [TestCase(1000)]
    public async Task Pages_hold_each_row_once_and_end(int limit)
    {
        for (var i = 1; i <= 15; i++)
            await Store.AddAsync(Row(i), default);

        var seen = new List<string>();
        string? after = null;
        var pages = 0;
        do
        {
            var page = await (pages++ % 2 == 0 ? Store : Second).ListAsync(new("alice", "app", limit, after), default);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(limit));
            seen.AddRange(page.Items.Select(r => r.Id));
            after = page.Next;
        } while (after is not null && pages < 20);

        Assert.That(after, Is.Null, "The last page has no continuation, also when it is full.");
        Assert.That(seen, Is.EquivalentTo(Enumerable.Range(1, 15).Select(Id)), "Each row is on one page, and on one only.");
    }

    /// <summary>Pages while others write.</summary>
    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended_although_rows_come_and_go()
    {
        for (var i = 10; i < 20; i++)
            await Store.AddAsync(Row(i), default);

        var first = await Store.ListAsync(new("alice", null, Limit: 5), default);
        await Store.RemoveAsync(first.Items[^1].Id, default);
        await Store.RemoveAsync(first.Items[0].Id, default);
        await Store.AddAsync(Row(1), default);
        await Store.AddAsync(Row(30), default);
        var second = await Store.ListAsync(new("alice", null, Limit: 100, After: first.Next), default);

        var seen = first.Items.Concat(second.Items).Select(r => r.Id).ToList();
        Assert.That(seen, Is.Unique, "No row is on two pages.");
        Assert.That(seen, Is.SupersetOf(Enumerable.Range(10, 10).Select(Id)), "A row that was there all the time is on a page.");
    }

    /// <summary>Nobody gets an unbounded page.</summary>
    [TestCase(0)]
    [TestCase(-5)]
    public async Task A_limit_below_one_is_one(int limit)
    {
        await FourRowsAsync();

        Assert.That((await Store.ListAsync(new("alice", null, limit), default)).Items, Has.Count.EqualTo(1));
    }

    /// <summary>Nor one above 1000.</summary>
    [Test]
    public async Task A_limit_above_a_thousand_is_a_thousand()
    {
        for (var i = 1; i <= 1001; i++)
            await Store.AddAsync(Row(i), default);

        var page = await Store.ListAsync(new("alice", null, int.MaxValue), default);
        Assert.That(page.Items, Has.Count.EqualTo(1000));
        Assert.That(page.Next, Is.Not.Null);
    }

    /// <summary>Pruning.</summary>
    [Test]
    public async Task Expired_rows_are_removed_oldest_first_and_no_more_than_asked()
    {
        for (var i = 1; i <= 5; i++)
            await Store.AddAsync(Row(i) with { PruneAfter = today.AddDays(i) }, default);
        // A swap moves the row among the old ones too.
        await Store.TryUpdateAsync(Row(1) with { Version = 2, PruneAfter = today.AddDays(9) }, default);

        Assert.That(await Store.RemoveExpiredAsync(today.AddDays(4), limit: 1, default), Is.EqualTo(1));
        Assert.That(await IdsAsync(new("alice", null)), Is.EquivalentTo(new[] { Id(1), Id(3), Id(4), Id(5) }), "The oldest goes first.");
        Assert.That(
            await Second.RemoveExpiredAsync(today.AddDays(4), limit: 10, default),
            Is.EqualTo(1),
            "PruneAfter is past when it is before now."
        );
        Assert.That(await Store.RemoveExpiredAsync(today.AddDays(4), limit: 10, default), Is.Zero);
        Assert.That(await IdsAsync(new(null, "app")), Is.EquivalentTo(new[] { Id(1), Id(4), Id(5) }));
        Assert.That(await Store.RemoveExpiredAsync(today.AddDays(10), limit: 10, default), Is.EqualTo(3));
    }

    /// <summary>Nodes prune at the same time.</summary>
    [Test]
    public async Task Nodes_that_prune_at_once_remove_each_row_once()
    {
        for (var i = 1; i <= 60; i++)
            await Store.AddAsync(Row(i) with { PruneAfter = today }, default);
        await Store.AddAsync(Row(99) with { PruneAfter = today.AddDays(2) }, default);

        var counts = await RaceAsync(8, (node, _) => node.RemoveExpiredAsync(today.AddDays(1), 10, default));
        for (int removed; (removed = await Store.RemoveExpiredAsync(today.AddDays(1), 10, default)) > 0; )
            counts = [.. counts, removed];

        Assert.That(counts.Sum(), Is.EqualTo(60), "The counts add up to what was there.");
        Assert.That(await IdsAsync(new("alice", null)), Is.EqualTo(new[] { Id(99) }));
    }

    /// <summary>A caller that went away.</summary>
    [Test]
    public async Task What_is_cancelled_is_done_or_not_done_and_never_half()
    {
        await Store.AddAsync(Row(1), default);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var next = Row(1) with { Version = 2, Data = "next", PruneAfter = today.AddDays(5) };

        var done = false;
        try
        {
            done = await Store.TryUpdateAsync(next, gone.Token);
        }
        catch (OperationCanceledException) { }

        var row = await Second.FindAsync(Id(1), default);
        Assert.That(row, done ? Is.EqualTo(next) : Is.EqualTo(Row(1)).Or.EqualTo(next));
    }

    private static string Id(int number) => $"{number:x32}";

    private static AuthorizationRecord Row(int number, string subject = "alice", string client = "app") =>
        new(Id(number), 1, subject, client, today, "data");

    private async Task FourRowsAsync()
    {
        await Store.AddAsync(Row(4), default);
        await Store.AddAsync(Row(2, client: "web"), default);
        await Store.AddAsync(Row(3, subject: "bob"), default);
        await Store.AddAsync(Row(1), default);
    }

    private async Task<List<string>> IdsAsync(AuthorizationFilter by) => [.. (await Second.ListAsync(by, default)).Items.Select(r => r.Id)];
}
