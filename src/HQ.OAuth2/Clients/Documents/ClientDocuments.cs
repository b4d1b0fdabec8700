using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Clients whose id is the URL of their metadata document (draft-ietf-oauth-client-id-metadata-document): fetched when needed and
/// remembered by HTTP's rules, never kept in a store. Errors are not remembered; that repeats stay few is the work of one fetch at a time
/// for a document and of a limit for a host.
/// </summary>
internal sealed class ClientDocuments(
    DocumentFetcher fetcher,
    IOptions<HqOAuth2Options> options,
    TimeProvider time,
    ILogger<ClientDocuments> logger
)
{
    // Long after it is stale a document still says who refreshes.
    private static readonly TimeSpan remembered = TimeSpan.FromDays(30);

    private readonly BoundedCache<KnownDocument> known = new(limit: 1000, remembered);
    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<KnownDocument>>>> flights = new(StringComparer.Ordinal);
    private readonly MinuteLimit fetches = new(time);

    /// <summary>Whether a client id means a document, and this server reads documents.</summary>
    public bool IsMeant(string clientId) =>
        options.Value.ClientIdMetadataDocuments && ClientDocumentUrl.IsMeant(clientId) && ClientDirectory.CanBeId(clientId);

    /// <summary>
    /// The client by a document that is fresh by HTTP's rules: for the authorization endpoint, where a user is shown what it says.
    /// </summary>
    public async ValueTask<Outcome<FoundDocument>> FindFreshAsync(string clientId, CancellationToken ct)
    {
        if (Problem(clientId) is { } problem)
            return problem;
        var last = Last(clientId);
        if (last is not null && time.GetUtcNow() < last.FreshUntil)
            return new FoundDocument(last.Client, HasChanged: false);
        return (await FetchOnceAsync(clientId, ct)).Failed(out var error, out var document)
            ? error
            : new FoundDocument(document.Client, last is not null && last.Client.DocumentHash != document.Client.DocumentHash);
    }

    /// <summary>The client by the last valid document, fetched only when there is none: for what clients send behind the user's back.</summary>
    public async ValueTask<Outcome<Client>> FindAsync(string clientId, CancellationToken ct)
    {
        if (Problem(clientId) is { } problem)
            return problem;
        if (Last(clientId) is { } last)
            return last.Client;
        return (await FetchOnceAsync(clientId, ct)).Failed(out var error, out var document) ? ForBackChannel(error) : document.Client;
    }

    /// <summary>
    /// Whose a row or a token is, without asking anybody: by the last valid document, or by the id alone when none is remembered. Null
    /// when the host's policy does not let the URL be a client.
    /// </summary>
    public Client? Recall(string clientId) =>
        Problem(clientId) is not null ? null
        : Last(clientId) is { } last ? last.Client
        : new Client
        {
            ClientId = clientId,
            Type = ClientType.Public,
            Provenance = ClientProvenance.Cimd,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
        };

    private KnownDocument? Last(string clientId) => known.TryGet(clientId, time.GetUtcNow(), out var document) ? document : null;

    private OAuthError? Problem(string clientId) =>
        ClientDocumentUrl.Problem(clientId, options.Value.Documents) is { } problem
            ? OAuthError.ClientDocumentUrlRefused.Because(problem)
            : null;

    // Whoever holds tokens already is told to come again, not that it is nobody.
    private static OAuthError ForBackChannel(OAuthError error) =>
        OAuthError.TemporarilyUnavailable.Because($"{error.Id}: {error.Reason ?? error.Description}");

    private async Task<Outcome<KnownDocument>> FetchOnceAsync(string clientId, CancellationToken ct)
    {
        var mine = new Lazy<Task<Outcome<KnownDocument>>>(() => FlyAsync(clientId));
        return await flights.GetOrAdd(clientId, mine).Value.WaitAsync(ct);
    }

    // Belongs to all who wait: one who gives up takes nothing from the others.
    private async Task<Outcome<KnownDocument>> FlyAsync(string clientId)
    {
        try
        {
            return await FetchAsync(clientId);
        }
        finally
        {
            flights.TryRemove(clientId, out _);
        }
    }

    private async Task<Outcome<KnownDocument>> FetchAsync(string clientId)
    {
        var last = Last(clientId);
        // Whoever looked before another's fetch ended has its answer.
        if (last is not null && time.GetUtcNow() < last.FreshUntil)
            return last;
        // A document that was valid once has a limit of its own: made-up URLs of its host cannot use it up.
        var key = last is null ? RedirectUris.DisplayHost(clientId) : clientId;
        if (!fetches.TryTake(key, options.Value.Limits.DocumentFetchesPerMinute))
            return OAuthError
                .ClientDocumentUnavailable(RedirectUris.DisplayHost(clientId))
                .Because("limits:documentFetchesPerMinute is reached for its host");
        if ((await fetcher.FetchAsync(clientId)).Failed(out var unavailable, out var fetched))
            return unavailable;
        if (ClientDocument.Read(clientId, fetched.Body, options.Value).Failed(out var invalid, out var client))
            return OAuthError.ClientDocumentInvalid(RedirectUris.DisplayHost(clientId)).Because(invalid.Description);
        var now = time.GetUtcNow();
        var document = new KnownDocument(client, now + fetched.FreshFor);
        known.Set(clientId, document, now);
        logger.DocumentFetched(clientId, document.FreshUntil);
        return document;
    }

    private sealed record KnownDocument(Client Client, DateTimeOffset FreshUntil);
}

/// <summary>A client by its document.</summary>
/// <param name="Client">The client.</param>
/// <param name="HasChanged">Whether the document was fetched now and differs in what consents rest on (§6.3) from the last one.</param>
internal sealed record FoundDocument(Client Client, bool HasChanged);
