using System.Collections.Concurrent;

namespace HQ.OAuth2;

/// <summary>The reference registry: in memory, gone with the process.</summary>
internal sealed class InMemoryClientRegistry : IClientRegistry
{
    private readonly ConcurrentDictionary<string, Client> clients = new(StringComparer.Ordinal);

    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new(clients.GetValueOrDefault(clientId));

    public ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) => new(clients.TryAdd(client.ClientId, client));

    public ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct)
    {
        while (clients.TryGetValue(next.ClientId, out var current) && current.Version == next.Version - 1)
        {
            if (clients.TryUpdate(next.ClientId, next with { LastUsedOn = current.LastUsedOn }, current))
                return new(true);
        }

        return new(false);
    }

    public ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) => new(clients.TryRemove(clientId, out _));

    public ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        var limit = Math.Clamp(by.Limit, 1, 1000);
        var found = clients
            .Values.Where(c => (by.Org is null || c.Org == by.Org) && (by.Provenance is null || c.Provenance == by.Provenance))
            .Where(c => by.After is null || string.CompareOrdinal(c.ClientId, by.After) > 0)
            .OrderBy(c => c.ClientId, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        return new(new Page<Client>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].ClientId : null));
    }

    public ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
    {
        while (clients.TryGetValue(clientId, out var current) && !(current.LastUsedOn >= day))
        {
            if (clients.TryUpdate(clientId, current with { LastUsedOn = day }, current))
                break;
        }

        return default;
    }

    public ValueTask<int> RemoveUnusedAsync(
        DateTimeOffset neverUsedAndMadeBefore,
        DateOnly lastUsedBefore,
        int limit,
        CancellationToken ct
    ) =>
        new(
            clients
                .Where(c => c.Value.IsSelfRegistered)
                .Where(c => c.Value.LastUsedOn is { } day ? day < lastUsedBefore : c.Value.CreatedAt < neverUsedAndMadeBefore)
                .Take(limit)
                // Only as it was seen: who is used meanwhile stays.
                .Count(clients.TryRemove)
        );
}
