using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class InMemoryTicketStoreTests : TicketStoreContract
{
    protected override ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time) => new(new InMemoryTicketStore(time));

    [Test]
    public async Task A_ticket_counts_until_its_time_and_not_at_it()
    {
        var clock = new TestClock();
        var store = new InMemoryTicketStore(clock);
        await store.TryAddAsync("k", "a", TestClock.Start.AddSeconds(10), default);

        clock.Now = TestClock.Start.AddSeconds(10).AddTicks(-1);
        (await store.FindAsync("k", default)).Should().Be("a");
        clock.Now = TestClock.Start.AddSeconds(10);
        (await store.FindAsync("k", default)).Should().BeNull();
        (await store.TryReplaceAsync("k", "a", "b", default)).Should().BeFalse();
        (await store.TryRemoveAsync("k", default)).Should().BeFalse();
    }
}
