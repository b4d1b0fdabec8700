namespace HQ.OAuth2;

/// <summary>A ticket store that refuses its next tickets, or fails at its next reads.</summary>
internal sealed class RefusingTickets(ITicketStore inner) : ITicketStore
{
    /// <summary>How many new tickets it still refuses.</summary>
    public int Left { get; set; }

    /// <summary>How many reads still fail.</summary>
    public int FailingReads { get; set; }

    public async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
        Left-- <= 0 && await inner.TryAddAsync(key, value, until, ct);

    public ValueTask<string?> FindAsync(string key, CancellationToken ct) =>
        FailingReads-- <= 0 ? inner.FindAsync(key, ct) : throw new IOException("the ticket store is away");

    public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
        inner.TryReplaceAsync(key, expected, value, ct);

    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

    public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
}
