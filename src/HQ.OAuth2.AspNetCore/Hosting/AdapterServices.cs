using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>The services of the adapter, in groups.</summary>
internal static class AdapterServices
{
    public static IServiceCollection AddServerOptions(this IServiceCollection services, Action<HqOAuth2Options> configure)
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
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HqOAuth2Options>, HqOAuth2OptionsValidator>());
        return services;
    }

    // Services of the framework, which a host may have added already.
    public static IServiceCollection AddHostParts(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddRouting();
        services.AddDataProtection();
        services.AddAntiforgery();
        // Our own pages use the antiforgery cookie; a setting of the host stays.
        services.PostConfigure<AntiforgeryOptions>(options =>
        {
            if (options.Cookie.SecurePolicy == CookieSecurePolicy.None)
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.TryAddSingleton(s => Protection(s.GetRequiredService<IDataProtectionProvider>()));
        return services;
    }

    // Services for the host's pipeline: rules for all answers at our addresses, also those of other parts.
    public static IServiceCollection AddAnswers(this IServiceCollection services)
    {
        services.AddSettings();
        services.TryAddSingleton<ProtectedResources>();
        services.TryAddSingleton<ApiProofs>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, RefusalBodyFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, NoSniffFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, CrossOriginFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, AuthorizationObserver>());
        return services;
    }

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.TryAddSingleton<SubjectSeals>();
        return services;
    }

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.TryAddSingleton<PageTheme>();
        services.TryAddSingleton<PageNotes>();
        services.TryAddScoped(_ => new PageTexts());
        return services;
    }

    public static IServiceCollection AddAuthorize(this IServiceCollection services)
    {
        services.TryAddSingleton<RequestHandles>();
        services.TryAddTransient<AuthorizeForms>();
        services.TryAddTransient<ConsentForms>();
        services.TryAddTransient<AuthorizeReplies>();
        services.TryAddTransient<AuthorizeHandler>();
        services.TryAddScoped<IAuthorizationUi, BuiltInAuthorizationUi>();
        services.TryAddTransient(s => new ConsentRequests(
            s.GetRequiredService<AuthorizeEndpoint>(),
            s.GetRequiredService<AuthorizeForms>(),
            s.GetRequiredService<ConsentForms>(),
            s.GetRequiredService<ServerSettings>()
        ));
        return services;
    }

    public static IServiceCollection AddDevices(this IServiceCollection services)
    {
        services.TryAddTransient<DeviceHandler>();
        return services;
    }

    public static IServiceCollection AddPersonalTokens(this IServiceCollection services)
    {
        services.TryAddTransient<PersonalTokenHandler>();
        return services;
    }

    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ManagementChallengeFilter>());
        // A description of the host's endpoints (OpenAPI) reads our types by these resolvers.
        services.ConfigureHttpJsonOptions(json =>
        {
            foreach (
                var ours in new IJsonTypeInfoResolver[]
                {
                    ProblemJson.Default,
                    ConnectedAppsJson.Default,
                    PersonalTokensJson.Default,
                    ManagementJson.Default,
                }
            )
                json.SerializerOptions.TypeInfoResolverChain.Add(ours);
        });
        return services;
    }

    public static IServiceCollection AddDoctor(this IServiceCollection services)
    {
        services.TryAddSingleton<DoctorProbe>();
        services.TryAddTransient<ClientKeyDoctor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DoctorAtStart>());
        return services;
    }

    public static IServiceCollection AddRouteChecks(this IServiceCollection services)
    {
        services.TryAddSingleton<HostRoutes>();
        services.TryAddSingleton<GroupCheck>();
        services.AddSingleton<IStartupFilter>(s => s.GetRequiredService<GroupCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, HostsEndpointFirst>());
        return services;
    }

    public static IServiceCollection AddBackgroundWork(this IServiceCollection services)
    {
        services.TryAddTransient<StoreHealthCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeyRefresh>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Pruning>());
        return services;
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
