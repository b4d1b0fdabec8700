using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// The services of the core, in groups. A host of any kind adds the options, a <see cref="KeyProtection"/> and logging, and calls the endpoints
/// in a scope for each request.
/// </summary>
internal static class CoreServices
{
    public static IServiceCollection AddHqOAuth2Core(this IServiceCollection services) =>
        services
            .AddSettings()
            .AddStores()
            .AddEvents()
            .AddClients()
            .AddClientAuthentication()
            .AddClientDocuments()
            .AddAuthorizations()
            .AddConsent()
            .AddDevices()
            .AddRegistration()
            .AddTokens()
            .AddProofs()
            .AddGrants()
            .AddEndpoints();

    /// <summary>
    /// The settings, computed from the options when they are first needed: a host that does not enable the server never needs them.
    /// </summary>
    public static IServiceCollection AddSettings(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new ServerSettings(s.GetRequiredService<IOptions<HqOAuth2Options>>().Value));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RequestLimits>();
        return services;
    }

    // The in-memory stores, for a host that adds none of its own.
    private static IServiceCollection AddStores(this IServiceCollection services)
    {
        services.TryAddSingleton<IClientStore, InMemoryClientRegistry>();
        services.TryAddSingleton<IAuthorizationStore, InMemoryAuthorizationStore>();
        services.TryAddSingleton<ITicketStore, InMemoryTicketStore>();
        services.TryAddSingleton<IKeyStore, InMemoryKeyStore>();
        return services;
    }

    private static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.TryAddTransient<EventPublisher>();
        return services;
    }

    // Services that use a store are made for each request, because a host's stores may be. None of them has state, so most are transient, which
    // costs less than an entry in the scope; the ones that several others use are scoped.
    private static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.TryAddSingleton<ConfiguredClients>();
        services.TryAddSingleton<ClientCache>();
        services.TryAddTransient(s => new ClientPolicies(
            s.GetRequiredService<ServerSettings>(),
            () => s.GetServices<IClientAuthentication>().Select(m => m.Method)
        ));
        services.TryAddScoped<StoredClients>();
        services.TryAddTransient<ClientDirectory>();
        services.TryAddTransient<Imitations>();
        return services;
    }

    private static IServiceCollection AddClientAuthentication(this IServiceCollection services)
    {
        services.TryAddSingleton<ClientSecrets>();
        services.TryAddSingleton<ProofCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClientAuthentication, NoClientAuthentication>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClientAuthentication, ClientSecretBasic>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IClientAuthentication, ClientSecretPost>());
        services.TryAddSingleton(s => new ClientKeys(
            () =>
                new(
                    s.GetRequiredService<DocumentFetcher>(),
                    s.GetRequiredService<ServerSettings>(),
                    s.GetRequiredService<TimeProvider>(),
                    s.GetRequiredService<ILogger<PublishedKeySets>>()
                ),
            s.GetRequiredService<TimeProvider>()
        ));
        services.TryAddTransient<AssertionCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IClientAuthentication, PrivateKeyJwt>());
        services.TryAddTransient<ClientAuthenticator>();
        return services;
    }

    private static IServiceCollection AddClientDocuments(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new DocumentFetcher(
            DocumentTransport.Handler(s.GetRequiredService<ServerSettings>().Options.Documents.AllowLoopback),
            s.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ClientDocuments>();
        services.TryAddTransient<KeptDocuments>();
        return services;
    }

    private static IServiceCollection AddAuthorizations(this IServiceCollection services)
    {
        services.TryAddSingleton<RecentRows>();
        services.TryAddScoped<AuthorizationLoop>();
        services.TryAddSingleton<GrantAnswers>();
        services.TryAddScoped<GrantHost>();
        services.TryAddSingleton<GrantSeams>();
        services.TryAddTransient<GrantQuestion>();
        services.TryAddTransient<GrantGuard>();
        return services;
    }

    private static IServiceCollection AddConsent(this IServiceCollection services)
    {
        services.TryAddTransient<FormAnswers>();
        services.TryAddTransient<ConsentIndex>();
        services.TryAddTransient<PushedRequests>();
        services.TryAddTransient<Approvals>();
        services.TryAddTransient<PersonalTokens>();
        services.TryAddTransient<EarlierConsents>();
        services.TryAddTransient(s => new ConnectedApps(
            s.GetRequiredService<AuthorizationLoop>(),
            s.GetRequiredService<ClientDirectory>(),
            s.GetRequiredService<EventPublisher>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetRequiredService<TimeProvider>()
        ));
        return services;
    }

    private static IServiceCollection AddDevices(this IServiceCollection services)
    {
        services.TryAddSingleton<DevicePolls>();
        services.TryAddTransient<DeviceRequests>();
        return services;
    }

    private static IServiceCollection AddRegistration(this IServiceCollection services)
    {
        services.TryAddSingleton<RegistrationCeiling>();
        services.TryAddSingleton<ClientTurns>();
        services.TryAddTransient<ClientLoop>();
        services.TryAddTransient<SecretReplacement>();
        services.TryAddTransient(s => new ClientRegistrar(
            s.GetRequiredService<ClientLoop>(),
            s.GetRequiredService<ClientPolicies>(),
            s.GetRequiredService<ConnectedApps>(),
            s.GetRequiredService<EventPublisher>(),
            s.GetRequiredService<ServerSettings>()
        ));
        return services;
    }

    private static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.TryAddSingleton<TokenKeys>();
        services.TryAddSingleton<OtherServerKeys>();
        services.TryAddSingleton<AccessTokenReader>();
        services.TryAddTransient<AccessTokenVerifier>();
        services.TryAddTransient<RefreshTokenVerifier>();
        services.TryAddTransient(s => new TokenIssuer(
            s.GetRequiredService<TokenKeys>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetServices<ITokenClaims>(),
            s.GetRequiredService<ILogger<TokenIssuer>>()
        ));
        return services;
    }

    private static IServiceCollection AddProofs(this IServiceCollection services)
    {
        services.TryAddSingleton<DpopNonces>();
        services.TryAddSingleton<RequestProofs>();
        return services;
    }

    private static IServiceCollection AddGrants(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Transient<IGrantType, AuthorizationCodeGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IGrantType, RefreshTokenGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IGrantType, ClientCredentialsGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IGrantType, DeviceCodeGrant>());
        services.TryAddTransient<GrantTypes>();
        return services;
    }

    private static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.TryAddScoped<AuthorizeEndpoint>();
        services.TryAddTransient<PushedAuthorizationEndpoint>();
        services.TryAddTransient<TokenEndpoint>();
        services.TryAddTransient<DeviceAuthorizationEndpoint>();
        services.TryAddTransient<DeviceEndpoint>();
        services.TryAddTransient<IntrospectionEndpoint>();
        services.TryAddTransient<RevocationEndpoint>();
        services.TryAddTransient<RegistrationEndpoint>();
        services.TryAddTransient<ClientConfigurationEndpoint>();
        services.TryAddTransient<MetadataEndpoint>();
        services.TryAddTransient<KeysEndpoint>();
        return services;
    }
}
