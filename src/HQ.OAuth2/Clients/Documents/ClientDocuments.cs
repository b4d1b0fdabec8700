using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// Clients whose id is the URL of their metadata document (draft-ietf-oauth-client-id-metadata-document). A document is fetched for a signed-in
/// user only, and cached by the rules of HTTP. Errors are not cached. The number of fetches is limited: one at a time for a document, a fixed
/// number in parallel, and a number per minute for each host and user.
/// </summary>
internal sealed class ClientDocuments(DocumentFetcher fetcher, ServerSettings settings, TimeProvider time, ILogger<ClientDocuments> logger)
{
    /// <summary>The maximum number of parallel fetches in a process.</summary>
    public const int MaxInFlight = 8;

    // The part of a host's limit per minute that one user may take.
    private const int UsersPerHost = 3;

    private readonly BoundedCache<KnownDocument> known = new(limit: 1000, DocumentFetcher.LongestLife);
    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<FoundDocument>>>> flights = new(StringComparer.Ordinal);
    private readonly FetchSlots slots = new(MaxInFlight);
    private readonly MinuteLimit hosts = new(time);
    private readonly MinuteLimit documents = new(time);
    private readonly MinuteLimit users = new(time);

    /// <summary>Whether a client id is the URL of a document, and this server reads documents.</summary>
    public bool IsMeant(string clientId) => ClientDocumentUrl.IsMeant(clientId, settings.Options);

    /// <summary>The reason why the URL cannot be a client here, by its form (§3) or by the host's policy (§6.8); null when it can.</summary>
    public OAuthError? Problem(string clientId) =>
        ClientDocumentUrl.Problem(clientId, settings.Options.Documents) is { } problem
            ? OAuthError.ClientDocumentUrlRefused.Because(problem)
            : null;

    /// <summary>The client of a document that is fresh by the rules of HTTP; null when the document would have to be fetched.</summary>
    public Client? FindCached(string clientId) => Fresh(clientId)?.Client;

    /// <summary>Fetches a document; callers that ask at the same time share one fetch.</summary>
    /// <param name="clientId">Its URL, which has no <see cref="Problem"/>.</param>
    /// <param name="subject">The user for whom it is fetched.</param>
    /// <param name="kept">The document as a user has approved it; null = none has.</param>
    /// <param name="policy">The rules for clients of this kind.</param>
    /// <param name="ct">Cancels the wait, not the fetch that others wait for.</param>
    public async ValueTask<Outcome<FoundDocument>> FetchAsync(
        string clientId,
        string subject,
        Client? kept,
        ClientPolicy policy,
        CancellationToken ct
    )
    {
        var ours = new Lazy<Task<Outcome<FoundDocument>>>(() => FetchForAllAsync(clientId, subject, kept, policy));
        return await flights.GetOrAdd(clientId, ours).Value.WaitAsync(ct);
    }

    private KnownDocument? Fresh(string clientId) =>
        known.TryGet(clientId, time.GetUtcNow(), out var document) && time.GetUtcNow() < document.FreshUntil ? document : null;

    private async Task<Outcome<FoundDocument>> FetchForAllAsync(string clientId, string subject, Client? kept, ClientPolicy policy)
    {
        try
        {
            return await FetchAsync(clientId, subject, kept, policy);
        }
        finally
        {
            flights.TryRemove(clientId, out _);
        }
    }

    private async Task<Outcome<FoundDocument>> FetchAsync(string clientId, string subject, Client? kept, ClientPolicy policy)
    {
        // Another fetch may have ended since the caller checked the cache.
        if (Fresh(clientId) is { } fresh)
            return new FoundDocument(fresh.Client, HasChanged: false);
        if (!slots.TryTake(out var slot))
            return OAuthError.TooManyFetches;
        using (slot)
        {
            if (!MayFetch(clientId, subject, kept))
                return OAuthError
                    .ClientDocumentUnavailable(UriText.DisplayHost(clientId))
                    .Because("limits:documentFetchesPerMinute is reached for its host or for the user");
            if ((await fetcher.FetchAsync(clientId, slot)).Failed(out var unavailable, out var fetched))
                return unavailable;
            if (ClientDocument.Read(clientId, fetched.Body, policy, settings.Options).Failed(out var invalid, out var described))
                return OAuthError.ClientDocumentInvalid(UriText.DisplayHost(clientId)).Because(invalid.Description);
            var client = described.Client;
            var now = time.GetUtcNow();
            var last = known.TryGet(clientId, now, out var before) ? before.Client : kept;
            known.Set(clientId, new(client, now + fetched.FreshFor), now);
            logger.DocumentFetched(clientId, now + fetched.FreshFor);
            logger.LeftOut(client.ClientId, client.ClientName, described.LeftOut);
            return new FoundDocument(client, last is not null && last.DocumentHash != client.DocumentHash);
        }
    }

    // A document that was valid before has a limit of its own, so that made-up URLs of its host cannot use that limit up. All other documents of
    // a host, on all its ports, share one limit, and one user takes only a part of it.
    private bool MayFetch(string clientId, string subject, Client? kept)
    {
        var perMinute = settings.Options.Limits.DocumentFetchesPerMinute;
        if (kept is not null || known.TryGet(clientId, time.GetUtcNow(), out _))
            return documents.TryTake(clientId, perMinute);
        var perUser = perMinute / UsersPerHost + (perMinute % UsersPerHost > 0 ? 1 : 0);
        return users.TryTake(subject, perUser) && hosts.TryTake(new Uri(clientId).Host, perMinute);
    }

    private sealed record KnownDocument(Client Client, DateTimeOffset FreshUntil);
}

/// <summary>A client as its document describes it.</summary>
/// <param name="Client">The client.</param>
/// <param name="HasChanged">Whether the document was fetched now and differs in what consents rest on (§6.3) from the last one.</param>
internal sealed record FoundDocument(Client Client, bool HasChanged);
