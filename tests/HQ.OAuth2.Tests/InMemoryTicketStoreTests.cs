using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class InMemoryTicketStoreTests
{
    private TestClock clock = null!;
    private InMemoryTicketStore store = null!;

    [SetUp]
    public void An_empty_store()
    {
        clock = new();
        store = new(clock);
    }

    [Test]
    public async Task A_key_is_added_once_while_its_ticket_counts()
    {
        (await AddAsync("k", "a", 10)).Should().BeTrue();
        (await AddAsync("k", "b", 20)).Should().BeFalse();
        (await AddAsync("K", "c", 20)).Should().BeTrue();
        (await store.FindAsync("k", default)).Should().Be("a");

        clock.Advance(TimeSpan.FromSeconds(10));
        (await AddAsync("k", "b", 30)).Should().BeTrue();
        (await store.FindAsync("k", default)).Should().Be("b");
    }

    [Test]
    public async Task A_ticket_counts_until_its_time_and_not_at_it()
    {
        await AddAsync("k", "a", 10);

        clock.Now = TestClock.Start.AddSeconds(10).AddTicks(-1);
        (await store.FindAsync("k", default)).Should().Be("a");
        clock.Now = TestClock.Start.AddSeconds(10);
        (await store.FindAsync("k", default)).Should().BeNull();
        (await store.TryReplaceAsync("k", "a", "b", default)).Should().BeFalse();
        (await store.TryRemoveAsync("k", default)).Should().BeFalse();
    }

    [Test]
    public async Task Replacing_takes_the_expected_value_only_and_keeps_the_time()
    {
        await AddAsync("k", "a", 10);

        (await store.TryReplaceAsync("k", "x", "b", default)).Should().BeFalse();
        (await store.TryReplaceAsync("none", "a", "b", default)).Should().BeFalse();
        (await store.TryReplaceAsync("k", "a", "b", default)).Should().BeTrue();
        (await store.TryReplaceAsync("k", "a", "c", default)).Should().BeFalse();
        (await store.FindAsync("k", default)).Should().Be("b");
        clock.Advance(TimeSpan.FromSeconds(10));
        (await store.FindAsync("k", default)).Should().BeNull();
    }

    [Test]
    public async Task One_caller_of_many_removes_and_one_adds()
    {
        var adds = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => AddAsync("k", $"{i}", 10))));
        var removals = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await store.TryRemoveAsync("k", default)))
        );

        adds.Count(won => won).Should().Be(1);
        removals.Count(won => won).Should().Be(1);
    }

    [Test]
    public async Task A_ticket_added_anew_lives_its_own_time_and_not_the_removed_ones()
    {
        await AddAsync("k", "a", 10);
        await store.TryRemoveAsync("k", default);
        await AddAsync("k", "b", 60);

        clock.Advance(TimeSpan.FromSeconds(30));
        await AddAsync("other", "x", 90);

        (await store.FindAsync("k", default)).Should().Be("b");
    }

    private async Task<bool> AddAsync(string key, string value, int seconds) =>
        await store.TryAddAsync(key, value, TestClock.Start.AddSeconds(seconds), default);
}
