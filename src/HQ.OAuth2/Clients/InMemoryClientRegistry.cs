using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The reference registry: in memory; its content is lost when the process ends.</summary>
internal sealed class InMemoryClientRegistry : IClientRegistry
{
    private readonly ConcurrentDictionary<string, Client> clients = new(StringComparer.Ordinal);

    // The ids of api clients by the key of their name. Writers hold a lock, so that this index and the clients change together.
    private readonly Dictionary<string, HashSet<string>> names = new(StringComparer.Ordinal);
    private readonly Lock writing = new();

    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new(clients.GetValueOrDefault(clientId));

    public ValueTask<bool> TryAddAsync(Client client, CancellationToken ct)
    {
        lock (writing)
        {
            if (!clients.TryAdd(client.ClientId, client))
                return new(false);
            NameOf(client)?.Add(client.ClientId);
            return new(true);
        }
    }

    public ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct)
    {
        lock (writing)
        {
            if (!clients.TryGetValue(next.ClientId, out var current) || current.Version != next.Version - 1)
                return new(false);
            Forget(current);
            clients[next.ClientId] = next with { LastUsedOn = current.LastUsedOn };
            NameOf(next)?.Add(next.ClientId);
            return new(true);
        }
    }

    public ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct)
    {
        lock (writing)
        {
            if (!clients.TryRemove(clientId, out var removed))
                return new(false);
            Forget(removed);
            return new(true);
        }
    }

    public ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        var limit = Math.Clamp(by.Limit, 1, 1000);
        var found = Candidates(by)
            .Where(c => (by.Org is null || c.Org == by.Org) && (by.Provenance is null || c.Provenance == by.Provenance))
            .Where(c => by.After is null || string.CompareOrdinal(c.ClientId, by.After) > 0)
            .OrderBy(c => c.ClientId, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return new(new Page<Client>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].ClientId : null));
    }

    public ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct) =>
        new(clients.Values.Count(c => c.Provenance == provenance));

    public ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
    {
        lock (writing)
        {
            if (clients.TryGetValue(clientId, out var current) && !(current.LastUsedOn >= day))
                clients[clientId] = current with { LastUsedOn = day };
        }

        return default;
    }

    public ValueTask<int> RemoveUnusedAsync(DateTimeOffset neverUsedAndMadeBefore, DateOnly lastUsedBefore, int limit, CancellationToken ct)
    {
        // Check and remove under one lock, so that no use is recorded in between.
        lock (writing)
        {
            var unused = clients
                .Values.Where(c => c.IsSelfRegistered)
                .Where(c => c.LastUsedOn is { } day ? day < lastUsedBefore : c.CreatedAt < neverUsedAndMadeBefore)
                .Take(limit)
                .ToList();
            return new(unused.Count(c => clients.TryRemove(c.ClientId, out _)));
        }
    }

    private IEnumerable<Client> Candidates(ClientFilter by)
    {
        if (by.NameKeys is not { } keys)
            return clients.Values;
        if (by.Provenance != ClientProvenance.Api)
            return clients.Values.Where(c => keys.Contains(c.NameKey));
        lock (writing)
            return [.. keys.Distinct().SelectMany(k => names.GetValueOrDefault(k) ?? []).Select(id => clients[id])];
    }

    private HashSet<string>? NameOf(Client client)
    {
        if (client.Provenance != ClientProvenance.Api)
            return null;
        var key = client.NameKey;
        return names.TryGetValue(key, out var ids) ? ids : names[key] = new(StringComparer.Ordinal);
    }

    private void Forget(Client client)
    {
        if (NameOf(client) is not { } ids)
            return;
        ids.Remove(client.ClientId);
        if (ids.Count == 0)
            names.Remove(client.NameKey);
    }
}
