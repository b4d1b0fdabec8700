using System.Text.Json;
using HQ.OAuth2;
using Microsoft.AspNetCore.Authentication;
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
        NoteBearerResources(services, settings);

        // Protocol endpoints authenticate their callers by the protocol itself: a host's fallback policy does not apply to them.
        group.AllowAnonymous().WithTags("OAuth2");
        var issuer = settings.Issuer;
        services.GetRequiredService<GroupCheck>().Note(endpoints);
        string[] get = [HttpMethods.Get, HttpMethods.Head];
        string[] post = [HttpMethods.Post];

        var allowed = new Dictionary<string, List<string>>(StringComparer.Ordinal);

        // RFC 6749 §3.1
        Map(
            "authorize",
            issuer.AuthorizePath,
            [HttpMethods.Get, HttpMethods.Post],
            ProtocolHandlers.AuthorizeAsync,
            fail: ErrorPage.WriteAsync
        );

        // RFC 6749 §3.2
        Map("token", issuer.TokenPath, post, ProtocolHandlers.TokenAsync);

        // RFC 7662 §2
        Map("introspect", issuer.IntrospectPath, post, ProtocolHandlers.IntrospectAsync);

        // RFC 7009 §2
        Map("revoke", issuer.RevokePath, post, ProtocolHandlers.RevokeAsync);

        // RFC 7591 §3
        if (options.Dcr)
            Map("register", issuer.RegisterPath, post, ProtocolHandlers.RegisterAsync);

        // RFC 7592 §2
        if (options.Dcr && options.DcrManagement)
            Map(
                "client-configuration",
                issuer.RegisterPath + "/{client_id}",
                [HttpMethods.Get, HttpMethods.Put, HttpMethods.Delete],
                ProtocolHandlers.ClientConfigurationAsync
            );

        // the authorizations of a user: a page, and an API for the host's own front end
        Map(
            "connected-apps",
            issuer.ConnectedAppsPath,
            [HttpMethods.Get, HttpMethods.Post],
            ConnectedAppsPage.HandleAsync,
            fail: ErrorPage.WriteAsync
        );
        Map("authorizations", issuer.AuthorizationsPath, get, ConnectedAppsApi.ListAsync, fail: Problem.WriteAsync);
        Map(
            "authorizations-revoke-all",
            issuer.AuthorizationsPath,
            [HttpMethods.Delete],
            ConnectedAppsApi.RevokeAllAsync,
            fail: Problem.WriteAsync
        );
        Map(
            "authorizations-revoke",
            issuer.AuthorizationsPath + "/{authorization_id}",
            [HttpMethods.Delete],
            ConnectedAppsApi.RevokeAsync,
            fail: Problem.WriteAsync
        );

        // RFC 9728 §3: the protected resources of this server's own origin
        string[] own = [settings.Resources.Default, .. options.Resources.Select(r => r.Identifier)];
        foreach (var resource in own.Where(r => r == issuer.Origin || r.StartsWith(issuer.Origin + "/", StringComparison.Ordinal)))
            MapMetadata(group, services, resource);

        // RFC 8414 §3
        MapAtRoot(group, "metadata", issuer.MetadataPath, ProtocolHandlers.Metadata()).WithName("oauth2-metadata");
        if (options.RootMetadata && issuer.Path.Length > 0)
            MapAtRoot(group, "root-metadata", Issuer.RootMetadataPath, ProtocolHandlers.Metadata()).WithName("oauth2-root-metadata");

        // RFC 7517 §5
        Map("jwks", issuer.JwksPath, get, ProtocolHandlers.KeysAsync, isDocument: true);
        MissingDocuments.Map(group, services);

        // RFC 9110 §15.5.6: answered here and not by routing, whose answer has no body and is replaced by a fallback of the host.
        foreach (var (path, methods) in allowed)
            MapOtherMethods(path, methods);
        return group;

        void Map(
            string name,
            string path,
            string[] methods,
            Func<HttpContext, ValueTask<Reply>> handler,
            bool isDocument = false,
            ErrorWriter? fail = null
        )
        {
            if (!allowed.TryAdd(path, [.. methods]))
                allowed[path].AddRange(methods);
            foreach (var route in IssuerRoute.Of(issuer, path))
            {
                var answer = isDocument ? AtOnePlace(route.Pattern, handler) : handler;
                var endpoint = group.MapMethods(route.Pattern, methods, Edge.Around(name, fail ?? OAuthHttp.WriteErrorAsync, answer));
                endpoint.Add(route.Place);
                // A name belongs to one endpoint only.
                if (route.IsWhole)
                    endpoint.WithName("oauth2-" + name);
            }
        }

        void MapOtherMethods(string path, List<string> methods)
        {
            foreach (var route in IssuerRoute.Of(issuer, path))
                group
                    .Map(route.Pattern, Edge.Around("other-method", OAuthHttp.WriteErrorAsync, WrongMethod.Refuse(methods)))
                    .Add(route.Place);
        }
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
        MapMetadata(group.AllowAnonymous().WithTags("OAuth2"), services, resource);
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
        MapMetadata(group, services, Described(resource, settings: null), r => r.Document(issuer, ScopeSet.Of(scopes), name: null));
        MissingDocuments.Map(group, services);
        return group;
    }

    // RFC 8707: the resource identifiers of this host's APIs are the audiences of tokens.
    private static void NoteBearerResources(IServiceProvider services, ServerSettings settings)
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

    private static void MapMetadata(RouteGroupBuilder group, IServiceProvider services, string resource)
    {
        var settings = services.GetRequiredService<ServerSettings>();
        MapMetadata(group, services, Described(resource, settings), r => r.Document(settings));
    }

    private static ProtectedResource Described(string resource, ServerSettings? settings) =>
        ProtectedResource.Of(resource, settings, out var problem)
        ?? throw new ArgumentException($"The protected resource {resource} {problem}.", nameof(resource));

    private static void MapMetadata(
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
        MapAtRoot(group, "protected-resource", described.MetadataPath, _ => new(Reply.Document(document)));
    }

    // Discovery documents are at the root of the host, also for an issuer or a resource with a path (RFC 8414 §3.1, RFC 9728 §3.1).
    private static IEndpointConventionBuilder MapAtRoot(
        RouteGroupBuilder group,
        string name,
        string path,
        Func<HttpContext, ValueTask<Reply>> handler
    )
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        var others = group.Map(path, Edge.Around("other-method", OAuthHttp.WriteErrorAsync, WrongMethod.Refuse(methods)));
        others.Add(IssuerRoute.AtRoot(path));
        var endpoint = group.MapMethods(path, methods, Edge.Around(name, OAuthHttp.WriteErrorAsync, AtOnePlace(path, handler)));
        endpoint.Add(IssuerRoute.AtRoot(path));
        return endpoint;
    }

    // Routing ignores case and a trailing slash; a document whose address clients compare is at one place only (RFC 8414 §3.1). PathBase does
    // not matter: IIS and proxies may send the document's address to an app below another one.
    private static Func<HttpContext, ValueTask<Reply>> AtOnePlace(string path, Func<HttpContext, ValueTask<Reply>> handler) =>
        http => http.Request.Path.Value == path ? handler(http) : new(Reply.Refuse(OAuthError.NotFound) with { IsSilent = true });
}
