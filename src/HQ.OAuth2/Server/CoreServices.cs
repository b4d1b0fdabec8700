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
            .AddRegistration()
            .AddTokens()
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
        services.TryAddScoped<EventPublisher>();
        return services;
    }

    // Services that use a store are scoped to a request, because a host's stores may be.
    private static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.TryAddSingleton<ConfiguredClients>();
        services.TryAddSingleton<ClientCache>();
        services.TryAddScoped(s => new ClientPolicies(
            s.GetRequiredService<ServerSettings>(),
            () => s.GetServices<IClientAuthentication>().Select(m => m.Method)
        ));
        services.TryAddScoped<StoredClients>();
        services.TryAddScoped<ClientDirectory>();
        services.TryAddScoped<Imitations>();
        return services;
    }

    private static IServiceCollection AddClientAuthentication(this IServiceCollection services)
    {
        services.TryAddSingleton<ClientSecrets>();
        services.TryAddSingleton<ProofCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, NoClientAuthentication>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, ClientSecretBasic>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, ClientSecretPost>());
        services.TryAddScoped<ClientAuthenticator>();
        return services;
    }

    private static IServiceCollection AddClientDocuments(this IServiceCollection services)
    {
        services.TryAddSingleton(s => new DocumentFetcher(
            DocumentTransport.Handler(s.GetRequiredService<ServerSettings>().Options.Documents.AllowLoopback),
            s.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ClientDocuments>();
        services.TryAddScoped<KeptDocuments>();
        return services;
    }

    private static IServiceCollection AddAuthorizations(this IServiceCollection services)
    {
        services.TryAddSingleton<RecentRows>();
        services.TryAddScoped<AuthorizationLoop>();
        return services;
    }

    private static IServiceCollection AddConsent(this IServiceCollection services)
    {
        services.TryAddScoped<FormAnswers>();
        services.TryAddScoped<ConsentIndex>();
        services.TryAddScoped<Approvals>();
        services.TryAddScoped<EarlierConsents>();
        services.TryAddScoped(s => new ConnectedApps(
            s.GetRequiredService<AuthorizationLoop>(),
            s.GetRequiredService<ClientDirectory>(),
            s.GetRequiredService<EventPublisher>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetRequiredService<TimeProvider>()
        ));
        return services;
    }

    private static IServiceCollection AddRegistration(this IServiceCollection services)
    {
        services.TryAddSingleton<RegistrationCeiling>();
        services.TryAddScoped<ClientLoop>();
        services.TryAddScoped(s => new ClientRegistrar(
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
        services.TryAddSingleton<AccessTokenReader>();
        services.TryAddScoped<AccessTokenVerifier>();
        services.TryAddScoped<RefreshTokenVerifier>();
        services.TryAddScoped(s => new TokenIssuer(
            s.GetRequiredService<TokenKeys>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetServices<ITokenClaims>(),
            s.GetRequiredService<ILogger<TokenIssuer>>()
        ));
        return services;
    }

    private static IServiceCollection AddGrants(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, AuthorizationCodeGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, RefreshTokenGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, ClientCredentialsGrant>());
        return services;
    }

    private static IServiceCollection AddEndpoints(this IServiceCollection services)
    {
        services.TryAddScoped<AuthorizeEndpoint>();
        services.TryAddScoped<TokenEndpoint>();
        services.TryAddScoped<IntrospectionEndpoint>();
        services.TryAddScoped<RevocationEndpoint>();
        services.TryAddScoped<RegistrationEndpoint>();
        services.TryAddScoped<ClientConfigurationEndpoint>();
        services.TryAddScoped<MetadataEndpoint>();
        services.TryAddScoped<KeysEndpoint>();
        return services;
    }
}
