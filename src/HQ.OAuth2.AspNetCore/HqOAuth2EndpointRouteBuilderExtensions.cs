using HQ.OAuth2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the authorization server's endpoints; call <c>services.AddHqOAuth2(...)</c> first.</summary>
public static class HqOAuth2EndpointRouteBuilderExtensions
{
    /// <summary>Maps the protocol endpoints below the issuer's path. Maps nothing when the server is not enabled.</summary>
    /// <returns>The group of the endpoints, to which the host can add conventions.</returns>
    /// <exception cref="InvalidOperationException">
    /// <c>AddHqOAuth2</c> was not called; or, at start, the endpoints are in a group whose prefix the issuer's path does not end with.
    /// </exception>
    /// <exception cref="OptionsValidationException">The configuration breaks a rule; the message names the key and the fix.</exception>
    public static IEndpointConventionBuilder MapHqOAuth2(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        if (services.GetService<RequestHandles>() is null)
            throw new InvalidOperationException(
                "MapHqOAuth2 needs the services of the server: call builder.Services.AddHqOAuth2(...) first."
            );
        var settings = services.GetRequiredService<ServerSettings>();
        var options = settings.Options;
        var group = endpoints.MapGroup("").WithMetadata(new ServerEndpoint());
        if (!options.Enabled)
            return group;

        services.GetRequiredService<HostRoutes>().Add(endpoints);
        ResourceRoutes.NoteBearerResources(services, settings);

        // Protocol endpoints authenticate their callers by the protocol itself: a host's fallback policy does not apply to them.
        group.AllowAnonymous().WithTags("OAuth2");
        services.GetRequiredService<GroupCheck>().Note(endpoints);
        new ServerRoutes(group, settings).MapAll(services);
        return group;
    }

    /// <summary>
    /// Maps the metadata of a protected resource (RFC 9728) that this host serves at another address than the issuer's; configured resources of
    /// the issuer's own origin are mapped already. The challenges of <c>AddHqOAuth2Bearer</c> for it name the document.
    /// </summary>
    /// <param name="endpoints">The route builder of the app.</param>
    /// <param name="resource">Its identifier, exactly the URL that clients call, for instance <c>https://mcp.example.com/mcp</c>.</param>
    /// <exception cref="InvalidOperationException"><c>AddHqOAuth2</c> was not called.</exception>
    /// <exception cref="ArgumentException">It is no https URL, or no client could get a token for it; the message says what to change.</exception>
    public static IEndpointConventionBuilder MapHqOAuth2ProtectedResource(this IEndpointRouteBuilder endpoints, string resource)
    {
        var services = endpoints.ServiceProvider;
        if (services.GetService<ProtectedResources>() is null)
            throw new InvalidOperationException(
                "MapHqOAuth2ProtectedResource needs the services of the server: call builder.Services.AddHqOAuth2(...) first."
            );
        var group = endpoints.MapGroup("").WithMetadata(new ServerEndpoint());
        var settings = services.GetRequiredService<ServerSettings>();
        if (!settings.Options.Enabled)
            return group;
        ResourceRoutes.MapMetadata(group.AllowAnonymous().WithTags("OAuth2"), services, resource);
        settings.Resources.Serve(resource);
        MissingDocuments.Map(group, services);
        return group;
    }

    /// <summary>
    /// The same in a host whose authorization server runs elsewhere: the challenges of <c>AddHqOAuth2Introspection</c> name the document.
    /// </summary>
    /// <param name="endpoints">The route builder of the app.</param>
    /// <param name="resource">Its identifier, exactly the URL that clients call, for instance <c>https://mcp.example.com/mcp</c>.</param>
    /// <param name="issuer">The server's issuer identifier, exactly as the server has it.</param>
    /// <param name="scopes">The scopes that this resource understands; none = the document has no scopes.</param>
    /// <exception cref="InvalidOperationException"><c>AddHqOAuth2Introspection</c> was not called.</exception>
    /// <exception cref="ArgumentException">One of them is invalid; the message says what to change.</exception>
    public static IEndpointConventionBuilder MapHqOAuth2ProtectedResource(
        this IEndpointRouteBuilder endpoints,
        string resource,
        string issuer,
        params string[] scopes
    )
    {
        var services = endpoints.ServiceProvider;
        if (services.GetService<ProtectedResources>() is null)
            throw new InvalidOperationException(
                "MapHqOAuth2ProtectedResource needs to know who checks tokens: call AddAuthentication().AddHqOAuth2Introspection(...) first."
            );
        if (!Issuer.TryParse(issuer, out _, out var problem))
            throw new ArgumentException($"The issuer {issuer} {problem}.", nameof(issuer));
        var group = endpoints.MapGroup("").AllowAnonymous().WithTags("OAuth2").WithMetadata(new ServerEndpoint());
        ResourceRoutes.MapMetadata(
            group,
            services,
            ResourceRoutes.Described(resource, settings: null),
            r => r.Document(issuer, ScopeSet.Of(scopes), name: null, ResourceRoutes.DemandsProof(services, resource))
        );
        MissingDocuments.Map(group, services);
        return group;
    }
}
