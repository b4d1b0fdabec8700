using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

/// <summary>
/// A client to try the sample with, which a host does not need: a page with links that start the code flow, and the page that the answer goes to.
/// </summary>
internal static class DemoClient
{
    private const string Request =
        "/oauth2/authorize?response_type=code&client_id=demo&state=s1&code_challenge_method=S256"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public static void MapDemoClient(this WebApplication app)
    {
        app.MapGet("/", Start);
        app.MapGet(
            "/callback",
            (string? code, string? error) => Page(code is null ? $"The answer is an error: {error}" : "The answer is a code.", "")
        );
    }

    private static ContentHttpResult Start(HttpContext http, IAntiforgery antiforgery)
    {
        var tokens = antiforgery.GetAndStoreTokens(http);
        return Page(
            http.User.Identity?.IsAuthenticated == true ? $"You are signed in as {http.User.Identity.Name}." : "You are not signed in.",
            $"""
            <ul>
            <li><a href="{Request}">Let the demo client in</a></li>
            <li><a href="{Request}&amp;prompt=login">the same with prompt=login</a></li>
            <li><a href="{Request}&amp;prompt=select_account">with prompt=select_account</a></li>
            <li><a href="{Request}&amp;max_age=60">with max_age=60</a></li>
            </ul>
            <form method="post" action="/logout">
            <input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}"><button>Sign out</button>
            </form>
            """
        );
    }

    private static ContentHttpResult Page(string text, string html) =>
        TypedResults.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Demo client</title></head>
            <body><p>{HtmlEncoder.Default.Encode(text)}</p>{html}</body></html>
            """,
            "text/html; charset=utf-8"
        );
}
