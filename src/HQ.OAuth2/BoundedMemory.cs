using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>What this process remembers for a while: bounded, and never the only place where it is.</summary>
internal sealed class BoundedMemory<T>(int limit)
    where T : notnull
{
    private readonly ConcurrentDictionary<string, (T Value, DateTimeOffset Until)> kept = new(StringComparer.Ordinal);

    public bool TryGet(string key, DateTimeOffset now, [MaybeNullWhen(false)] out T value)
    {
        var found = kept.TryGetValue(key, out var entry) && now < entry.Until;
        value = found ? entry.Value : default;
        return found;
    }

    public void Set(string key, T value, DateTimeOffset now, TimeSpan life)
    {
        if (kept.Count >= limit)
        {
            foreach (var (old, entry) in kept)
            {
                if (now >= entry.Until)
                    kept.TryRemove(old, out _);
            }

            if (kept.Count >= limit)
                kept.Clear();
        }

        kept[key] = (value, now + life);
    }

    /// <summary>Changes a value that is kept; it is kept no longer for that, and one that is gone meanwhile stays gone.</summary>
    public void Update(string key, Func<T, T> change)
    {
        while (kept.TryGetValue(key, out var entry) && !kept.TryUpdate(key, (change(entry.Value), entry.Until), entry)) { }
    }

    public void Forget(string key) => kept.TryRemove(key, out _);
}
