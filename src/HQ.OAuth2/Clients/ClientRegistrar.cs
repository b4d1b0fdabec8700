using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>The one door by which clients come in: by a host's hand (provenance <c>api</c>) or by themselves (<c>dcr</c>, RFC 7591).</summary>
public sealed class ClientRegistrar
{
    /// <summary>The longest overlap of <see cref="RotateSecretAsync"/>.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(90);

    private readonly IClientStore store;
    private readonly ConfiguredClients configured;
    private readonly ClientMemory memory;
    private readonly ConnectedApps apps;
    private readonly HqOAuth2Options options;
    private readonly TimeProvider time;
    private readonly EventPublisher events;
    private readonly ILogger logger;

    internal ClientRegistrar(
        IClientStore store,
        ConfiguredClients configured,
        ClientMemory memory,
        ConnectedApps apps,
        IOptions<HqOAuth2Options> options,
        TimeProvider time,
        EventPublisher events,
        ILogger<ClientRegistrar> logger
    )
    {
        (this.store, this.configured, this.memory, this.apps) = (store, configured, memory, apps);
        (this.options, this.time, this.events, this.logger) = (options.Value, time, events, logger);
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
        return RegisterAsync(metadata, ClientProvenance.Api, settings ?? new(), ct);
    }

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

    internal ValueTask<Outcome<RegisteredClient>> SelfRegisterAsync(ClientMetadata metadata, CancellationToken ct) =>
        RegisterAsync(metadata, ClientProvenance.Dcr, new(), ct);

    internal static Client Build(
        string clientId,
        ClientMetadata m,
        ClientProvenance provenance,
        string? org,
        IReadOnlyList<ClientSecret> secrets
    ) =>
        new()
        {
            ClientId = clientId,
            Type = m.Type,
            Provenance = provenance,
            Org = org,
            Secrets = secrets,
            TokenEndpointAuthMethod = m.TokenEndpointAuthMethod!,
            RedirectUris = m.RedirectUris!,
            GrantTypes = m.GrantTypes!,
            Scope = m.Scope is null ? null : ScopeSet.Parse(m.Scope).Value,
            ClientName = m.ClientName,
            ClientUri = m.ClientUri,
            LogoUri = m.LogoUri,
            TosUri = m.TosUri,
            PolicyUri = m.PolicyUri,
            Contacts = m.Contacts ?? [],
            SoftwareId = m.SoftwareId,
            SoftwareVersion = m.SoftwareVersion,
        };

    private async ValueTask<Outcome<RegisteredClient>> RegisterAsync(
        ClientMetadata metadata,
        ClientProvenance provenance,
        ClientSettings settings,
        CancellationToken ct
    )
    {
        var registry = Registry;
        if (settings.Problem(provenance) is { } unsuitable)
            return unsuitable;
        if (metadata.Checked(ClientPolicy.Of(provenance, options)).Failed(out var error, out var registered))
            return error;

        // §2: a secret only where the method uses one.
        var (secret, kept) = UsesSecret(registered.TokenEndpointAuthMethod!) ? NewSecret() : (null, []);
        var built = Build(NewClientId(), registered, provenance, settings.Org ?? options.DefaultOrg, kept);
        // RFC 7592 §3: who registered itself may manage that, where the host lets it.
        RegistrationAccessToken? token =
            provenance == ClientProvenance.Dcr && options.DcrManagement ? RegistrationAccessToken.New(built.ClientId) : null;
        var client = settings.ApplyTo(built) with { CreatedAt = Now(), RegistrationAccessTokenHash = token?.Hash };
        // An id of 128 random bits that is taken is our own, by a commit whose answer was lost.
        if (!await registry.TryAddAsync(client, ct) && (await registry.FindAsync(client.ClientId, ct))?.ToJson() != client.ToJson())
            throw new InvalidOperationException("The client store refused a new random client id as already taken.");
        logger.Registered(client.ClientId, provenance, client.Org, string.Join(' ', client.RedirectUris));
        await events.PublishAsync(new OAuthEvent.ClientRegistered(client.ClientId, provenance, client.Org, client.RedirectUris));
        return new RegisteredClient(client, secret) { RegistrationAccessToken = token?.ToWire() };
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

    // Whole milliseconds, so that every store gives back the stamp it was given.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static (string? Secret, IReadOnlyList<ClientSecret> Kept) NewSecret()
    {
        var (secret, kept) = ClientSecrets.Generate();
        return (secret, [kept]);
    }

    private static bool UsesSecret(string method) =>
        method is OAuthClientAuthenticationMethods.ClientSecretBasic or OAuthClientAuthenticationMethods.ClientSecretPost;

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

    // A record prints its members; this one must not.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(Client.ClientId);
        return true;
    }
}
