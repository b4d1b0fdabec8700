using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The reference key store: keys in memory, lost when the process ends.</summary>
internal sealed class InMemoryKeyStore : IKeyStore
{
    private readonly ConcurrentDictionary<string, KeyRecord> keys = new(StringComparer.Ordinal);

    public ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct) => new([.. keys.Values]);

    public ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) => new(keys.TryAdd(key.Id, key));

    public ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        keys.TryRemove(id, out _);
        return default;
    }
}
