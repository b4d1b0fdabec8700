using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>
/// A cache of values that also exist elsewhere. All entries have the same lifetime, so the oldest entry is also the first to end; it is removed
/// to make room for a new one. Keys are compared ordinally; no lock is held while code of a caller runs.
/// </summary>
internal sealed class BoundedCache<T>(int limit, TimeSpan life)
    where T : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byAge = new();
    private long changes;

    public bool TryGet(string key, DateTimeOffset now, [MaybeNullWhen(false)] out T value)
    {
        lock (gate)
        {
            var found = Find(key, now);
            value = found is null ? default : found.Value.Value;
            return found is not null;
        }
    }

    /// <summary>Gives a value out and keeps it no longer: of many callers one gets it.</summary>
    public bool TryTake(string key, DateTimeOffset now, [MaybeNullWhen(false)] out T value)
    {
        lock (gate)
        {
            var found = Find(key, now);
            value = found is null ? default : found.Value.Value;
            Remove(key);
            return found is not null;
        }
    }

    public void Set(string key, T value, DateTimeOffset now)
    {
        lock (gate)
        {
            Remove(key);
            DropEnded(now);
            if (byKey.Count >= limit)
                Remove(byAge.First!.Value.Key);
            Add(key, value, now);
        }
    }

    /// <summary>Keeps a value under a key that has none; the oldest makes room. False when the key has one.</summary>
    public bool TryAdd(string key, T value, DateTimeOffset now)
    {
        lock (gate)
        {
            if (Find(key, now) is not null)
                return false;
            Set(key, value, now);
            return true;
        }
    }

    /// <summary>
    /// The value of the key; the given value is added if there was none. False when all room is taken by values that have not ended.
    /// </summary>
    public bool TryGetOrAdd(string key, T fresh, DateTimeOffset now, [MaybeNullWhen(false)] out T value)
    {
        lock (gate)
        {
            if (Find(key, now) is { } found)
            {
                value = found.Value.Value;
                return true;
            }

            Remove(key);
            DropEnded(now);
            var hasRoom = byKey.Count < limit;
            if (hasRoom)
                Add(key, fresh, now);
            value = hasRoom ? fresh : default;
            return hasRoom;
        }
    }

    /// <summary>A ticket to take before the source is read, and to pass to <see cref="Fill"/> with the value that was read.</summary>
    public long Ticket => Interlocked.Read(ref changes);

    /// <summary>
    /// Keeps a value read from the source, unless an entry was removed since the ticket was taken: the read may have begun before the change.
    /// The removal of another key costs one more read and nothing else.
    /// </summary>
    public void Fill(string key, T value, long ticket, DateTimeOffset now)
    {
        lock (gate)
        {
            if (changes == ticket)
                Set(key, value, now);
        }
    }

    /// <summary>Changes a cached value; its lifetime stays. Of two parallel changes one may be lost.</summary>
    public void Update(string key, Func<T, T> change)
    {
        LinkedListNode<Entry>? node;
        lock (gate)
        {
            if (!byKey.TryGetValue(key, out node))
                return;
        }

        var next = change(node.Value.Value);
        // A node that was removed or replaced meanwhile is in neither collection any more.
        lock (gate)
            node.ValueRef = node.Value with { Value = next };
    }

    public void Forget(string key)
    {
        lock (gate)
        {
            changes++;
            Remove(key);
        }
    }

    private LinkedListNode<Entry>? Find(string key, DateTimeOffset now) =>
        byKey.TryGetValue(key, out var node) && now < node.Value.Until ? node : null;

    private void Add(string key, T value, DateTimeOffset now) => byKey[key] = byAge.AddLast(new Entry(key, value, now + life));

    private void Remove(string key)
    {
        if (byKey.Remove(key, out var node))
            byAge.Remove(node);
    }

    private void DropEnded(DateTimeOffset now)
    {
        while (byAge.First is { } oldest && oldest.Value.Until <= now)
            Remove(oldest.Value.Key);
    }

    private readonly record struct Entry(string Key, T Value, DateTimeOffset Until);
}
