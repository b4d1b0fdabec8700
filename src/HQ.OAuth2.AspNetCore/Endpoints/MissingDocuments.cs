using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>
/// Discovery documents that nobody here serves are 404. Clients ask for several in turn and take the first that answers; the page with
/// which a front end answers everything, or the sign-in page of a fallback policy, would end their search.
/// </summary>
internal static class MissingDocuments
{
    // Every endpoint of the host comes first, its fallbacks come after.
    private const int BeforeFallbacks = int.MaxValue - 1;

    private static readonly string[] names =
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
    ];

    /// <summary>Maps the answers once in an app.</summary>
    public static void Map(RouteGroupBuilder group, IServiceProvider services)
    {
        if (!services.GetRequiredService<ProtectedResources>().TryClaimMissing())
            return;
        // At the root, with anything behind it (path-inserted), and behind a path (path-appended).
        foreach (var pattern in names.SelectMany(n => new[] { n + "/{**rest}", "/{a}" + n, "/{a}/{b}" + n, "/{a}/{b}/{c}" + n }))
        {
            var endpoint = group.Map(pattern, Edge.Around("missing-document", OAuthHttp.WriteErrorAsync, NotFound));
            endpoint.Add(IssuerRoute.AtRoot(pattern));
            endpoint.Add(e => ((RouteEndpointBuilder)e).Order = BeforeFallbacks);
        }
    }

    private static ValueTask<Reply> NotFound(HttpContext http)
    {
        // So that a client in a browser sees the 404, not a failed connection.
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return new(Reply.Refuse(OAuthError.NotFound) with { IsSilent = true });
    }
}
