using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The one door by which clients come in: by a host's hand (provenance <c>api</c>) or by themselves (<c>dcr</c>, RFC 7591).</summary>
public sealed partial class ClientRegistrar
{
    private const int MaxBytes = 16 * 1024;

    private readonly IClientStore store;
    private readonly ConfiguredClients configured;
    private readonly ClientMemory memory;
    private readonly ConnectedApps apps;
    private readonly ClientPolicies policies;
    private readonly HqOAuth2Options options;
    private readonly TimeProvider time;
    private readonly RegistrationCeiling ceiling;
    private readonly EventPublisher events;
    private readonly ILogger logger;

    internal ClientRegistrar(
        IClientStore store,
        ConfiguredClients configured,
        ClientMemory memory,
        ConnectedApps apps,
        ClientPolicies policies,
        ServerSettings settings,
        TimeProvider time,
        RegistrationCeiling ceiling,
        EventPublisher events,
        ILogger<ClientRegistrar> logger
    )
    {
        (this.store, this.configured, this.memory, this.apps, this.policies) = (store, configured, memory, apps, policies);
        (this.options, this.time, this.ceiling, this.events, this.logger) = (settings.Options, time, ceiling, events, logger);
    }

    private IClientRegistry Registry =>
        store as IClientRegistry
        ?? throw new InvalidOperationException($"{store.GetType()} cannot add clients: implement IClientRegistry.");

    /// <summary>Registers a client by hand; its provenance is <c>api</c>, its id and secret are generated.</summary>
    /// <param name="metadata">What it shall be (RFC 7591 §2).</param>
    /// <param name="settings">What is not the client's own to say; null = nothing of it, in the default organization.</param>
    /// <param name="ct">Cancels the wait, not a registration that is made.</param>
    /// <returns>The client with its secret, or <c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c> (§3.2.2).</returns>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public ValueTask<Outcome<RegisteredClient>> RegisterAsync(ClientMetadata metadata, ClientSettings? settings, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return RegisterAsync(metadata, ClientProvenance.Api, policies.ForAdministrator(ClientProvenance.Api), settings ?? new(), ct);
    }

    internal ValueTask<Outcome<RegisteredClient>> SelfRegisterAsync(ClientMetadata metadata, CancellationToken ct) =>
        RegisterAsync(metadata, ClientProvenance.Dcr, policies.ForSelfRegistration(), new(), ct);

    /// <summary>Everything that is wrong with what an administrator wants to make of a client of this provenance, at once.</summary>
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
        var registry = Registry;
        if (settings.Problem(provenance) is { } unsuitable)
            return unsuitable;
        if (metadata.Checked(policy).Failed(out var error, out var registered))
            return error;

        // §2: a secret only where the method uses one.
        var (secret, kept) = OAuthClientAuthenticationMethods.IsSecret(registered.TokenEndpointAuthMethod!) ? NewSecret() : (null, []);
        var built = registered.ToClient(NewClientId(), provenance, settings.Org ?? options.DefaultOrg, kept);
        // RFC 7592 §3: who registered itself may manage that, where the host lets it.
        RegistrationAccessToken? token =
            provenance == ClientProvenance.Dcr && options.DcrManagement ? RegistrationAccessToken.New(built.ClientId) : null;
        var client = settings.ApplyTo(built) with { CreatedAt = Client.Stamp(time), RegistrationAccessTokenHash = token?.Hash };
        if (IsTooLarge(client))
            return OAuthError.RegistrationTooLarge;
        if (await AddAsync(registry, client, ct) is { } full)
            return full;
        logger.Registered(client.ClientId, provenance, client.Org, string.Join(' ', client.RedirectUris));
        logger.LeftOut(client.ClientId, client.ClientName, registered.LeftOut);
        await events.PublishAsync(new OAuthEvent.ClientRegistered(client.ClientId, provenance, client.Org, client.RedirectUris));
        return new RegisteredClient(client, secret) { RegistrationAccessToken = token?.ToWire() };
    }

    private async ValueTask<OAuthError?> AddAsync(IClientRegistry registry, Client client, CancellationToken ct)
    {
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

    // What is stored of one registration, whoever made it.
    private static bool IsTooLarge(Client client) => System.Text.Encoding.UTF8.GetByteCount(client.ToJson()) > MaxBytes;

    private static (string? Secret, IReadOnlyList<ClientSecret> Kept) NewSecret()
    {
        var (secret, kept) = ClientSecrets.Generate();
        return (secret, [kept]);
    }

    // A form that no subject and no metadata document URL has (RFC 9700 §2.6).
    private static string NewClientId() => "hqc_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

/// <summary>A client that was just registered.</summary>
/// <param name="Client">As it is stored.</param>
/// <param name="Secret">Its secret in clear, this once; null when its method uses none.</param>
public sealed record RegisteredClient(Client Client, string? Secret)
{
    /// <summary>The token with which it manages its registration (RFC 7592 §3), in clear, this once; null when it may not.</summary>
    public string? RegistrationAccessToken { get; init; }

    /// <summary>What was left out of what the client sent, for the log.</summary>
    internal IReadOnlyList<string> LeftOut { get; init; } = [];

    // A record prints its members; this one must not.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(Client.ClientId);
        return true;
    }
}
