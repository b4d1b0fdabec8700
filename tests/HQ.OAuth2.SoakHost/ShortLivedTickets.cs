namespace HQ.OAuth2.Soak;

/// <summary>A store whose tickets end soon: that of an answered consent form lives for a day, longer than a run.</summary>
internal sealed class ShortLivedTickets(ITicketStore inner, TimeProvider time) : ITicketStore
{
    private static readonly TimeSpan life = TimeSpan.FromSeconds(30);

    public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
    {
        var end = time.GetUtcNow() + life;
        return inner.TryAddAsync(key, value, until < end ? until : end, ct);
    }

    public ValueTask<string?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

    public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
        inner.TryReplaceAsync(key, expected, value, ct);

    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

    public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
}
