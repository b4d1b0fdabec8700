using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>The process's cache of its client store, for <c>cacheClientsFor</c>.</summary>
internal sealed class ClientCache(ServerSettings settings, TimeProvider time)
{
    private readonly BoundedCache<Client> clients = new(limit: 10_000, settings.Options.CacheClientsFor);
    private readonly BoundedCache<bool> imitators = new(limit: 10_000, settings.Options.CacheClientsFor);

    public bool TryGet(string clientId, [NotNullWhen(true)] out Client? client) => clients.TryGet(clientId, time.GetUtcNow(), out client);

    /// <summary>
    /// Marks the time before a read of the store: <see cref="Remember"/> drops a result that is older than a change in this process.
    /// </summary>
    public long BeforeRead() => clients.Ticket;

    /// <summary>Caches the result of a read, unless this process changed a client since the read began.</summary>
    public void Remember(Client client, long before) => clients.Fill(client.ClientId, client, before, time.GetUtcNow());

    /// <summary>Changes a cached client, if it is cached; its lifetime in the cache stays.</summary>
    public void Update(string clientId, Func<Client, Client> change) => clients.Update(clientId, change);

    /// <summary>To be called after this process changed or removed the client.</summary>
    public void Forget(string clientId) => clients.Forget(clientId);

    /// <summary>Whether a client of the host's own recently had a name that looks like this one.</summary>
    public bool TryGetImitates(string name, out bool imitates) => imitators.TryGet(name, time.GetUtcNow(), out imitates);

    public void RememberImitates(string name, bool imitates) => imitators.Set(name, imitates, time.GetUtcNow());
}
