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
            // Use 400 instead of 401 on pages: there is no client to challenge. Failures of this server keep their status.
            error.Status >= StatusCodes.Status500InternalServerError
            || error.Status == StatusCodes.Status413PayloadTooLarge
                ? error.Status
                : StatusCodes.Status400BadRequest
        );
    }

    // A reason that the sentence for the user contains already is not repeated.
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
