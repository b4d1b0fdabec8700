using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The headers of every page and redirect that we send to a browser.</summary>
internal static class PageHeaders
{
    public static void Set(HttpContext http)
    {
        SetForHost(http);
        http.Response.Headers.ContentSecurityPolicy = http.RequestServices.GetRequiredService<PageTheme>().ContentSecurityPolicy;
    }

    /// <summary>The same for a page that a host writes, which chooses its own scripts and styles.</summary>
    public static void SetForHost(HttpContext http)
    {
        // The value that the antiforgery service writes; it logs a warning about any other value.
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
