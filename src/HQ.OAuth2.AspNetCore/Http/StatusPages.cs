using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Turns off a host's status-code pages for our refusals: with them a client would get a page for people, or the answer of another endpoint,
/// instead of a challenge.
/// </summary>
internal static class StatusPages
{
    /// <summary>Sends the answer of this request unchanged.</summary>
    public static void Disable(HttpContext http)
    {
        if (http.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
    }
}

/// <summary>
/// A policy of the host may refuse a request before an endpoint of ours runs. This handler observes each authorization and never decides.
/// </summary>
internal sealed class AuthorizationObserver : IAuthorizationHandler
{
    public Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is HttpContext http && http.GetEndpoint()?.Metadata.GetMetadata<ServerEndpoint>() is not null)
            StatusPages.Disable(http);
        return Task.CompletedTask;
    }
}
