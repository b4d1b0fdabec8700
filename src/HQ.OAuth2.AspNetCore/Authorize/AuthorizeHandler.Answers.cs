using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>How a visit to the authorization endpoint ends without a decision: at the host's sign-in, at the client, or on a page.</summary>
internal sealed partial class AuthorizeHandler
{
    // Longer requests travel as one protected handle: a URI inside a URI inside a URI escapes its escapes.
    private const int MaxPlainQuery = 1000;

    // The same request again, as whoever signs in next. An identity provider behind the host is told to offer its accounts.
    private async Task SwitchAccountAsync(HttpContext http, string returnPath)
    {
        var properties = new AuthenticationProperties { RedirectUri = returnPath };
        properties.SetParameter("prompt", "select_account");
        await http.SignOutAsync(options.AuthenticationScheme);
        await ChallengeAsync(http, properties);
    }

    /// <summary>
    /// Sends the user to sign in for this request, and notes in the protected request that it was done. The host's session goes on: a link
    /// of any client must not end it. The host's scheme, and an identity provider behind it, are told by the parameter <c>prompt</c>.
    /// </summary>
    private async Task SignInAgainAsync(HttpContext http, VisitedRequest visit, string prompt)
    {
        if (ReturnPath(visit with { SignInAskedAt = time.GetUtcNow() }).Failed(out var tooLong, out var returnPath))
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, tooLong));
            return;
        }

        var properties = new AuthenticationProperties { RedirectUri = returnPath };
        properties.SetParameter("prompt", prompt);
        await ChallengeAsync(http, properties);
    }

    private async Task ChallengeAsync(HttpContext http, AuthenticationProperties properties)
    {
        PageHeaders.Set(http);
        await PublicBase.ChallengeAsync(http, options.AuthenticationScheme, properties);
        await HostSignIn.ShowErrorIfPagelessAsync(http);
        SeeOther(http);
    }

    // RFC 9700 §4.12: hosts' pages and schemes redirect with 302, also after a POST.
    private static void SeeOther(HttpContext http)
    {
        if (!http.Response.HasStarted && HttpMethods.IsPost(http.Request.Method) && http.Response.StatusCode == StatusCodes.Status302Found)
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
    }

    private Task RefuseAsync(HttpContext http, AuthorizationRequest request, OAuthError error) =>
        RefuseAsync(http, error, request.Client, request.RedirectUri, endpoint.ErrorLocation(request, error));

    /// <summary>
    /// Tells the client of an error, as the one rule says (<see cref="RedirectUris.HearsErrorsAtOnce"/>). Where it does not hear at once, a
    /// user who is signed in may follow a link that names the host; anybody else sees the error only (RFC 9700 §4.11.2).
    /// </summary>
    private async Task RefuseAsync(HttpContext http, OAuthError error, Client client, string redirectUri, string location)
    {
        ProtocolGuard.Note(http, error);
        if (RedirectUris.HearsErrorsAtOnce(client, redirectUri))
        {
            await Redirection.ToClientAsync(http, redirectUri, location);
            return;
        }

        var isSignedIn = (await http.AuthenticateAsync(options.AuthenticationScheme)).Principal is { Identity.IsAuthenticated: true };
        await ShowAsync(http, error, wayBack: isSignedIn ? (UriText.DisplayHost(redirectUri), location) : null);
    }

    // A local path, so that no sign-in page can be made to lead elsewhere. It is the public one: a proxy may have removed a part of it.
    private Outcome<string> ReturnPath(VisitedRequest visit)
    {
        var path = settings.Issuer.AuthorizePath;
        var query = visit.Parameters.ToQuery();
        if (query.Length <= MaxPlainQuery && visit.SignInAskedAt is null)
            return $"{path}?{query}";
        // The code is for one form; who comes back gets another.
        return handles.Protect(visit with { Code = null }).Failed(out var error, out var handle)
            ? error
            : $"{path}?{RequestHandles.Parameter}={handle}";
    }

    private static Task ShowAsync(
        HttpContext http,
        OAuthError error,
        (string Host, string Location)? wayBack = null,
        string? tryAgain = null
    )
    {
        ProtocolGuard.Note(http, error);
        PageHeaders.Set(http);
        return ErrorPage.Render(http, error, wayBack, tryAgain).ExecuteAsync(http);
    }
}
