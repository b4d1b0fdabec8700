namespace HQ.OAuth2;

/// <summary>
/// The one place where endpoints look clients up. A disabled client, or one that the settings do not allow, counts as unknown.
/// </summary>
internal sealed class ClientDirectory(StoredClients stored, ClientDocuments documents, ClientPolicies policies, EventPublisher events)
{
    /// <summary>For the authorization endpoint: a metadata document must be fresh by the rules of HTTP.</summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="findSubject">Returns the signed-in user, or null; called only when a document has to be fetched.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// The client, or an error for the user: the client is not known, its document is not available, or <see cref="OAuthError.LoginRequired"/>:
    /// nothing is fetched without a signed-in user.
    /// </returns>
    public async ValueTask<Outcome<Client>> FindFreshAsync(string clientId, Func<ValueTask<string?>> findSubject, CancellationToken ct)
    {
        var known = await stored.FindAsync(clientId, ct);
        if (!documents.IsMeant(clientId) || known is { Disabled: true } or { Provenance: not ClientProvenance.Cimd })
            return Usable(clientId, known);
        if (documents.Problem(clientId) is { } problem)
            return problem;
        if (documents.FindCached(clientId) is not { } client)
        {
            if (await findSubject() is not { } subject)
                return OAuthError.LoginRequired;
            if ((await documents.FetchAsync(clientId, subject, known, policies.ForDocument(), ct)).Failed(out var error, out var found))
                return error;
            client = found.Client;
            if (found.HasChanged)
                await events.PublishAsync(new OAuthEvent.ClientChanged(clientId));
        }

        return known is null ? client : client.As(known);
    }

    /// <summary>For the back channel: a metadata document counts as a user has approved it, and is not fetched.</summary>
    /// <returns>The client, or <see cref="OAuthError.UnknownClient"/>.</returns>
    public async ValueTask<Outcome<Client>> FindAsync(string clientId, CancellationToken ct) =>
        Usable(clientId, await stored.FindAsync(clientId, ct));

    /// <summary>The client that owns a row or a token. Null when the client is gone or disabled.</summary>
    public async ValueTask<Client?> FindOrNullAsync(string clientId, CancellationToken ct) =>
        (await FindAsync(clientId, ct)).Failed(out _, out var client) ? null : client;

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
        // A client that the settings no longer allow is refused at once, whether its document is stored or not.
        return !documents.IsMeant(clientId) ? OAuthError.UnknownClient.Because("clientIdMetadataDocuments is off")
            : documents.Problem(clientId) is { } problem ? problem
            : client;
    }
}
