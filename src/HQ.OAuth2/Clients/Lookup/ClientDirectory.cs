using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The one place where endpoints look clients up, however they came to be: those made in configuration, then the store, remembered for a
/// moment, then metadata documents that were approved. A disabled client is not there.
/// </summary>
internal sealed class ClientDirectory(
    ConfiguredClients configured,
    IClientStore store,
    ClientMemory memory,
    ClientDocuments documents,
    KeptDocuments kept,
    ClientPolicies policies,
    EventPublisher events,
    ILogger<ClientDirectory> logger
)
{
    /// <summary>For the authorization endpoint: a metadata document is as fresh as HTTP's rules want it.</summary>
    /// <param name="clientId">Which client.</param>
    /// <param name="findSubject">Who is signed in, or null; asked only when a document has to be fetched.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// The client, or an error for the user: the client is not known, its document is not to be had, or <see cref="OAuthError.LoginRequired"/>:
    /// nothing is fetched for a stranger.
    /// </returns>
    public async ValueTask<Outcome<Client>> FindFreshAsync(string clientId, Func<ValueTask<string?>> findSubject, CancellationToken ct)
    {
        var stored = await StoredAsync(clientId, ct);
        if (!documents.IsMeant(clientId) || stored is { Disabled: true } or { Provenance: not ClientProvenance.Cimd })
            return Usable(clientId, stored);
        if (documents.Problem(clientId) is { } problem)
            return problem;
        if (documents.FindFresh(clientId) is not { } client)
        {
            if (await findSubject() is not { } subject)
                return OAuthError.LoginRequired;
            if ((await documents.FetchAsync(clientId, subject, stored, policies.ForDocument(), ct)).Failed(out var error, out var found))
                return error;
            client = found.Client;
            if (found.HasChanged)
                await events.PublishAsync(new OAuthEvent.ClientChanged(clientId));
        }

        return stored is null ? client : client.As(stored);
    }

    /// <summary>For what clients send behind the user's back: a metadata document counts as a user has approved it, and is not fetched.</summary>
    /// <returns>The client, or <see cref="OAuthError.UnknownClient"/>.</returns>
    public async ValueTask<Outcome<Client>> FindAsync(string clientId, CancellationToken ct) =>
        Usable(clientId, await StoredAsync(clientId, ct));

    /// <summary>Whose a row or a token is. Null when the client is gone or disabled.</summary>
    public async ValueTask<Client?> RecallAsync(string clientId, CancellationToken ct) =>
        (await FindAsync(clientId, ct)).Failed(out _, out var client) ? null : client;

    /// <summary>Keeps the metadata document of a client that a user has just approved; the back channel goes by it.</summary>
    /// <returns>The client as it is kept. A client without a document is given back as it is.</returns>
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
            memory.Forget(client.ClientId);
        }
    }

    private Outcome<Client> Usable(string clientId, Client? client)
    {
        if (client is not { Disabled: false })
            return OAuthError.UnknownClient.Because(
                documents.IsMeant(clientId) && client is null
                    ? $"no user of this server has approved the client '{clientId}', or it was not used for long: connect it again"
                    : $"no client has the client_id '{clientId}', or it is disabled: register it, or add it to clients"
            );
        if (client.Provenance != ClientProvenance.Cimd)
            return client;
        // What the settings do not let in any more is out at once, kept or not.
        return !documents.IsMeant(clientId) ? OAuthError.UnknownClient.Because("clientIdMetadataDocuments is off")
            : documents.Problem(clientId) is { } problem ? problem
            : client;
    }

    // Null when it is not in the configuration or the store.
    private async ValueTask<Client?> StoredAsync(string clientId, CancellationToken ct)
    {
        if (!Client.CanBeId(clientId))
            return null;
        if (configured.Find(clientId) is { } own)
            return own;
        if (memory.TryGet(clientId, out var client))
            return client;
        var before = memory.BeforeRead();
        client = await store.FindAsync(clientId, ct);
        if (client is null && documents.IsMeant(clientId))
            client = await kept.FindAsync(clientId, ct);
        client = WithoutUnusable(client, clientId);
        // Nobody is remembered as unknown: the next request may follow a registration at another node.
        if (client is not null)
            memory.Remember(client, before);
        return client;
    }

    // A client that no endpoint could use without failing is not there, for the log to say why.
    private Client? WithoutUnusable(Client? client, string clientId)
    {
        if (client is null || StoredClient.UnusableMember(client, clientId) is not { } member)
            return client;
        logger.UnusableClient(store.GetType().Name, clientId, member);
        return null;
    }

    /// <summary>
    /// Notes that a self-registered client was approved or got a token, once a day. Best effort: the answer is committed already, and the
    /// next use notes it again.
    /// </summary>
    public async ValueTask NoteUseAsync(Client client, DateTimeOffset now, CancellationToken ct)
    {
        if (IsNoted(client, now))
            return;
        var today = Day(now);
        try
        {
            await kept.NoteUseAsync(client, today, ct);
            memory.Update(client.ClientId, known => known with { LastUsedOn = today });
        }
        catch (Exception e)
        {
            logger.UseNotNoted(e, client.ClientId);
        }
    }

    /// <summary>The same after a commit: it does not follow the caller's connection, and holds the answer for a while at most.</summary>
    public async ValueTask NoteUseInPassingAsync(Client client, DateTimeOffset now, TimeProvider time)
    {
        if (IsNoted(client, now))
            return;
        if (!await Patience.WaitAsync(() => NoteUseAsync(client, now, CancellationToken.None).AsTask(), time))
            logger.UseNoteNotAwaited(client.ClientId, Patience.Longest);
    }

    private static bool IsNoted(Client client, DateTimeOffset now) => !client.IsSelfRegistered || client.LastUsedOn >= Day(now);

    private static DateOnly Day(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    /// <summary>Whether a self-registered client may be taken for a client of the host's own by its name (RFC 7591 §5).</summary>
    public async ValueTask<bool> ImitatesAsync(Client client, CancellationToken ct)
    {
        if (!client.IsSelfRegistered || client.ClientName is not { } name)
            return false;
        var keys = Lookalikes.TakenFor(name);
        if (keys.Any(configured.HasNameKey))
            return true;
        if (keys.Count == 0 || store is not IClientRegistry registry)
            return false;
        // The page, its answer and the next user's page ask the same.
        if (memory.TryGetImitates(name, out var known))
            return known;
        var page = await registry.ListAsync(new(Provenance: ClientProvenance.Api, Limit: 1) { NameKeys = keys }, ct);
        // A registry that does not know the filter answers with any client.
        var imitates = page.Items.Any(c => keys.Contains(c.NameKey));
        memory.RememberImitates(name, imitates);
        return imitates;
    }
}

/// <summary>What a process remembers of its client store, for <c>cacheClientsFor</c>.</summary>
internal sealed class ClientMemory(ServerSettings settings, TimeProvider time)
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
