using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>The metadata of protected resources in this host (RFC 9728 §3), and what its APIs answer to.</summary>
internal static class ResourceRoutes
{
    // RFC 8707: the resource identifiers of this host's APIs are the audiences of tokens.
    public static void NoteBearerResources(IServiceProvider services, ServerSettings settings)
    {
        var authentication = services.GetService<IOptions<AuthenticationOptions>>()?.Value;
        var bearer = services.GetService<IOptionsMonitor<HqOAuth2BearerOptions>>();
        if (authentication is null || bearer is null)
            return;
        foreach (var scheme in authentication.Schemes.Where(s => s.HandlerType == typeof(HqOAuth2BearerHandler)))
        {
            var own = bearer.Get(scheme.Name).Resources;
            foreach (var resource in own.Count > 0 ? own : [settings.Resources.Default])
                settings.Resources.Serve(resource);
        }
    }

    public static void MapMetadata(RouteGroupBuilder group, IServiceProvider services, string resource)
    {
        var settings = services.GetRequiredService<ServerSettings>();
        var demandsProof = settings.Resources.DemandsProof(resource) || DemandsProof(services, resource);
        MapMetadata(group, services, Described(resource, settings), r => r.Document(settings, demandsProof));
    }

    /// <summary>Whether an API of this host accepts only tokens for the resource that are bound to a key (RFC 9728 §2).</summary>
    public static bool DemandsProof(IServiceProvider services, string resource)
    {
        var schemes = services.GetService<IOptions<AuthenticationOptions>>()?.Value.Schemes ?? [];
        return schemes.Any(s => Api(s) is { RequireDpop: true } api && ResourcesOf(api).Any(r => ResourcePolicy.SameResource(r, resource)));

        HqOAuth2ApiOptions? Api(AuthenticationSchemeBuilder scheme) =>
            scheme.HandlerType == typeof(HqOAuth2BearerHandler)
                ? services.GetRequiredService<IOptionsMonitor<HqOAuth2BearerOptions>>().Get(scheme.Name)
            : scheme.HandlerType == typeof(HqOAuth2IntrospectionHandler)
                ? services.GetRequiredService<IOptionsMonitor<HqOAuth2IntrospectionOptions>>().Get(scheme.Name)
            : null;

        IList<string> ResourcesOf(HqOAuth2ApiOptions api) =>
            api.Resources.Count > 0 ? api.Resources : [services.GetRequiredService<ServerSettings>().Resources.Default];
    }

    public static ProtectedResource Described(string resource, ServerSettings? settings) =>
        ProtectedResource.Of(resource, settings, out var problem)
        ?? throw new ArgumentException($"The protected resource {resource} {problem}.", nameof(resource));

    public static void MapMetadata(
        RouteGroupBuilder group,
        IServiceProvider services,
        ProtectedResource described,
        Func<ProtectedResource, ProtectedResourceMetadata> describe
    )
    {
        // A host may name a resource that is mapped already.
        if (!services.GetRequiredService<ProtectedResources>().TryAdd(described))
            return;
        var document = JsonSerializer.SerializeToUtf8Bytes(describe(described), OAuthJson.Default.ProtectedResourceMetadata);
        ServerRoutes.MapAtRoot(group, "protected-resource", described.MetadataPath, _ => new(Reply.Document(document)));
    }
}
