using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The headers of everything a browser shows or follows at the authorization endpoint.</summary>
internal static class PageHeaders
{
    // No script, nothing from elsewhere, no frame (RFC 9700 §4.16). form-action is left out on purpose: browsers apply it to the redirects
    // after a form too, and a client's own redirect URI may redirect on to anywhere.
    private static readonly string contentSecurityPolicy =
        $"default-src 'none'; script-src 'none'; style-src 'sha256-{Layout.StyleHash}'; base-uri 'none'; frame-ancestors 'none'";

    public static void Set(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.ContentSecurityPolicy = contentSecurityPolicy;
    }
}
