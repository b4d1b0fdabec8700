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
