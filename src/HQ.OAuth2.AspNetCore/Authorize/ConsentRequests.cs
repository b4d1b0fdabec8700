using System.Text;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// For a consent page of the host's own (<c>pages:consentPath</c>): the request that the page was called for. The page may be a Razor page, a
/// view, or an endpoint that returns it to a single-page app as JSON.
/// </summary>
public sealed class ConsentRequests
{
    private readonly AuthorizeEndpoint endpoint;
    private readonly AuthorizeForms forms;
    private readonly ConsentForms consents;
    private readonly ServerSettings settings;

    internal ConsentRequests(AuthorizeEndpoint endpoint, AuthorizeForms forms, ConsentForms consents, ServerSettings settings) =>
        (this.endpoint, this.forms, this.consents, this.settings) = (endpoint, forms, consents, settings);

    /// <summary>
    /// Reads the request that a page was called for, and checks it again, for the signed-in user. The answer gets the headers that forbid to
    /// frame and to cache it (RFC 9700 §4.16).
    /// </summary>
    /// <param name="http">The page's own request.</param>
    /// <param name="returnUrl">The value of <c>returnUrl</c> that the page was called with: anyone may have written it.</param>
    /// <returns>
    /// The texts to show and the form to post: it goes to <see cref="ConsentForm.ReturnPath"/> with <see cref="ConsentForm.FormFields"/> and
    /// <c>decision</c>. Null when <paramref name="returnUrl"/> is no valid request of this server, or when the metadata document of its client
    /// would have to be fetched and nobody is signed in: answer 400, and do not redirect.
    /// </returns>
    public async ValueTask<ConsentForm?> FindAsync(HttpContext http, string? returnUrl)
    {
        ArgumentNullException.ThrowIfNull(http);
        PageHeaders.SetForHost(http);
        var start = settings.Issuer.AuthorizePath + "?";
        if (
            returnUrl?.StartsWith(start, StringComparison.Ordinal) != true
            || OAuthParameters.Parse(Encoding.UTF8.GetBytes(returnUrl[start.Length..])).Failed(out _, out var sent)
            || (await forms.OpenAsync(sent, http.RequestAborted)).Failed(out _, out var visited)
            || await endpoint.ValidateAsync(
                visited.Parameters,
                visited.Pushed is not null,
                () => HostUser.FindSubjectAsync(http, settings.Options),
                http.RequestAborted
            )
                is not AuthorizeResult.Valid
                (var request)
        )
            return null;
        var visit = new Visit(http, sent, visited, new(returnUrl)) { Request = request };
        if (await HostUser.FindSessionAsync(http, settings.Options) is { } session)
        {
            if (HostUser.Subject(session.Principal, settings.Options).Failed(out _, out var subject))
                return null;
            visit = visit with { Session = session, User = session.Principal, Subject = subject };
        }

        return await consents.OfAsync(visit, http.RequestAborted);
    }
}
