namespace HQ.OAuth2;

/// <summary>The loop around each change of a client: read the row, decide, swap it if nobody else has; after a lost swap decide again.</summary>
internal sealed class ClientLoop(
    IClientStore store,
    ConfiguredClients configured,
    ClientCache cache,
    RegistrationCeiling ceiling,
    TimeProvider time
)
{
    // Of writers that race for one version one wins each round; more rounds than this are no ordinary load.
    private const int MaxRounds = 50;

    /// <summary>Now, as a client keeps it.</summary>
    public DateTimeOffset Stamp() => Client.Stamp(time);

    /// <summary>A client as it is stored now, disabled or not; null when there is none.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        configured.Find(clientId) ?? (Client.CanBeId(clientId) ? await store.FindAsync(clientId, ct) : null);

    /// <summary>Clients in a stable order; the first page begins with those of the configuration, which do not count towards its limit.</summary>
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

    /// <summary>Adds a client that is new.</summary>
    /// <returns>Null when it is there; that there are as many self-registered clients as there may be.</returns>
    public async ValueTask<OAuthError?> AddAsync(Client client, CancellationToken ct)
    {
        var registry = Registry;
        // §5: anybody may register, so the place is taken before anything is stored.
        var counts = client.Provenance == ClientProvenance.Dcr;
        if (counts && !await ceiling.TryTakeAsync(registry, ct))
            return OAuthError.RegistrationsFull.Because(
                "limits:selfRegisteredClients is reached: raise it, shorten neverApprovedClientLifetime, or demand initialAccessTokens"
            );
        try
        {
            // An id of 128 random bits that is taken is our own, by a commit whose answer was lost.
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

    /// <summary>Changes a client that is there.</summary>
    /// <param name="clientId">Which client.</param>
    /// <param name="expectedVersion">The version that is changed; null = whatever is there.</param>
    /// <param name="decide">What becomes of the client as it is now; asked again after a lost swap.</param>
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
            // If the client that is there is the one we tried to write, only the answer of our own commit was lost, or another asked
            // for the very same (RFC 9110 §13.1.1).
            return await Registry.TryUpdateAsync(next, ct) || await IsThereAsync(next, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // A connection that broke during the commit says nothing about the commit.
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

    /// <summary>Removes a client. A removal that has begun runs to its end, whatever becomes of the caller's connection.</summary>
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
