using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// Registers all clients: those that a host registers (provenance <c>api</c>) and those that register themselves (<c>dcr</c>, RFC 7591).
/// </summary>
public sealed partial class ClientRegistrar
{
    private const int MaxBytes = 16 * 1024;

    private readonly ClientLoop clients;
    private readonly ClientPolicies policies;
    private readonly ConnectedApps apps;
    private readonly EventPublisher events;
    private readonly HqOAuth2Options options;

    internal ClientRegistrar(
        ClientLoop clients,
        ClientPolicies policies,
        ConnectedApps apps,
        EventPublisher events,
        ServerSettings settings
    ) => (this.clients, this.policies, this.apps, this.events, options) = (clients, policies, apps, events, settings.Options);

    /// <summary>Registers a client by hand; its provenance is <c>api</c>, its id and secret are generated.</summary>
    /// <param name="metadata">The metadata of the client (RFC 7591 §2).</param>
    /// <param name="settings">The settings that only the host decides; null = the defaults, in the default organization.</param>
    /// <param name="ct">Cancels the wait, not a registration that was made.</param>
    /// <returns>The client with its secret, or <c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c> (§3.2.2).</returns>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public ValueTask<Outcome<RegisteredClient>> RegisterAsync(ClientMetadata metadata, ClientSettings? settings, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return RegisterAsync(metadata, ClientProvenance.Api, policies.ForAdministrator(ClientProvenance.Api), settings ?? new(), ct);
    }

    /// <summary>
    /// Adds a client of another server with the id and the secrets that it has there. Everything else is as in
    /// <see cref="RegisterAsync(ClientMetadata, ClientSettings?, CancellationToken)"/>; no secret is generated.
    /// </summary>
    /// <param name="clientId">Its id: 1 to 200 characters of <c>A-Z a-z 0-9 - . _ ~ :</c>.</param>
    /// <param name="metadata">The metadata of the client (RFC 7591 §2).</param>
    /// <param name="secrets">Its secrets, in one of the forms of <see cref="ClientSecret.Hash"/>; empty for a client that uses none.</param>
    /// <param name="settings">The settings that only the host decides; null = the defaults, in the default organization.</param>
    /// <param name="ct">Cancels the wait, not an addition that was made.</param>
    /// <returns>
    /// The client, or <c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c>: also for an id that is taken, and then the client that has
    /// it is unchanged; for a secret that cannot be verified; and for a client with the wrong number of secrets for its method.
    /// </returns>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public async ValueTask<Outcome<RegisteredClient>> ImportAsync(
        string clientId,
        ClientMetadata metadata,
        IReadOnlyList<ClientSecret> secrets,
        ClientSettings? settings,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(secrets);
        settings ??= new();
        if (!ClientMetadata.IsClientId(clientId))
            return OAuthError.InvalidClientMetadata("client_id", "must be 1 to 200 characters of A-Z a-z 0-9 - . _ ~ :");
        if (settings.Problem(ClientProvenance.Api) is { } unsuitable)
            return unsuitable;
        if (metadata.Checked(policies.ForAdministrator(ClientProvenance.Api)).Failed(out var error, out var imported))
            return error;
        // §2: a secret only where the method uses one.
        if (OAuthClientAuthenticationMethods.IsSecret(imported.TokenEndpointAuthMethod!) != secrets.Count > 0)
            return OAuthError.InvalidClientMetadata("token_endpoint_auth_method", "does not fit the number of secrets");
        if (!secrets.All(s => ClientSecrets.CanVerify(s.Hash)))
            return OAuthError.InvalidClientMetadata("secrets", "one of them is no hash that this server can verify");
        var built = imported.ToClient(clientId, ClientProvenance.Api, settings.Org ?? options.DefaultOrg, [.. secrets]);
        var client = settings.ApplyTo(built) with { CreatedAt = clients.Stamp() };
        if (IsTooLarge(client))
            return OAuthError.RegistrationTooLarge;
        if (!await clients.TryAddAsync(client, ct))
            return OAuthError.InvalidClientMetadata("client_id", "a client of this server has it");
        await events.PublishAsync(new OAuthEvent.ClientRegistered(client.ClientId, ClientProvenance.Api, client.Org, client.RedirectUris));
        return new RegisteredClient(client, null);
    }

    internal ValueTask<Outcome<RegisteredClient>> SelfRegisterAsync(ClientMetadata metadata, CancellationToken ct) =>
        RegisterAsync(metadata, ClientProvenance.Dcr, policies.ForSelfRegistration(), new(), ct);

    /// <summary>All errors of the metadata and settings that an administrator wants to give a client of this provenance.</summary>
    internal IReadOnlyList<OAuthError> Problems(ClientMetadata metadata, ClientProvenance provenance) =>
        metadata.AllProblems(policies.ForAdministrator(provenance));

    private async ValueTask<Outcome<RegisteredClient>> RegisterAsync(
        ClientMetadata metadata,
        ClientProvenance provenance,
        ClientPolicy policy,
        ClientSettings settings,
        CancellationToken ct
    )
    {
        if (settings.Problem(provenance) is { } unsuitable)
            return unsuitable;
        if (metadata.Checked(policy).Failed(out var error, out var registered))
            return error;

        // §2: a secret only where the method uses one.
        var (secret, kept) = OAuthClientAuthenticationMethods.IsSecret(registered.TokenEndpointAuthMethod!) ? NewSecret() : (null, []);
        var built = registered.ToClient(NewClientId(), provenance, settings.Org ?? options.DefaultOrg, kept);
        // RFC 7592 §3: a self-registered client may manage its registration, if the host allows it.
        RegistrationAccessToken? token =
            provenance == ClientProvenance.Dcr && options.DcrManagement ? RegistrationAccessToken.New(built.ClientId) : null;
        var client = settings.ApplyTo(built) with { CreatedAt = clients.Stamp(), RegistrationAccessTokenHash = token?.Hash };
        if (IsTooLarge(client))
            return OAuthError.RegistrationTooLarge;
        if (await clients.AddAsync(client, ct) is { } full)
            return full;
        await events.PublishAsync(new OAuthEvent.ClientRegistered(client.ClientId, provenance, client.Org, client.RedirectUris));
        events.RecordLeftOut(client.ClientId, client.ClientName, registered.LeftOut);
        return new RegisteredClient(client, secret) { RegistrationAccessToken = token?.ToWire() };
    }

    // The stored form of one registration, by a host or by the client itself.
    private static bool IsTooLarge(Client client) => System.Text.Encoding.UTF8.GetByteCount(client.ToJson()) > MaxBytes;

    private static (string? Secret, IReadOnlyList<ClientSecret> Kept) NewSecret()
    {
        var (secret, kept) = ClientSecrets.Generate();
        return (secret, [kept]);
    }

    // The id has a form that no subject and no metadata document URL has (RFC 9700 §2.6).
    private static string NewClientId() => "hqc_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
