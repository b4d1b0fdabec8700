namespace HQ.OAuth2;

/// <summary>How often something may happen in a minute, for each of many keys. This process only, and bounded: a guard, not a ledger.</summary>
internal sealed class MinuteLimit(TimeProvider time)
{
    private static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly BoundedMemory<Counter> counters = new(limit: 10_000);

    /// <summary>Counts one more; false when there were that many in this minute already. Zero = no limit.</summary>
    public bool TryTake(string key, int perMinute) => TryTake(key, perMinute, out _);

    /// <summary>Counts one more; the place is given back when it turns out not to count. False when there were that many already.</summary>
    public bool TryTake(string key, int perMinute, out Place place)
    {
        var counter = perMinute == 0 ? null : Of(key);
        place = new(counter);
        return counter is null || counter.TryAdd(perMinute);
    }

    /// <summary>Whether there were that many in this minute already; counts nothing.</summary>
    public bool IsReached(string key, int perMinute) => perMinute != 0 && Of(key).Count >= perMinute;

    private Counter Of(string key)
    {
        var now = time.GetUtcNow();
        // Two who begin a minute at once must count together.
        lock (gate)
        {
            if (!counters.TryGet(key, now, out var counter))
                counters.Set(key, counter = new(), now, window);
            return counter;
        }
    }

    /// <summary>One of the places of a minute.</summary>
    internal readonly struct Place
    {
        private readonly Counter? counter;

        internal Place(Counter? counter) => this.counter = counter;

        public void GiveBack() => counter?.GiveBack();
    }

    internal sealed class Counter
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        /// <summary>A refused attempt is not counted: it took no place, and gives none back.</summary>
        public bool TryAdd(int limit)
        {
            for (var seen = Count; seen < limit; seen = Count)
            {
                if (Interlocked.CompareExchange(ref count, seen + 1, seen) == seen)
                    return true;
            }

            return false;
        }

        public void GiveBack() => Interlocked.Decrement(ref count);
    }
}
