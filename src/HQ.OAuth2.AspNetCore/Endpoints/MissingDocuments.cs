using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>
/// Answers 404 for discovery documents that this host does not serve. Clients ask for several documents in turn and take the first answer; a
/// front end that answers every address with a page, or the sign-in page of a fallback policy, would end their search.
/// </summary>
internal static class MissingDocuments
{
    // The order is after every endpoint of the host and before its fallbacks.
    private const int BeforeFallbacks = int.MaxValue - 1;

    private static readonly string[] names =
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
    ];

    /// <summary>Maps the answers once per app.</summary>
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
        // With CORS headers, so that a client in a browser sees the 404, not a failed connection.
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return new(Reply.Refuse(OAuthError.NotFound) with { IsSilent = true });
    }
}
