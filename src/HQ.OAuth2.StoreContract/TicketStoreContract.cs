namespace HQ.OAuth2;

/// <summary>The promises of <see cref="ITicketStore"/>: derive, make your store over the clock that is handed in, run.</summary>
public abstract class TicketStoreContract : StoreContract<ITicketStore>
{
    private ManualClock clock = null!;

    /// <summary>Makes an empty store that takes the time from a clock.</summary>
    protected abstract ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time);

    /// <inheritdoc/>
    protected sealed override ValueTask<ITicketStore> CreateStoreAsync() => CreateStoreAsync(clock = new());

    /// <summary>Lets time pass; a store whose engine has a clock of its own overrides this and waits.</summary>
    protected virtual ValueTask PassAsync(TimeSpan time)
    {
        clock.Now += time;
        return default;
    }

    /// <summary>The time as the tests see it.</summary>
    protected DateTimeOffset Now => clock.Now;

    /// <summary>TryAddAsync adds once.</summary>
    [Test]
    public async Task A_key_is_added_once_while_its_ticket_counts()
    {
        Assert.That(await AddAsync("k", "a", 2), Is.True);
        Assert.That(await Second.TryAddAsync("k", "b", Now.AddSeconds(20), default), Is.False, "One with this key still counts.");
        Assert.That(await AddAsync("K", "c", 20), Is.True, "Keys that differ in case are different.");
        Assert.That(await Second.FindAsync("k", default), Is.EqualTo("a"));
        Assert.That(await Store.FindAsync("other", default), Is.Null);

        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.That(await AddAsync("k", "b", 30), Is.True, "Its time is over: the key is free.");
        Assert.That(await Second.FindAsync("k", default), Is.EqualTo("b"));
    }

    /// <summary>After its time a ticket is as absent as one that never was.</summary>
    [Test]
    public async Task A_ticket_counts_until_its_time_and_not_after()
    {
        await AddAsync("k", "a", 2);
        Assert.That(await Store.FindAsync("k", default), Is.EqualTo("a"));

        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.That(await Store.FindAsync("k", default), Is.Null);
        Assert.That(await Store.TryReplaceAsync("k", "a", "b", default), Is.False);
        Assert.That(await Store.TryRemoveAsync("k", default), Is.False, "Who removes what is over has won nothing.");
    }

    /// <summary>TryReplaceAsync compares the value.</summary>
    [Test]
    public async Task Replacing_takes_the_expected_value_only_and_keeps_the_time()
    {
        await AddAsync("k", "a", 2);

        Assert.That(await Store.TryReplaceAsync("k", "x", "b", default), Is.False);
        Assert.That(await Store.TryReplaceAsync("none", "a", "b", default), Is.False);
        Assert.That(await Second.TryReplaceAsync("k", "a", "b", default), Is.True);
        Assert.That(await Store.TryReplaceAsync("k", "a", "c", default), Is.False);
        Assert.That(await Store.FindAsync("k", default), Is.EqualTo("b"));
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.That(await Store.FindAsync("k", default), Is.Null, "Replacing does not prolong.");
    }

    /// <summary>Single use, with many callers at many nodes.</summary>
    [Test]
    public async Task One_caller_of_many_adds_one_replaces_and_one_removes()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"k{round}";
            var added = await RaceAsync(50, (node, i) => node.TryAddAsync(key, $"{i}", Now.AddSeconds(60), default));
            Assert.That(added.Count(won => won), Is.EqualTo(1), "Of 50 that add a key one does.");
            var value = $"{Array.IndexOf(added, true)}";
            Assert.That(await Second.FindAsync(key, default), Is.EqualTo(value));

            var replaced = await RaceAsync(50, (node, i) => node.TryReplaceAsync(key, value, $"r{i}", default));
            Assert.That(replaced.Count(won => won), Is.EqualTo(1), "Of 50 that replace a value one does.");
            Assert.That(await Store.FindAsync(key, default), Is.EqualTo($"r{Array.IndexOf(replaced, true)}"));

            var removed = await RaceAsync(50, (node, _) => node.TryRemoveAsync(key, default));
            Assert.That(removed.Count(won => won), Is.EqualTo(1), "Of 50 that remove a ticket one does.");
        }
    }

    /// <summary>The place of a ticket whose time is over is taken once.</summary>
    [Test]
    public async Task The_key_of_an_expired_ticket_is_taken_by_one_of_many()
    {
        await AddAsync("k", "old", 1);
        await PassAsync(TimeSpan.FromSeconds(1));

        var added = await RaceAsync(50, (node, i) => node.TryAddAsync("k", $"{i}", Now.AddSeconds(60), default));

        Assert.That(added.Count(won => won), Is.EqualTo(1));
        Assert.That(await Store.FindAsync("k", default), Is.EqualTo($"{Array.IndexOf(added, true)}"));
    }

    /// <summary>A new ticket is not the old one.</summary>
    [Test]
    public async Task A_ticket_added_anew_lives_its_own_time_and_not_the_removed_ones()
    {
        await AddAsync("k", "a", 1);
        await Store.TryRemoveAsync("k", default);
        await AddAsync("k", "b", 60);

        await PassAsync(TimeSpan.FromSeconds(2));
        await Store.RemoveExpiredAsync(100, default);

        Assert.That(await Store.FindAsync("k", default), Is.EqualTo("b"));
    }

    /// <summary>Pruning.</summary>
    [Test]
    public async Task Removing_expired_tickets_leaves_those_that_count()
    {
        for (var i = 0; i < 5; i++)
            await AddAsync($"old{i}", "x", 1);
        await AddAsync("live", "y", 60);
        await PassAsync(TimeSpan.FromSeconds(1));

        var (first, rest) = (await Store.RemoveExpiredAsync(3, default), await Second.RemoveExpiredAsync(100, default));

        Assert.That(
            (first, rest),
            Is.EqualTo((3, 2)).Or.EqualTo((0, 0)),
            "No more than the limit, then the rest; or none, by an engine that does so itself."
        );
        Assert.That(await Store.FindAsync("live", default), Is.EqualTo("y"));
    }

    private async Task<bool> AddAsync(string key, string value, int seconds) =>
        await Store.TryAddAsync(key, value, Now.AddSeconds(seconds), default);

    private sealed class ManualClock : TimeProvider
    {
        // Whole seconds ahead of the machine's own clock: an engine with a clock of its own agrees well enough.
        public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(System.GetUtcNow().ToUnixTimeSeconds());

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
