using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The page that tells a user what a client may not be told (RFC 6749 §3.1.2.4), and what to do. It leads nowhere by itself.</summary>
internal static class ErrorPage
{
    /// <summary>How pages say an error.</summary>
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
    /// <param name="error">What went wrong.</param>
    /// <param name="wayBack">The client's host, and where to tell the client; null = no way back is offered.</param>
    /// <param name="tryAgain">A local path that starts this step again; null = there is none.</param>
    private static IResult Render(HttpContext http, OAuthError error, (string Host, string Location)? wayBack, string? tryAgain)
    {
        OAuthHttp.SayWhenToRetry(http, error.Status);
        var (texts, explain) = (Layout.Texts(http), OAuthHttp.Settings(http).ErrorDetail.Explains);
        return Layout.Page(
            http,
            texts["error.title"],
            Html.Of(
                $"""
                <h1>{texts["error.title"]}</h1>
                <p>{Advice(texts, error)}</p>
                {(
                    wayBack is { } back
                        ? Html.Of(
                            $"<p><a href=\"{back.Location}\" rel=\"noopener noreferrer nofollow\">{texts.Plain("error.back", back.Host)}</a></p>"
                        )
                        : Html.None
                )}
                {(tryAgain is { } path ? Html.Of($"<p><a href=\"{path}\">{texts["error.again"]}</a></p>") : Html.None)}
                <dl>{Developers(texts, error, explain)}
                <div><dt>{texts["error.reference"]}</dt>
                <dd>{error.Id}, {error.Code}, {Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier}</dd></div></dl>
                """
            ),
            // A page has no client to challenge: what is no failure of ours is a bad request.
            error.Status >= StatusCodes.Status500InternalServerError
            || error.Status == StatusCodes.Status413PayloadTooLarge
                ? error.Status
                : StatusCodes.Status400BadRequest
        );
    }

    // What the user's own sentence says already is not said twice.
    private static Html Developers(PageTexts texts, OAuthError error, bool explain)
    {
        var words = (explain ? error.Reason : null) ?? (texts.Find("error." + error.Id) is null ? error.Description : null);
        return words is null ? Html.None : Html.Of($"<div><dt>{texts["error.developers"]}</dt><dd lang=\"en\">{words}</dd></div>");
    }

    private static string Advice(PageTexts texts, OAuthError error) =>
        texts.Find("error." + error.Id) is not null
            ? texts.Plain("error." + error.Id, error.Host ?? "")
            : texts[
                error.Status >= StatusCodes.Status500InternalServerError ? "error.ours"
                : error.Code == OAuthError.AccessDenied.Code ? "error.refused"
                : "error.app"
            ];
}
