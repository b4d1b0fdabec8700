using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The headers of everything a browser shows or follows at our pages.</summary>
internal static class PageHeaders
{
    public static void Set(HttpContext http)
    {
        SetForHost(http);
        http.Response.Headers.ContentSecurityPolicy = http.RequestServices.GetRequiredService<PageTheme>().ContentSecurityPolicy;
    }

    /// <summary>The same for a page that a host writes, whose scripts and styles are its own matter.</summary>
    public static void SetForHost(HttpContext http)
    {
        // As the antiforgery service writes it, which warns of any other value.
        http.Response.Headers.CacheControl = "no-cache, no-store";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
