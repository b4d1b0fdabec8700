namespace HQ.OAuth2;

/// <summary>The loop around each change of a client: read the row, decide, swap it if nobody else has; after a lost swap decide again.</summary>
internal sealed class ClientLoop(
    IClientStore store,
    ConfiguredClients configured,
    ClientCache cache,
    RegistrationCeiling ceiling,
    ClientTurns turns,
    TimeProvider time
)
{
    // One of the nodes that race for a version wins each round; more rounds than this do not happen under normal load.
    private const int MaxRounds = 50;

    /// <summary>The current time, in the precision that a client stores.</summary>
    public DateTimeOffset Stamp() => Client.Stamp(time);

    /// <summary>The stored client, disabled or not; null when there is none.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        configured.Find(clientId) ?? (Client.CanBeId(clientId) ? await store.FindAsync(clientId, ct) : null);

    /// <summary>
    /// Clients in a stable order; the first page starts with those of the configuration, which do not count towards its limit.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        var page = await Registry.ListAsync(by, ct);
        if (by.After is not null)
            return page;
        var own = configured.All.Where(c => (by.Org ?? c.Org) == c.Org && (by.Provenance ?? c.Provenance) == c.Provenance);
        return new([.. own.OrderBy(c => c.ClientId, StringComparer.Ordinal), .. page.Items], page.Next);
    }

    /// <summary>Adds a client with an id that the host chose.</summary>
    /// <returns>False when a client has that id.</returns>
    public async ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) =>
        configured.Find(client.ClientId) is null && await Registry.TryAddAsync(client, ct);

    /// <summary>Adds a new client.</summary>
    /// <returns>Null when it was added; an error when the maximum number of self-registered clients is reached.</returns>
    public async ValueTask<OAuthError?> AddAsync(Client client, CancellationToken ct)
    {
        var registry = Registry;
        // §5: anyone may register, so a place is taken before anything is stored.
        var counts = client.Provenance == ClientProvenance.Dcr;
        if (counts && !await ceiling.TryTakeAsync(registry, ct))
            return OAuthError.RegistrationsFull.Because(
                "limits:selfRegisteredClients is reached: raise it, shorten neverApprovedClientLifetime, or demand initialAccessTokens"
            );
        try
        {
            // If an id of 128 random bits exists already, our own commit succeeded and its answer was lost.
            if (!await registry.TryAddAsync(client, ct) && (await registry.FindAsync(client.ClientId, ct))?.ToJson() != client.ToJson())
                throw new InvalidOperationException("The client store refused a new random client id as already taken.");
        }
        finally
        {
            if (counts)
                ceiling.Made();
        }

        return null;
    }

    /// <summary>Whether a client with this id can be changed: it is not one of the configuration, and the store is a registry.</summary>
    public bool CanChange(string clientId) => store is IClientRegistry && configured.Find(clientId) is null;

    /// <summary>Changes an existing client.</summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="expectedVersion">The version that may be changed; null = any.</param>
    /// <param name="decide">Returns the changed client; called again after a lost swap.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Outcome<RegisteredClient>> ChangeAsync(
        string clientId,
        long? expectedVersion,
        Func<Client, ValueTask<Outcome<RegisteredClient>>> decide,
        CancellationToken ct
    )
    {
        if (configured.Find(clientId) is not null)
            return OAuthError.ClientIsConfigured;
        if (!Client.CanBeId(clientId))
            return OAuthError.NotFound;
        using var turn = await turns.TakeAsync(clientId, ct);
        for (var round = 0; round < MaxRounds; round++)
        {
            if (await Registry.FindAsync(clientId, ct) is not { } client)
                return OAuthError.NotFound;
            if ((await decide(client)).Failed(out var refused, out var change))
                return refused;
            // RFC 9110 §13.2.1: a precondition counts only where the request would succeed without it.
            if (expectedVersion is { } expected && client.Version != expected)
                return OAuthError.ClientVersionDiffers.Because($"its version is {client.Version} now");
            var next = change.With(change.Client with { Version = client.Version + 1 });
            if (await TrySwapAsync(next.Client, ct))
                return next;
        }

        return OAuthError.ClientChangedMeanwhile;
    }

    private async ValueTask<bool> TrySwapAsync(Client next, CancellationToken ct)
    {
        try
        {
            // If the stored client equals the one we tried to write, our own commit succeeded and its answer was lost, or another caller made
            // the same change (RFC 9110 §13.1.1).
            return await Registry.TryUpdateAsync(next, ct) || await IsThereAsync(next, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // After a connection failed during the commit, it is unknown whether the commit succeeded.
            if (await IsThereAsync(next, ct))
                return true;
            throw;
        }
        finally
        {
            cache.Forget(next.ClientId);
        }
    }

    private async ValueTask<bool> IsThereAsync(Client next, CancellationToken ct) =>
        (await Registry.FindAsync(next.ClientId, ct))?.ToJson() == next.ToJson();

    /// <summary>Removes a client. A removal that has begun runs to its end, even if the caller disconnects.</summary>
    public async ValueTask RemoveAsync(string clientId)
    {
        try
        {
            await Registry.TryRemoveAsync(clientId, CancellationToken.None);
        }
        finally
        {
            cache.Forget(clientId);
        }
    }

    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public IClientRegistry Registry =>
        store as IClientRegistry
        ?? throw new InvalidOperationException($"{store.GetType()} cannot add clients: implement IClientRegistry.");
}
