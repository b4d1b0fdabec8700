using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>Redirects a browser: never with 307 or 308, and with 303 after a POST (RFC 9700 §4.12).</summary>
internal static class Redirection
{
    public static void To(HttpContext http, string location)
    {
        PageHeaders.Set(http);
        http.Response.StatusCode = Status(http);
        http.Response.Headers.Location = location;
    }

    /// <summary>Redirects a browser to a client with an answer, a code or an error.</summary>
    /// <param name="http">The visit.</param>
    /// <param name="redirectUri">The client's redirect URI: it tells whether the client is a site or an app on the user's device.</param>
    /// <param name="location">The redirect URI with the answer.</param>
    public static Task ToClientAsync(HttpContext http, string redirectUri, string location)
    {
        if (!UriText.IsHttps(redirectUri))
            return ToAppAsync(http, location);
        To(http, location);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Redirects a browser to an app on the user's device. If the app does not open, the browser decides what it shows; the answer contains a
    /// page with the link, for browsers that show it (RFC 9110 §15.4.4).
    /// </summary>
    private static Task ToAppAsync(HttpContext http, string location)
    {
        To(http, location);
        var texts = Layout.Texts(http);
        return Layout
            .Page(
                http,
                texts["sent.title"],
                Html.Of(
                    $"<h1>{texts["sent.title"]}</h1><p><a class=\"button main\" href=\"{location}\" rel=\"noreferrer\">{texts["sent.open"]}</a></p>"
                ),
                Status(http)
            )
            .ExecuteAsync(http);
    }

    private static int Status(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method) ? StatusCodes.Status303SeeOther : StatusCodes.Status302Found;
}
