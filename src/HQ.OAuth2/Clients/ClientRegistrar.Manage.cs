namespace HQ.OAuth2;

public sealed partial class ClientRegistrar
{
    /// <summary>The longest overlap of <see cref="RotateSecretAsync"/>.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(90);

    /// <summary>
    /// Replaces what a client is. Id, provenance, creation and secrets stay; a method that needs a secret gets one when there was none, and a
    /// client that becomes public loses its secrets.
    /// </summary>
    /// <param name="clientId">Which client.</param>
    /// <param name="metadata">All of it anew: what is absent gets its default.</param>
    /// <param name="settings">All of it anew. A client that registered itself is neither trusted nor does it introspect.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// The client, with a secret when one was made; <c>not_found</c>; <c>conflict</c> for a client of the configuration;
    /// <c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c>.
    /// </returns>
    public async ValueTask<Outcome<RegisteredClient>> UpdateAsync(
        string clientId,
        ClientMetadata metadata,
        ClientSettings settings,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(settings);
        if ((await ChangeableAsync(clientId, ct)).Failed(out var refused, out var client))
            return refused;
        if (settings.Problem(client.Provenance) is { } unsuitable)
            return unsuitable;
        if (metadata.Checked(ClientPolicy.Of(client.Provenance, options)).Failed(out var error, out var filled))
            return error;

        var (secret, secrets) =
            !UsesSecret(filled.TokenEndpointAuthMethod!) ? (null, [])
            : client.Secrets.Count > 0 ? (null, client.Secrets)
            : NewSecret();
        var next = settings.ApplyTo(Build(clientId, filled, client.Provenance, settings.Org ?? client.Org, secrets)) with
        {
            CreatedAt = client.CreatedAt,
            RegistrationAccessTokenHash = client.RegistrationAccessTokenHash,
        };
        return await ReplaceAsync(next, new OAuthEvent.ClientChanged(clientId), secret, ct);
    }

    /// <summary>Gives a client a new secret; the earlier ones end after the overlap, so that both work while it is rolled out.</summary>
    /// <param name="clientId">Which client.</param>
    /// <param name="overlap">How long the earlier secrets go on working; zero = not at all. At most 90 days.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The client with its new secret, this once; <c>not_found</c>, <c>conflict</c>, or that it uses no secret.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The overlap is negative or too long.</exception>
    public async ValueTask<Outcome<RegisteredClient>> RotateSecretAsync(string clientId, TimeSpan overlap, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, MaxOverlap);
        if ((await ChangeableAsync(clientId, ct)).Failed(out var refused, out var client))
            return refused;
        if (!UsesSecret(client.TokenEndpointAuthMethod))
            return OAuthError.InvalidClientMetadata("token_endpoint_auth_method", "the client uses no secret");
        var now = Now();
        var end = now + overlap;
        var (secret, made) = NewSecret();
        var earlier = client
            .Secrets.Where(s => now < (s.ExpiresAt ?? DateTimeOffset.MaxValue) && overlap > TimeSpan.Zero)
            .Select(s => s with { ExpiresAt = s.ExpiresAt < end ? s.ExpiresAt : end });
        return await ReplaceAsync(
            client with
            {
                Secrets = [.. made, .. earlier],
            },
            new OAuthEvent.ClientSecretRotated(clientId, end),
            secret,
            ct
        );
    }

    /// <summary>Removes a client and everything that users allowed it.</summary>
    /// <returns>Null when it is gone; <c>not_found</c>, or <c>conflict</c> for a client of the configuration.</returns>
    public async ValueTask<OAuthError?> RemoveAsync(string clientId, CancellationToken ct)
    {
        if ((await ChangeableAsync(clientId, ct)).Failed(out var refused, out _))
            return refused;
        await Registry.TryRemoveAsync(clientId, ct);
        memory.Forget(clientId);
        // Its rows count for nothing any more; they go so that nobody has to wait for pruning.
        await apps.RevokeForClientAsync(clientId, ct);
        logger.ClientRemoved(clientId);
        await events.PublishAsync(new OAuthEvent.ClientRemoved(clientId));
        return null;
    }

    /// <summary>A client as it is stored now, disabled or not; null when there is none.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        configured.Find(clientId) ?? (ClientDirectory.CanBeId(clientId) ? await store.FindAsync(clientId, ct) : null);

    /// <summary>Clients in a stable order; the first page begins with those of the configuration, which do not count towards its limit.</summary>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(by);
        var page = await Registry.ListAsync(by, ct);
        if (by.After is not null)
            return page;
        var own = configured.All.Where(c => (by.Org ?? c.Org) == c.Org && (by.Provenance ?? c.Provenance) == c.Provenance);
        return page with { Items = [.. own.OrderBy(c => c.ClientId, StringComparer.Ordinal), .. page.Items] };
    }

    private async ValueTask<Outcome<Client>> ChangeableAsync(string clientId, CancellationToken ct)
    {
        if (configured.Find(clientId) is not null)
            return OAuthError.ClientIsConfigured;
        return ClientDirectory.CanBeId(clientId) && await Registry.FindAsync(clientId, ct) is { } client ? client : OAuthError.NotFound;
    }

    private async ValueTask<Outcome<RegisteredClient>> ReplaceAsync(Client next, OAuthEvent change, string? secret, CancellationToken ct)
    {
        if (!await Registry.TryUpdateAsync(next, ct))
            return OAuthError.NotFound;
        memory.Forget(next.ClientId);
        logger.ClientChanged(next.ClientId, change.GetType().Name);
        await events.PublishAsync(change);
        return new RegisteredClient(next, secret);
    }
}
