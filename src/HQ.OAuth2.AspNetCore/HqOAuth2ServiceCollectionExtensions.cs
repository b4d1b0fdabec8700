using System.Text.Json.Serialization.Metadata;
using HQ.OAuth2;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the authorization server to a host's services; <c>app.MapHqOAuth2()</c> is the other half.</summary>
public static class HqOAuth2ServiceCollectionExtensions
{
    /// <summary>Adds the server with the settings of a configuration: the root, or the section <c>auth:oauth2:authorizationServer</c> itself.</summary>
    public static HqOAuth2Builder AddHqOAuth2(this IServiceCollection services, IConfiguration configuration) =>
        services.AddHqOAuth2(options => ConfigurationReader.Read(configuration, options));

    /// <summary>Adds the server with settings made in code.</summary>
    public static HqOAuth2Builder AddHqOAuth2(this IServiceCollection services, Action<HqOAuth2Options> configure)
    {
        services
            .AddOptions<HqOAuth2Options>()
            .Configure(configure)
            .PostConfigure<IHostEnvironment>(
                (options, environment) =>
                {
                    options.ExplainErrors ??= environment.IsDevelopment();
                    options.Doctor ??= environment.IsDevelopment();
                }
            )
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HqOAuth2Options>, HostOptionsValidator>());
        services.AddLogging();
        services.AddRouting();
        services.AddDataProtection();
        services.AddAntiforgery();
        // Our own pages carry it; a host that decided for itself keeps its decision.
        services.PostConfigure<AntiforgeryOptions>(options =>
        {
            if (options.Cookie.SecurePolicy == CookieSecurePolicy.None)
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.TryAddSingleton(TimeProvider.System);

        // what a process has once
        services.TryAddSingleton(s => new ServerSettings(s.GetRequiredService<IOptions<HqOAuth2Options>>().Value));
        services.TryAddSingleton<TokenKeys>();
        services.TryAddSingleton(s => Protection(s.GetRequiredService<IDataProtectionProvider>()));
        services.TryAddSingleton<ClientSecrets>();
        services.TryAddSingleton<ConfiguredClients>();
        services.TryAddSingleton<ClientMemory>();
        services.TryAddSingleton(s => new DocumentFetcher(
            DocumentTransport.Handler(s.GetRequiredService<ServerSettings>().Options.Documents.AllowLoopback),
            s.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<ClientDocuments>();
        services.TryAddSingleton<RequestLimits>();
        services.TryAddSingleton<ProofCheck>();
        services.TryAddSingleton<RegistrationCeiling>();
        services.TryAddSingleton<RequestHandles>();
        services.TryAddSingleton<SubjectSeals>();
        services.TryAddSingleton<HostRoutes>();
        services.TryAddSingleton<DoctorProbe>();
        services.TryAddSingleton<ProtectedResources>();
        services.ConfigureHttpJsonOptions(json =>
        {
            foreach (var ours in new IJsonTypeInfoResolver[] { ProblemJson.Default, ConnectedAppsJson.Default, ManagementJson.Default })
                json.SerializerOptions.TypeInfoResolverChain.Add(ours);
        });
        services.TryAddSingleton<IClientStore, InMemoryClientRegistry>();
        services.TryAddSingleton<IAuthorizationStore, InMemoryAuthorizationStore>();
        services.TryAddSingleton<ITicketStore, InMemoryTicketStore>();
        services.TryAddSingleton<IKeyStore, InMemoryKeyStore>();

        // what a request has, since a host's stores may belong to one
        services.TryAddScoped(s => new ClientPolicies(
            s.GetRequiredService<ServerSettings>(),
            () => s.GetServices<IClientAuthentication>().Select(m => m.Method)
        ));
        services.TryAddScoped<KeptDocuments>();
        services.TryAddScoped<ClientDirectory>();
        services.TryAddScoped<ClientAuthenticator>();
        services.TryAddScoped<EventPublisher>();
        services.TryAddScoped<AuthorizationLoop>();
        services.TryAddScoped<AnsweredForms>();
        services.TryAddScoped<AccessTokenVerifier>();
        services.TryAddScoped(s => new TokenIssuer(
            s.GetRequiredService<TokenKeys>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetServices<ITokenClaims>(),
            s.GetRequiredService<ILogger<TokenIssuer>>()
        ));
        services.TryAddScoped(s => new ClientRegistrar(
            s.GetRequiredService<IClientStore>(),
            s.GetRequiredService<ConfiguredClients>(),
            s.GetRequiredService<ClientMemory>(),
            s.GetRequiredService<ConnectedApps>(),
            s.GetRequiredService<ClientPolicies>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<RegistrationCeiling>(),
            s.GetRequiredService<EventPublisher>(),
            s.GetRequiredService<ILogger<ClientRegistrar>>()
        ));
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, NoClientAuthentication>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, ClientSecretBasic>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IClientAuthentication, ClientSecretPost>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, AuthorizationCodeGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, RefreshTokenGrant>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IGrantType, ClientCredentialsGrant>());
        services.TryAddScoped<IAuthorizationUi, BuiltInAuthorizationUi>();
        services.TryAddSingleton<PageTheme>();
        services.TryAddScoped(_ => new PageTexts());
        services.TryAddScoped<AuthorizationContexts>();
        services.TryAddScoped(s => new ConnectedApps(
            s.GetRequiredService<AuthorizationLoop>(),
            s.GetRequiredService<ClientDirectory>(),
            s.GetRequiredService<EventPublisher>(),
            s.GetRequiredService<ServerSettings>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ConnectedApps>>()
        ));
        services.TryAddScoped(s => new ConsentRequests(
            s.GetRequiredService<AuthorizeEndpoint>(),
            s.GetRequiredService<AuthorizationContexts>(),
            s.GetRequiredService<RequestHandles>(),
            s.GetRequiredService<ServerSettings>()
        ));

        // the endpoints
        services.TryAddScoped<AuthorizeEndpoint>();
        services.TryAddScoped<AuthorizeHandler>();
        services.TryAddScoped<TokenEndpoint>();
        services.TryAddScoped<IntrospectionEndpoint>();
        services.TryAddScoped<RevocationEndpoint>();
        services.TryAddScoped<RegistrationEndpoint>();
        services.TryAddScoped<ClientConfigurationEndpoint>();
        services.TryAddScoped<MetadataEndpoint>();
        services.TryAddScoped<KeysEndpoint>();
        services.TryAddScoped<StoreHealthCheck>();

        services.TryAddSingleton<GroupCheck>();
        services.AddSingleton<IStartupFilter>(s => s.GetRequiredService<GroupCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HostsEndpointFirst>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, AuthorizationObserver>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, RefusalBodyFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, NoSniffFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, CrossOriginFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ManagementChallengeFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeyRefresh>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Pruning>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DoctorAtStart>());
        return new HqOAuth2Builder(services);
    }

    private static KeyProtection Protection(IDataProtectionProvider protection)
    {
        var protector = protection.CreateProtector("HQ.OAuth2.TokenKeys.v1");
        return new(
            material => Convert.ToBase64String(protector.Protect(material)),
            text => protector.Unprotect(Convert.FromBase64String(text))
        );
    }
}
