using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The page that tells a user what a client may not be told (RFC 6749 §3.1.2.4). It leads nowhere by itself.</summary>
internal static class ErrorPage
{
    /// <param name="http">The request.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="wayBack">The client's host, and where to tell the client; null = no way back is offered.</param>
    /// <param name="tryAgain">A local path that starts this step again; null = there is none.</param>
    public static IResult Render(HttpContext http, OAuthError error, (string Host, string Location)? wayBack, string? tryAgain)
    {
        var explain = OAuthHttp.Options(http).ExplainErrors == true;
        return Layout.Page(
            "This request cannot go on",
            Html.Of(
                $"""
                <h1>This request cannot go on</h1>
                <p>{error.Description}</p>
                {(explain && error.Reason is { } reason ? Html.Of($"<p class=\"warn\">For developers: {reason}</p>") : Html.None)}
                {(
                    wayBack is { } back
                        ? Html.Of($"<p><a href=\"{back.Location}\" rel=\"noopener noreferrer nofollow\">Go back to {back.Host}</a></p>")
                        : Html.None
                )}
                {(tryAgain is { } path ? Html.Of($"<p><a href=\"{path}\">Show the question again</a></p>") : Html.None)}
                <p class="soft">{error.Id}, {error.Code}, {Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier}</p>
                """
            ),
            // A page has no client to challenge: what is no failure of ours is a bad request.
            error.Status >= StatusCodes.Status500InternalServerError
            || error.Status == StatusCodes.Status413PayloadTooLarge
                ? error.Status
                : StatusCodes.Status400BadRequest
        );
    }
}
