using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>The one door by which clients come in: by a host's hand (provenance <c>api</c>) or by themselves (<c>dcr</c>, RFC 7591).</summary>
public sealed class ClientRegistrar
{
    private readonly IClientStore store;
    private readonly HqOAuth2Options options;
    private readonly TimeProvider time;
    private readonly EventPublisher events;
    private readonly ILogger logger;

    internal ClientRegistrar(
        IClientStore store,
        IOptions<HqOAuth2Options> options,
        TimeProvider time,
        EventPublisher events,
        ILogger<ClientRegistrar> logger
    ) => (this.store, this.options, this.time, this.events, this.logger) = (store, options.Value, time, events, logger);

    /// <summary>Registers a client by hand; its provenance is <c>api</c>, its id and secret are generated.</summary>
    /// <param name="metadata">What it shall be (RFC 7591 §2).</param>
    /// <param name="org">The organization it belongs to; null = the default organization.</param>
    /// <param name="ct">Cancels the wait, not a registration that is made.</param>
    /// <returns>The client with its secret, or <c>invalid_redirect_uri</c> or <c>invalid_client_metadata</c> (§3.2.2).</returns>
    /// <exception cref="InvalidOperationException">The host's client store is no <see cref="IClientRegistry"/>.</exception>
    public ValueTask<Outcome<RegisteredClient>> RegisterAsync(ClientMetadata metadata, string? org, CancellationToken ct) =>
        RegisterAsync(metadata, ClientProvenance.Api, org, ClientPolicy.ForApi(options), ct);

    internal ValueTask<Outcome<RegisteredClient>> SelfRegisterAsync(ClientMetadata metadata, CancellationToken ct) =>
        RegisterAsync(metadata, ClientProvenance.Dcr, options.DefaultOrg, ClientPolicy.ForSelfRegistration(options), ct);

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
        string? org,
        ClientPolicy policy,
        CancellationToken ct
    )
    {
        var registry =
            store as IClientRegistry
            ?? throw new InvalidOperationException($"{store.GetType()} cannot add clients: implement IClientRegistry.");
        if (metadata.Checked(policy).Failed(out var error, out var registered))
            return error;

        // §2: a secret only where the method uses one.
        var (secret, kept) = UsesSecret(registered.TokenEndpointAuthMethod!) ? ClientSecrets.Generate() : (null, null);
        // Whole milliseconds, so that every store gives back the stamp it was given.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var client = Build(NewClientId(), registered, provenance, org ?? options.DefaultOrg, kept is null ? [] : [kept]) with
        {
            CreatedAt = now,
        };
        // An id of 128 random bits that is taken is our own, by a commit whose answer was lost.
        if (!await registry.TryAddAsync(client, ct) && (await registry.FindAsync(client.ClientId, ct))?.ToJson() != client.ToJson())
            throw new InvalidOperationException("The client store refused a new random client id as already taken.");
        logger.Registered(client.ClientId, provenance, client.Org, string.Join(' ', client.RedirectUris));
        await events.PublishAsync(new OAuthEvent.ClientRegistered(client.ClientId, provenance, client.Org, client.RedirectUris));
        return new RegisteredClient(client, secret);
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
    // A record prints its members; this one must not.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(Client.ClientId);
        return true;
    }
}
