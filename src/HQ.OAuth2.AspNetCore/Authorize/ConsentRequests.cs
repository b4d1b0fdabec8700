using System.Text;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// For a consent page of the host's own (<c>pages:consentPath</c>): what the request is about that the page was called for. The page may be
/// a Razor page, a view, or an endpoint that hands it to a single-page app as JSON.
/// </summary>
public sealed class ConsentRequests
{
    private readonly AuthorizeEndpoint endpoint;
    private readonly AuthorizationContexts contexts;
    private readonly RequestHandles handles;
    private readonly ServerSettings settings;

    internal ConsentRequests(AuthorizeEndpoint endpoint, AuthorizationContexts contexts, RequestHandles handles, ServerSettings settings) =>
        (this.endpoint, this.contexts, this.handles, this.settings) = (endpoint, contexts, handles, settings);

    /// <summary>
    /// Reads the request that a page was called for, checked afresh, for the user who is signed in. The answer gets the headers that forbid
    /// to frame and to keep it (RFC 9700 §4.16).
    /// </summary>
    /// <param name="http">The page's own request.</param>
    /// <param name="returnUrl">What the page was sent as <c>returnUrl</c>: anybody may have written it.</param>
    /// <returns>
    /// What to show and what to post: a form to <see cref="AuthorizationContext.ReturnPath"/> with
    /// <see cref="AuthorizationContext.FormFields"/> and <c>decision</c>. Null when <paramref name="returnUrl"/> is no valid request of this
    /// server, or when it is one whose client nobody who is signed in has looked at yet: answer 400, and lead nobody there.
    /// </returns>
    public async ValueTask<AuthorizationContext?> FindAsync(HttpContext http, string? returnUrl)
    {
        ArgumentNullException.ThrowIfNull(http);
        PageHeaders.SetForHost(http);
        var start = settings.Issuer.AuthorizePath + "?";
        if (
            returnUrl?.StartsWith(start, StringComparison.Ordinal) != true
            || OAuthParameters.Parse(Encoding.UTF8.GetBytes(returnUrl[start.Length..])).Failed(out _, out var sent)
            || handles.Open(sent).Failed(out _, out var visit)
            || await endpoint.ValidateAsync(visit.Parameters, () => HostUser.FindSubjectAsync(http, settings.Options), http.RequestAborted)
                is not AuthorizeResult.Valid
                (var request)
        )
            return null;
        var user = await HostUser.FindAsync(http, settings.Options);
        var outcome = await contexts.OfAsync(http, request, visit, returnUrl, user, isRemembered: false, answer: null, answeredScope: null);
        return outcome.Failed(out _, out var context) ? null : context;
    }
}
