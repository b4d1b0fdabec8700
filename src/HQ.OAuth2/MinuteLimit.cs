namespace HQ.OAuth2;

/// <summary>How often something may happen in a minute, for each of many keys. This process only, and bounded: a guard, not a ledger.</summary>
internal sealed class MinuteLimit(TimeProvider time)
{
    private static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    private readonly BoundedMemory<Counter> counters = new(limit: 10_000);

    /// <summary>Counts one more; false when there were that many in this minute already. Zero = no limit.</summary>
    public bool TryTake(string key, int perMinute) => perMinute == 0 || Interlocked.Increment(ref Of(key).Count) <= perMinute;

    /// <summary>Whether there were that many in this minute already; counts nothing.</summary>
    public bool IsReached(string key, int perMinute) => perMinute != 0 && Volatile.Read(ref Of(key).Count) >= perMinute;

    private Counter Of(string key)
    {
        var now = time.GetUtcNow();
        if (!counters.TryGet(key, now, out var counter))
            counters.Set(key, counter = new(), now, window);
        return counter;
    }

    private sealed class Counter
    {
        public int Count;
    }
}
