namespace HQ.OAuth2;

/// <summary>The one place where endpoints look clients up. A disabled client is not there, nor one that the settings do not let in.</summary>
internal sealed class ClientDirectory(StoredClients stored, ClientDocuments documents, ClientPolicies policies, EventPublisher events)
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

    /// <summary>For what clients send behind the user's back: a metadata document counts as a user has approved it, and is not fetched.</summary>
    /// <returns>The client, or <see cref="OAuthError.UnknownClient"/>.</returns>
    public async ValueTask<Outcome<Client>> FindAsync(string clientId, CancellationToken ct) =>
        Usable(clientId, await stored.FindAsync(clientId, ct));

    /// <summary>Whose a row or a token is. Null when the client is gone or disabled.</summary>
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
        // What the settings do not let in any more is out at once, kept or not.
        return !documents.IsMeant(clientId) ? OAuthError.UnknownClient.Because("clientIdMetadataDocuments is off")
            : documents.Problem(clientId) is { } problem ? problem
            : client;
    }
}
