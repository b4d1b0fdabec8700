using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HQ.OAuth2;

/// <summary>Which endpoint is at which address, with which methods, and how it says an error.</summary>
internal sealed class ServerRoutes(RouteGroupBuilder group, ServerSettings settings)
{
    private readonly Issuer issuer = settings.Issuer;
    private readonly Dictionary<string, List<string>> allowed = new(StringComparer.Ordinal);

    public void MapAll(IServiceProvider services)
    {
        var options = settings.Options;
        string[] get = [HttpMethods.Get, HttpMethods.Head];
        string[] post = [HttpMethods.Post];

        // RFC 6749 §3.1
        Map(
            "authorize",
            issuer.AuthorizePath,
            [HttpMethods.Get, HttpMethods.Post],
            ProtocolHandlers.AuthorizeAsync,
            fail: ErrorPage.WriteAsync
        );

        // RFC 9126 §2
        if (options.PushedAuthorizationRequests)
            Map("pushed-authorization", issuer.PushedAuthorizationPath, post, ProtocolHandlers.PushAsync);

        // RFC 6749 §3.2
        Map("token", issuer.TokenPath, post, ProtocolHandlers.TokenAsync);

        // RFC 8628 §3.1, §3.3
        if (options.DeviceAuthorization)
        {
            Map("device-authorization", issuer.DeviceAuthorizationPath, post, ProtocolHandlers.DeviceAuthorizationAsync);
            Map("device", issuer.DevicePath, [HttpMethods.Get, HttpMethods.Post], ProtocolHandlers.DeviceAsync, fail: ErrorPage.WriteAsync);
        }

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
        if (options.PersonalAccessTokens)
        {
            Map(
                "personal-access-token",
                issuer.PersonalTokenPath,
                [HttpMethods.Get, HttpMethods.Post],
                ProtocolHandlers.PersonalTokenAsync,
                fail: ErrorPage.WriteAsync
            );
            Map("personal-access-tokens", issuer.PersonalTokensPath, post, PersonalTokensApi.MakeAsync, fail: Problem.WriteAsync);
        }

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
        Map(
            "authorizations-change",
            issuer.AuthorizationsPath + "/{authorization_id}",
            [HttpMethods.Patch],
            ConnectedAppsApi.ChangeAsync,
            fail: Problem.WriteAsync
        );

        // RFC 9728 §3: the protected resources of this server's own origin
        string[] own = [settings.Resources.Default, .. options.Resources.Select(r => r.Identifier)];
        foreach (var resource in own.Where(r => r == issuer.Origin || r.StartsWith(issuer.Origin + "/", StringComparison.Ordinal)))
            ResourceRoutes.MapMetadata(group, services, resource);

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
    }

    private void Map(
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

    private void MapOtherMethods(string path, List<string> methods)
    {
        foreach (var route in IssuerRoute.Of(issuer, path))
            group.Map(route.Pattern, Edge.Around("other-method", OAuthHttp.WriteErrorAsync, WrongMethod.Refuse(methods))).Add(route.Place);
    }

    // Discovery documents are at the root of the host, also for an issuer or a resource with a path (RFC 8414 §3.1, RFC 9728 §3.1).
    public static IEndpointConventionBuilder MapAtRoot(
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
