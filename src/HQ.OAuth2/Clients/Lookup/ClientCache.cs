using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>What a process remembers of its client store, for <c>cacheClientsFor</c>.</summary>
internal sealed class ClientCache(ServerSettings settings, TimeProvider time)
{
    private readonly BoundedCache<Client> clients = new(limit: 10_000, settings.Options.CacheClientsFor);
    private readonly BoundedCache<bool> imitators = new(limit: 10_000, settings.Options.CacheClientsFor);

    public bool TryGet(string clientId, [NotNullWhen(true)] out Client? client) => clients.TryGet(clientId, time.GetUtcNow(), out client);

    /// <summary>Names the moment before a read of the store: <see cref="Remember"/> refuses an answer that a change has overtaken since.</summary>
    public long BeforeRead() => clients.Ticket;

    /// <summary>Keeps what the store said, unless this process changed a client since the read began.</summary>
    public void Remember(Client client, long before) => clients.Fill(client.ClientId, client, before, time.GetUtcNow());

    /// <summary>Changes what is remembered of a client, if anything is, and for no longer than it would have been.</summary>
    public void Update(string clientId, Func<Client, Client> change) => clients.Update(clientId, change);

    /// <summary>After this process changed or removed the client.</summary>
    public void Forget(string clientId) => clients.Forget(clientId);

    /// <summary>Whether a client of the host's own had a name that this one looks like, a moment ago.</summary>
    public bool TryGetImitates(string name, out bool imitates) => imitators.TryGet(name, time.GetUtcNow(), out imitates);

    public void RememberImitates(string name, bool imitates) => imitators.Set(name, imitates, time.GetUtcNow());
}
