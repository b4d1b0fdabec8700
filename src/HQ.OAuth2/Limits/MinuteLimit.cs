namespace HQ.OAuth2;

/// <summary>
/// How often something may happen in a minute, or in another time, for each of many keys. It counts in this process only and has a fixed size:
/// no counter is dropped within its time, even if there are very many other keys. While all counters are in use, further keys share a few, so a
/// key may reach its limit early.
/// </summary>
internal sealed class MinuteLimit(TimeProvider time, TimeSpan? window = null)
{
    /// <summary>The number of keys that have a counter of their own.</summary>
    public const int MaxCounters = 10_000;

    private const int SharedCounters = 1024;
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private readonly BoundedCache<Counter> counters = new(MaxCounters, window ?? minute);
    private readonly BoundedCache<Counter> shared = new(SharedCounters, window ?? minute);

    /// <summary>Counts one attempt; false when the limit of this minute was reached already. Zero = no limit.</summary>
    public bool TryTake(string key, int perMinute) => TryTake(key, perMinute, out _);

    /// <summary>
    /// Counts one attempt; its place can be given back if it turns out not to count. False when the limit was reached already.
    /// </summary>
    public bool TryTake(string key, int perMinute, out Place place)
    {
        var counter = perMinute == 0 ? null : Of(key);
        place = new(counter);
        return counter is null || counter.TryAdd(perMinute);
    }

    /// <summary>Whether the limit of this minute is reached; it counts nothing and stores nothing.</summary>
    public bool IsReached(string key, int perMinute)
    {
        var now = time.GetUtcNow();
        return perMinute != 0
            && (counters.TryGet(key, now, out var counter) || shared.TryGet(Share(key), now, out counter))
            && counter.Count >= perMinute;
    }

    private Counter Of(string key)
    {
        var now = time.GetUtcNow();
        if (!counters.TryGetOrAdd(key, new(), now, out var counter))
            shared.TryGetOrAdd(Share(key), new(), now, out counter);
        return counter!;
    }

    // The hash of a text differs in each process, so nobody can choose which key to share a counter with.
    private static string Share(string key) =>
        ((uint)key.GetHashCode(StringComparison.Ordinal) % SharedCounters).ToString(System.Globalization.CultureInfo.InvariantCulture);

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

        /// <summary>A refused attempt is not counted: it took no place, so it gives none back.</summary>
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
