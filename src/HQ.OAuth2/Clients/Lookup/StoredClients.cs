using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// All clients, however they were registered: first those of the configuration, then those of the store, which are cached for a short time, then
/// approved metadata documents. <see cref="ClientDirectory"/> decides whether one may be used.
/// </summary>
internal sealed class StoredClients(
    ConfiguredClients configured,
    IClientStore store,
    ClientCache cache,
    KeptDocuments kept,
    ILogger<StoredClients> logger
)
{
    /// <summary>The client with this id, disabled or not; null when there is none.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        if (!Client.CanBeId(clientId))
            return null;
        if (configured.Find(clientId) is { } own)
            return own;
        if (cache.TryGet(clientId, out var client))
            return client;
        var before = cache.BeforeRead();
        client = await store.FindAsync(clientId, ct);
        if (client is null)
            client = await kept.FindAsync(clientId, ct);
        client = WithoutUnusable(client, clientId);
        // Do not cache that a client is unknown: the next request may follow a registration at another node.
        if (client is not null)
            cache.Remember(client, before);
        return client;
    }

    // A client that would make every endpoint fail counts as unknown; the log says why.
    private Client? WithoutUnusable(Client? client, string clientId)
    {
        if (client is null || StoredClient.UnusableMember(client, clientId) is not { } member)
            return client;
        logger.UnusableClient(store.GetType().Name, clientId, member);
        return null;
    }

    /// <summary>Stores the metadata document of a client that a user has just approved, for the back channel.</summary>
    /// <returns>The stored client. A client without a document is returned unchanged.</returns>
    public async ValueTask<Client> KeepAsync(Client client, CancellationToken ct)
    {
        if (client.Provenance != ClientProvenance.Cimd)
            return client;
        try
        {
            return await kept.KeepAsync(client, ct);
        }
        finally
        {
            cache.Forget(client.ClientId);
        }
    }

    /// <summary>
    /// Records that a self-registered client was approved or got a token, once a day. Best effort: the answer is committed already, and the next
    /// use records it again.
    /// </summary>
    public async ValueTask NoteUseAsync(Client client, DateTimeOffset now, CancellationToken ct)
    {
        if (IsNoted(client, now))
            return;
        var today = Day(now);
        try
        {
            await kept.NoteUseAsync(client, today, ct);
            cache.Update(client.ClientId, known => known with { LastUsedOn = today });
        }
        catch (Exception e)
        {
            logger.UseNotNoted(e, client.ClientId);
        }
    }

    /// <summary>
    /// The same after a commit: it is not cancelled with the caller's connection, and delays the answer only for a limited time.
    /// </summary>
    public async ValueTask NoteUseInPassingAsync(Client client, DateTimeOffset now, TimeProvider time)
    {
        if (IsNoted(client, now))
            return;
        if (!await Patience.WaitAsync(() => NoteUseAsync(client, now, CancellationToken.None).AsTask(), time))
            logger.UseNoteNotAwaited(client.ClientId, Patience.Longest);
    }

    private static bool IsNoted(Client client, DateTimeOffset now) => !client.IsSelfRegistered || client.LastUsedOn >= Day(now);

    private static DateOnly Day(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);
}
