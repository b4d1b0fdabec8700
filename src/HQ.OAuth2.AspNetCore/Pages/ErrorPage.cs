using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The page that shows a user an error which the client may not get (RFC 6749 §3.1.2.4), and what to do. It never redirects by itself.
/// </summary>
internal static class ErrorPage
{
    /// <summary>How pages write an error.</summary>
    public static Task WriteAsync(HttpContext http, OAuthError error) => WriteAsync(http, error, wayBack: null, tryAgain: null);

    /// <summary>A refusal on the page, with a link for the user.</summary>
    public static Reply Refuse(OAuthError error, string? tryAgain = null) =>
        Reply.Of(http => WriteAsync(http, error, wayBack: null, tryAgain), error);

    /// <summary>Answers a request with the page.</summary>
    public static Task WriteAsync(HttpContext http, OAuthError error, (string Host, string Location)? wayBack, string? tryAgain)
    {
        PageHeaders.Set(http);
        return Render(http, error, wayBack, tryAgain).ExecuteAsync(http);
    }

    /// <param name="http">The request.</param>
    /// <param name="error">The error to show.</param>
    /// <param name="wayBack">The client's host, and the address that reports the error to the client; null = the page has no such link.</param>
    /// <param name="tryAgain">A local path that starts this step again; null = there is none.</param>
    private static IResult Render(HttpContext http, OAuthError error, (string Host, string Location)? wayBack, string? tryAgain)
    {
        OAuthHttp.SayWhenToRetry(http, error.Status);
        var (texts, text) = (Layout.Texts(http), TextOf(Layout.Texts(http), error));
        var next = texts.Find(text + ".next") is { } advice ? Html.Of($"<p>{advice}</p>") : Html.None;
        return Layout.Page(
            http,
            texts["error.title"],
            Html.Of(
                $"""
                <h1>{texts["error.title"]}</h1>
                <p>{texts.Plain(text, error.Host ?? "")}</p>
                {next}
                {(
                    wayBack is { } back
                        ? Html.Of(
                            $"<p><a class=\"button\" href=\"{back.Location}\" rel=\"noopener noreferrer nofollow\">{texts.Plain("error.back", back.Host)}</a></p>"
                        )
                        : Html.None
                )}
                {(tryAgain is { } path ? Html.Of($"<p><a class=\"button\" href=\"{path}\">{texts["error.again"]}</a></p>") : Html.None)}
                {Details(http, error, texts)}
                """
            ),
            // Use 400 instead of 401 on pages: there is no client to challenge. Failures of this server keep their status.
            error.Status >= StatusCodes.Status500InternalServerError
            || error.Status == StatusCodes.Status413PayloadTooLarge
                ? error.Status
                : StatusCodes.Status400BadRequest
        );
    }

    /// <summary>The part for the developers of the app and of the host, folded.</summary>
    private static Html Details(HttpContext http, OAuthError error, PageTexts texts)
    {
        var detail = OAuthHttp.Settings(http).ErrorDetail;
        var id = error.Explanation(detail) is { } documentation
            ? Html.Of($"<a href=\"{documentation}\" rel=\"noopener noreferrer\">{error.Id}</a>")
            : Html.Of($"{error.Id}");
        // A reason that the sentence for the user contains already is not repeated.
        var words = (detail.Explains ? error.Reason : null) ?? (texts.Find("error." + error.Id) is null ? error.Description : null);
        return Html.Of(
            $"""
            <details class="more"><summary>{texts["error.developers"]}</summary><dl>
            <div><dt>{texts["error.id"]}</dt><dd>{id}</dd></div>
            <div><dt>{texts["error.code"]}</dt><dd><code>{error.Code}</code></dd></div>
            {(words is null ? Html.None : Html.Of($"<div><dt>{texts["error.reason"]}</dt><dd lang=\"en\">{words}</dd></div>"))}
            <div><dt>{texts["error.trace"]}</dt><dd><code>{Activity.Current?.TraceId.ToHexString()
                ?? http.TraceIdentifier}</code></dd></div>
            </dl></details>
            """
        );
    }

    private static string TextOf(PageTexts texts, OAuthError error) =>
        texts.Find("error." + error.Id) is not null ? "error." + error.Id
        : error.Status >= StatusCodes.Status500InternalServerError ? "error.ours"
        : error.Code == OAuthError.AccessDenied.Code ? "error.refused"
        : "error.app";
}
