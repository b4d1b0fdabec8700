namespace HQ.OAuth2;

public sealed partial class ClientRegistrar
{
    /// <summary>The longest overlap of <see cref="RotateSecretAsync"/>.</summary>
    internal static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(90);

    /// <summary>
    /// Replaces the metadata and settings of a client. Id, provenance, time of creation and secrets stay; a client whose method needs a secret
    /// gets one if it had none, and a client that becomes public loses its secrets. A scope named here is also the ceiling of a self-registered
    /// client.
    /// </summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="metadata">The complete new metadata: an absent member gets its default.</param>
    /// <param name="settings">The complete new settings. A self-registered client is never trusted and may not introspect.</param>
    /// <param name="expectedVersion">The <see cref="Client.Version"/> that is replaced; null = any, the last writer wins.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// The client, with a secret when one was made; <c>not_found</c>; <c>conflict</c> for a client of the configuration or one that others
    /// change all the time; <c>precondition_failed</c> when its version is another; <c>invalid_redirect_uri</c> or
    /// <c>invalid_client_metadata</c>.
    /// </returns>
    public async ValueTask<Outcome<RegisteredClient>> UpdateAsync(
        string clientId,
        ClientMetadata metadata,
        ClientSettings settings,
        long? expectedVersion,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(settings);
        var made = Secret();
        var outcome = await clients.ChangeAsync(
            clientId,
            expectedVersion,
            client => new(Administered(client, metadata, settings, made)),
            ct
        );
        return await PublishedAsync(outcome, new OAuthEvent.ClientChanged(clientId));
    }

    /// <summary>
    /// Gives a client a new secret; the earlier ones end after the overlap, so that both work until the new one is in use everywhere.
    /// </summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="overlap">How long the earlier secrets continue to work; zero = not at all. At most 90 days.</param>
    /// <param name="expectedVersion">The <see cref="Client.Version"/> that gets the secret; null = any.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// The client with its new secret, which is returned only here; <c>not_found</c>, <c>conflict</c>, <c>precondition_failed</c>, or an error
    /// when the client uses no secret.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or too long.</exception>
    public async ValueTask<Outcome<RegisteredClient>> RotateSecretAsync(
        string clientId,
        TimeSpan overlap,
        long? expectedVersion,
        CancellationToken ct
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, MaxOverlap);
        var now = clients.Stamp();
        var end = now + overlap;
        var made = Secret();
        var outcome = await clients.ChangeAsync(clientId, expectedVersion, client => new(Rotated(client)), ct);
        return await PublishedAsync(outcome, new OAuthEvent.ClientSecretRotated(clientId, end));

        Outcome<RegisteredClient> Rotated(Client client)
        {
            if (!OAuthClientAuthenticationMethods.IsSecret(client.TokenEndpointAuthMethod))
                return OAuthError.InvalidClientMetadata("token_endpoint_auth_method", "the client uses no secret");
            var (secret, kept) = made.Value;
            var earlier = client
                .Secrets.Where(s => now < (s.ExpiresAt ?? DateTimeOffset.MaxValue) && overlap > TimeSpan.Zero)
                .Select(s => s.EndingAt(end));
            return new RegisteredClient(client with { Secrets = [.. kept, .. earlier] }, secret);
        }
    }

    /// <summary>Removes a client and every authorization that users gave it.</summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="expectedVersion">The <see cref="Client.Version"/> that is removed; null = any.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// Null when it was removed; <c>not_found</c>, <c>precondition_failed</c>, or <c>conflict</c> for a client of the configuration.
    /// </returns>
    public ValueTask<OAuthError?> RemoveAsync(string clientId, long? expectedVersion, CancellationToken ct) =>
        RemoveAsync(clientId, expectedVersion, refuses: _ => null, ct);

    /// <summary>The stored client, disabled or not; null when there is none.</summary>
    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => clients.FindAsync(clientId, ct);

    /// <summary>
    /// Clients in a stable order; the first page starts with those of the configuration, which do not count towards its limit.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        return clients.ListAsync(by, ct);
    }

    /// <summary>
    /// Replaces the metadata that a client sends about itself (RFC 7592 §2.2). The settings of an administrator are taken from the replaced row.
    /// </summary>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="metadata">The complete new metadata.</param>
    /// <param name="refuses">Returns an error if the client of the replaced row may not do this; called again after a lost swap.</param>
    /// <param name="ct">Cancels.</param>
    internal async ValueTask<Outcome<RegisteredClient>> UpdateOwnAsync(
        string clientId,
        ClientMetadata metadata,
        Func<Client, ValueTask<OAuthError?>> refuses,
        CancellationToken ct
    )
    {
        var made = Secret();
        var outcome = await clients.ChangeAsync(
            clientId,
            null,
            async client => await refuses(client) is { } refused ? refused : ReplacedByItself(client, metadata, made),
            ct
        );
        return await PublishedAsync(outcome, new OAuthEvent.ClientChanged(clientId));
    }

    /// <summary>Removes a client unless it is refused.</summary>
    internal async ValueTask<OAuthError?> RemoveAsync(
        string clientId,
        long? expectedVersion,
        Func<Client, OAuthError?> refuses,
        CancellationToken ct
    )
    {
        // The client is first emptied by a swap. The swap proves the version, and an interrupted removal leaves a client that can do nothing. No
        // other change makes a client without grant types. Parallel removals write the same row: each of them may report the removal as its own.
        var emptied = await clients.ChangeAsync(
            clientId,
            expectedVersion,
            client => new(refuses(client) is { } error ? error : new RegisteredClient(Emptied(client), null)),
            ct
        );
        if (emptied.Failed(out var refused, out _))
            return refused;
        await clients.RemoveAsync(clientId);
        await events.PublishAsync(new OAuthEvent.ClientRemoved(clientId));
        // Its authorizations have no effect any more. If the store fails here, pruning removes the rest.
        await apps.RevokeForClientAsync(clientId, CancellationToken.None);
        return null;
    }

    private static Client Emptied(Client client) =>
        client with
        {
            Disabled = true,
            GrantTypes = [],
            RedirectUris = [],
            Secrets = [],
            RegistrationAccessTokenHash = null,
        };

    // The client as an administrator sets it.
    private Outcome<RegisteredClient> Administered(
        Client client,
        ClientMetadata metadata,
        ClientSettings settings,
        Lazy<(string? Secret, IReadOnlyList<ClientSecret> Kept)> made
    )
    {
        if (settings.Problem(client.Provenance) is { } unsuitable)
            return unsuitable;
        if (Replaced(client, metadata, policies.ForAdministrator(client.Provenance), made).Failed(out var error, out var replaced))
            return error;
        var next = settings.ApplyTo(replaced.Client) with
        {
            Org = settings.Org ?? client.Org,
            ScopeIsCeiling = client.IsSelfRegistered && metadata.Scope is not null,
        };
        // The rights of the client count too.
        return IsTooLarge(next) ? OAuthError.RegistrationTooLarge : replaced.With(next);
    }

    // The client as it describes itself. A scope that an administrator set stays.
    private Outcome<RegisteredClient> ReplacedByItself(
        Client client,
        ClientMetadata metadata,
        Lazy<(string? Secret, IReadOnlyList<ClientSecret> Kept)> made
    )
    {
        if (Replaced(client, metadata, policies.ForSelfRegistration(), made).Failed(out var error, out var replaced))
            return error;
        return client.ScopeIsCeiling ? replaced.With(replaced.Client with { Scope = client.Scope }) : replaced;
    }

    // The client with other metadata; everything else stays.
    private static Outcome<RegisteredClient> Replaced(
        Client client,
        ClientMetadata metadata,
        ClientPolicy policy,
        Lazy<(string? Secret, IReadOnlyList<ClientSecret> Kept)> made
    )
    {
        if (metadata.Checked(policy).Failed(out var error, out var filled))
            return error;
        var (secret, secrets) =
            !OAuthClientAuthenticationMethods.IsSecret(filled.TokenEndpointAuthMethod!) ? (null, [])
            : client.Secrets.Count > 0 ? (null, client.Secrets)
            : made.Value;
        var built = filled.ToClient(client.ClientId, client.Provenance, client.Org, secrets);
        var next = built with
        {
            CreatedAt = client.CreatedAt,
            LastUsedOn = client.LastUsedOn,
            RegistrationAccessTokenHash = client.RegistrationAccessTokenHash,
            Disabled = client.Disabled,
            Trusted = client.Trusted,
            RequirePkce = client.RequirePkce,
            Introspects = client.Introspects,
            ScopeIsCeiling = client.ScopeIsCeiling,
            DocumentHash = client.DocumentHash,
        };
        return IsTooLarge(next) ? OAuthError.RegistrationTooLarge : new RegisteredClient(next, secret) { LeftOut = filled.LeftOut };
    }

    // The secret is made in the first round that needs it and used in all rounds: hashing is slow, and a slow round loses the swap more often.
    private static Lazy<(string? Secret, IReadOnlyList<ClientSecret> Kept)> Secret() => new(NewSecret);

    private async ValueTask<Outcome<RegisteredClient>> PublishedAsync(Outcome<RegisteredClient> outcome, OAuthEvent change)
    {
        if (outcome.Failed(out _, out var changed))
            return outcome;
        await events.PublishAsync(change);
        events.RecordLeftOut(changed.Client.ClientId, changed.Client.ClientName, changed.LeftOut);
        return outcome;
    }
}
