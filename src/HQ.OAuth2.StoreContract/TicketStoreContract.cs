namespace HQ.OAuth2;

/// <summary>
/// The promises of <see cref="ITicketStore"/>. What is single-use and not an authorization hangs on these: one adds, one removes, and
/// what is over does not count.
/// </summary>
public abstract class TicketStoreContract : StoreContract<ITicketStore>
{
    // Short enough for an engine that must really wait, long enough for one that is slow.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private ManualClock clock = null!;

    /// <summary>Whether the engine removes what is over itself, so that <see cref="ITicketStore.RemoveExpiredAsync"/> may return 0.</summary>
    protected virtual bool PrunesItself => false;

    /// <summary>An empty store that goes by this clock; called before each test.</summary>
    protected abstract ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time);

    /// <summary>
    /// Lets this time pass: moves the clock of the kit. An engine with a clock of its own calls this and then waits as long; it is
    /// asked for two seconds at a time.
    /// </summary>
    protected virtual ValueTask PassAsync(TimeSpan time)
    {
        clock.Advance(time);
        return default;
    }

    private protected sealed override ValueTask<ITicketStore> OpenAsync() => CreateStoreAsync(clock = new());

    [Test]
    public async Task A_value_is_found_exactly_as_it_was_added()
    {
        var value = """{"text":"žluťoučký 漢字 🦊 \\ ' %"}""" + string.Concat(Enumerable.Repeat("äöü€ 漢🦊\n", 400));
        Assert.That(await Store.TryAddAsync("ключ:漢🦊'%_", value, In(Long), default), Is.True, "TryAddAsync of a new key");
        Assert.That(await Store.TryAddAsync("empty", "", In(Long), default), Is.True, "TryAddAsync of an empty value");

        await FindsAsync("ключ:漢🦊'%_", value, "FindAsync returns the value as TryAddAsync got it");
        await FindsAsync("empty", "", "FindAsync returns an empty value as it is");
        await FindsAsync("unknown", null, "FindAsync of an unknown key is null");
    }

    [Test]
    public async Task Keys_are_compared_ordinally()
    {
        string[] keys = ["k", "K", "k ", " k", "_", "%", "kk"];
        foreach (var key in keys)
            Assert.That(await Store.TryAddAsync(key, $"of '{key}'", In(Long), default), Is.True, $"'{key}' is a key of its own");

        foreach (var key in keys)
            await FindsAsync(key, $"of '{key}'", $"FindAsync compares keys ordinally: '{key}'");
        Assert.That(await Store.TryRemoveAsync("k", default), Is.True, "TryRemoveAsync of a ticket that counts");
        Assert.That(await Store.TryReplaceAsync("K", "of 'K'", "new", default), Is.True, "TryReplaceAsync of a ticket that counts");
        await FindsAsync("k ", "of 'k '", "TryRemoveAsync and TryReplaceAsync compare keys ordinally");
    }

    [Test]
    public async Task A_key_is_added_once_while_its_ticket_counts()
    {
        await AddAsync("k", "a", Long);
        foreach (var node in Nodes)
        {
            Assert.That(await node.TryAddAsync("k", "b", In(Long * 2), default), Is.False, "TryAddAsync of a key that still counts");
            await FindsAsync("k", "a", "TryAddAsync that answers false changes nothing");
        }
    }

    [Test]
    public async Task A_ticket_whose_time_is_over_counts_as_absent()
    {
        foreach (var key in new[] { "found", "replaced", "removed", "added" })
            await AddAsync(key, "a", Short);
        await AddAsync("living", "a", Long);
        await FindsAsync("found", "a", "FindAsync finds a ticket before its time is over");

        await PassAsync(Short);

        await FindsAsync("found", null, "FindAsync of a ticket whose time is over is null");
        await FindsAsync("living", "a", "FindAsync finds what has time left");
        foreach (var node in Nodes)
        {
            Assert.That(await node.TryReplaceAsync("replaced", "a", "b", default), Is.False, "TryReplaceAsync of what is over is false");
            Assert.That(await node.TryRemoveAsync("removed", default), Is.False, "TryRemoveAsync of what is over is false");
        }

        await FindsAsync("replaced", null, "TryReplaceAsync does not bring back what is over");
        Assert.That(await Store.TryAddAsync("added", "b", In(Long), default), Is.True, "TryAddAsync where the time of the old one is over");
        await FindsAsync("added", "b", "a ticket added in the place of one that is over counts");
    }

    [Test]
    public async Task Replacing_takes_the_expected_value_only()
    {
        await AddAsync("k", "a", Long);

        foreach (var wrong in new[] { "x", "A", "a ", "" })
            Assert.That(
                await Store.TryReplaceAsync("k", wrong, "b", default),
                Is.False,
                $"TryReplaceAsync expecting '{wrong}' where 'a' is"
            );
        await FindsAsync("k", "a", "TryReplaceAsync that answers false changes nothing");
        Assert.That(await Store.TryReplaceAsync("none", "a", "b", default), Is.False, "TryReplaceAsync of an unknown key");
        await FindsAsync("none", null, "TryReplaceAsync adds no ticket");
        Assert.That(await Store.TryReplaceAsync("k", "a", "b", default), Is.True, "TryReplaceAsync expecting what is there");
        foreach (var node in Nodes)
            Assert.That(await node.TryReplaceAsync("k", "a", "c", default), Is.False, "TryReplaceAsync expecting what was there before");
        await FindsAsync("k", "b", "TryReplaceAsync that answers true has replaced the value");
    }

    [Test]
    public async Task Replacing_keeps_the_time()
    {
        await AddAsync("short", "a", Short);
        await AddAsync("long", "a", Long);
        foreach (var key in new[] { "short", "long" })
            Assert.That(await Store.TryReplaceAsync(key, "a", "b", default), Is.True, "TryReplaceAsync expecting what is there");

        await PassAsync(Short);

        await FindsAsync("short", null, "TryReplaceAsync gives a ticket no more time");
        await FindsAsync("long", "b", "TryReplaceAsync takes no time from a ticket");
    }

    [Test]
    public async Task A_ticket_is_removed_once()
    {
        await AddAsync("k", "a", Long);
        await AddAsync("other", "a", Long);

        Assert.That(await Store.TryRemoveAsync("k", default), Is.True, "TryRemoveAsync of a ticket that counts");
        foreach (var node in Nodes)
            Assert.That(await node.TryRemoveAsync("k", default), Is.False, "TryRemoveAsync of what is gone");
        await FindsAsync("k", null, "TryRemoveAsync removes");
        await FindsAsync("other", "a", "TryRemoveAsync removes one ticket only");
    }

    [Test]
    public async Task A_ticket_added_anew_lives_its_own_time_and_not_the_removed_ones()
    {
        await AddAsync("k", "a", Short);
        Assert.That(await Store.TryRemoveAsync("k", default), Is.True, "TryRemoveAsync of a ticket that counts");
        await AddAsync("k", "b", Long);

        await PassAsync(Short);
        await AddAsync("other", "x", Long);
        await Store.RemoveExpiredAsync(100, default);

        await FindsAsync("k", "b", "a ticket added anew lives its own time");
    }

    [Test]
    public async Task Of_fifty_who_add_one_key_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var key = $"k{round}";
            await OneOfFiftyAddsAsync(key);
        }
    }

    [Test]
    public async Task Of_fifty_who_add_a_key_whose_time_is_over_one_wins()
    {
        for (var i = 0; i < 3; i++)
            await AddAsync($"k{i}", "old", Short);
        await PassAsync(Short);

        for (var i = 0; i < 3; i++)
            await OneOfFiftyAddsAsync($"k{i}");
    }

    [Test]
    public async Task Of_fifty_who_remove_a_ticket_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            await AddAsync("k", "a", Long);
            var won = await RaceAsync(50, (node, _) => node.TryRemoveAsync("k", default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryRemoveAsync of one ticket exactly one answers true");
            await FindsAsync("k", null, "TryRemoveAsync removes");
        }
    }

    [Test]
    public async Task Of_fifty_who_replace_a_value_one_wins()
    {
        await AddAsync("k", "start", Long);
        var value = "start";
        for (var round = 0; round < 3; round++)
        {
            var expected = value;
            var won = await RaceAsync(50, (node, i) => node.TryReplaceAsync("k", expected, $"{round}.{i}", default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryReplaceAsync of one value exactly one answers true");
            value = $"{round}.{Array.IndexOf(won, true)}";
            await FindsAsync("k", value, "the value is the winner's");
        }
    }

    [Test]
    public async Task What_one_node_wrote_the_other_reads_at_once()
    {
        await AddAsync("k", "start", Long);
        var value = "start";
        for (var i = 0; i < 20; i++)
        {
            Assert.That(await Node(i + 1).FindAsync("k", default), Is.EqualTo(value), "FindAsync shows what another node wrote");
            Assert.That(await Node(i).TryReplaceAsync("k", value, $"{i}", default), Is.True, "TryReplaceAsync after another node's");
            value = $"{i}";
        }
    }

    [Test]
    public async Task What_is_over_is_removed_and_no_more_than_asked()
    {
        for (var i = 0; i < 5; i++)
            await AddAsync($"over-{i}", "a", Short);
        await AddAsync("living", "a", Long);
        Assert.That(await Store.RemoveExpiredAsync(100, default), Is.Zero, "RemoveExpiredAsync while every ticket counts");

        await PassAsync(Short);

        foreach (var (limit, count) in new[] { (3, 3), (100, 2), (100, 0) })
        {
            Assert.That(
                await Store.RemoveExpiredAsync(limit, default),
                PrunesItself ? Is.InRange(0, count) : Is.EqualTo(count),
                $"RemoveExpiredAsync removes at most {limit} and returns how many"
            );
        }

        await FindsAsync("living", "a", "RemoveExpiredAsync leaves what counts");
        await FindsAsync("over-0", null, "what is over stays so");
    }

    [Test]
    public async Task Nodes_that_prune_at_once_remove_every_ticket_once_and_no_living_one()
    {
        for (var i = 0; i < 20; i++)
            await AddAsync($"over-{i}", "a", Short);
        await AddAsync("living", "a", Long);
        await PassAsync(Short);

        // Some of them are added anew meanwhile: these live.
        var removed = await RaceAsync(
            3,
            async (node, i) =>
            {
                var count = 0;
                for (var step = 10; step < 20; step++)
                {
                    if (i == 0)
                        Assert.That(
                            await node.TryAddAsync($"over-{step}", "b", In(Long), default),
                            Is.True,
                            "TryAddAsync while others prune"
                        );
                    else
                        count += await node.RemoveExpiredAsync(2, default);
                }

                return count;
            }
        );

        Assert.That(removed.Sum(), Is.LessThanOrEqualTo(20), "the counts of RemoveExpiredAsync on several nodes add up");
        await FindsAsync("living", "a", "RemoveExpiredAsync leaves what counts");
        for (var i = 10; i < 20; i++)
            await FindsAsync($"over-{i}", "b", "RemoveExpiredAsync leaves what was added anew meanwhile");
    }

    [Test]
    public async Task A_key_added_and_removed_at_once_is_there_as_often_as_it_was_added_and_not_removed()
    {
        var until = In(Long);
        var changes = await RaceAsync(
            8,
            async (node, i) =>
            {
                var sum = 0;
                for (var step = 0; step < 8; step++)
                {
                    if (i < 4)
                        sum += await node.TryAddAsync("k", "a", until, default) ? 1 : 0;
                    else
                        sum -= await node.TryRemoveAsync("k", default) ? 1 : 0;
                }

                return sum;
            }
        );

        var left = await Store.FindAsync("k", default) is null ? 0 : 1;
        Assert.That(changes.Sum(), Is.EqualTo(left), "TryAddAsync and TryRemoveAsync at the same time each say what they did");
    }

    [Test]
    public async Task A_cancelled_call_says_so_or_does_all_of_its_work()
    {
        await AddAsync("replaced", "a", Long);
        await AddAsync("removed", "a", Long);

        await CancelledAsync(
            "TryAddAsync",
            async ct =>
            {
                Assert.That(await Store.TryAddAsync("added", "a", In(Long), ct), Is.True, "TryAddAsync does its work or throws");
                await FindsAsync("added", "a", "TryAddAsync does its work or throws");
            }
        );
        await CancelledAsync(
            "TryReplaceAsync",
            async ct =>
            {
                Assert.That(await Store.TryReplaceAsync("replaced", "a", "b", ct), Is.True, "TryReplaceAsync does its work or throws");
                await FindsAsync("replaced", "b", "TryReplaceAsync does its work or throws");
            }
        );
        await CancelledAsync(
            "TryRemoveAsync",
            async ct =>
            {
                Assert.That(await Store.TryRemoveAsync("removed", ct), Is.True, "TryRemoveAsync does its work or throws");
                await FindsAsync("removed", null, "TryRemoveAsync does its work or throws");
            }
        );
    }

    private DateTimeOffset In(TimeSpan time) => clock.GetUtcNow() + time;

    private async Task AddAsync(string key, string value, TimeSpan time) =>
        Assert.That(await Store.TryAddAsync(key, value, In(time), default), Is.True, $"TryAddAsync of the new key '{key}'");

    private async Task OneOfFiftyAddsAsync(string key)
    {
        var until = In(Long);
        var won = await RaceAsync(50, (node, i) => node.TryAddAsync(key, $"{i}", until, default));

        Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryAddAsync of one key exactly one answers true");
        await FindsAsync(key, $"{Array.IndexOf(won, true)}", "the value is the winner's");
    }

    private async Task FindsAsync(string key, string? value, string promise)
    {
        foreach (var node in Nodes)
            Assert.That(await node.FindAsync(key, default), Is.EqualTo(value), promise);
    }
}
