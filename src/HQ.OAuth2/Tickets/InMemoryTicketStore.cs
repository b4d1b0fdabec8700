namespace HQ.OAuth2;

/// <summary>The reference ticket store: in memory; its content is lost when the process ends.</summary>
internal sealed class InMemoryTicketStore(TimeProvider time) : ITicketStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Value, DateTimeOffset Until)> tickets = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> byEnd = new();

    public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
    {
        lock (gate)
        {
            DropExpired();
            if (!tickets.TryAdd(key, (value, until)))
                return new(false);
            byEnd.Enqueue(key, until);
            return new(true);
        }
    }

    public ValueTask<string?> FindAsync(string key, CancellationToken ct)
    {
        lock (gate)
            return new(tickets.TryGetValue(key, out var ticket) && time.GetUtcNow() < ticket.Until ? ticket.Value : null);
    }

    public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct)
    {
        lock (gate)
        {
            DropExpired();
            if (!tickets.TryGetValue(key, out var ticket) || ticket.Value != expected)
                return new(false);
            tickets[key] = (value, ticket.Until);
            return new(true);
        }
    }

    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct)
    {
        lock (gate)
        {
            DropExpired();
            return new(tickets.Remove(key));
        }
    }

    public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct)
    {
        lock (gate)
            return new(DropExpired(limit));
    }

    private int DropExpired(int limit = int.MaxValue)
    {
        var (now, dropped) = (time.GetUtcNow(), 0);
        while (dropped < limit && byEnd.TryPeek(out var key, out var until) && until <= now)
        {
            byEnd.Dequeue();
            // A removed ticket may have been added again with a later end.
            if (tickets.TryGetValue(key, out var ticket) && ticket.Until <= now && tickets.Remove(key))
                dropped++;
        }

        return dropped;
    }
}
