using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>How a visit to the authorization endpoint ends: at the host's sign-in, at the client, or on a page.</summary>
internal sealed class AuthorizeReplies(
    AuthorizeEndpoint endpoint,
    AuthorizeForms forms,
    ConsentForms consents,
    ServerSettings settings,
    TimeProvider time
)
{
    private readonly HqOAuth2Options options = settings.Options;

    /// <summary>The client gets its code (§4.1.2).</summary>
    public Reply Code(AuthorizationRequest request, AuthorizationCode code) =>
        Reply.Of(http => Redirection.ToClientAsync(http, request.RedirectUri, endpoint.CodeLocation(request, code)));

    /// <summary>The user said no. RFC 9700 §4.11.2: the page named the host, so a no goes there at once for every client.</summary>
    public Reply Denied(AuthorizationRequest request, OAuthError error) =>
        Reply.Of(
            http => Redirection.ToClientAsync(http, request.RedirectUri, endpoint.ErrorLocation(request.RedirectUri, request.State, error)),
            error
        ) with
        {
            ClientId = request.Client.ClientId,
        };

    /// <summary>Tells the client of an error of a request that was valid.</summary>
    public Reply Tell(OAuthError error, AuthorizationRequest request) => Tell(error, request.Client, request.RedirectUri, request.State);

    /// <summary>
    /// Tells the client of an error, as the one rule says (<see cref="RedirectUris.HearsErrorsAtOnce"/>). Where it does not hear at once, a
    /// user who is signed in may follow a link that names the host; anybody else sees the error only (RFC 9700 §4.11.2).
    /// </summary>
    public Reply Tell(OAuthError error, Client client, string redirectUri, string? state)
    {
        var location = endpoint.ErrorLocation(redirectUri, state, error);
        return Reply.Of(
            async http =>
            {
                if (RedirectUris.HearsErrorsAtOnce(client, redirectUri))
                {
                    await Redirection.ToClientAsync(http, redirectUri, location);
                    return;
                }

                var isSignedIn =
                    (await http.AuthenticateAsync(options.AuthenticationScheme)).Principal is { Identity.IsAuthenticated: true };
                await ErrorPage.WriteAsync(http, error, isSignedIn ? (UriText.DisplayHost(redirectUri), location) : null, tryAgain: null);
            },
            error
        ) with
        {
            ClientId = client.ClientId,
        };
    }

    /// <summary>
    /// The signed-in user cannot be used. §4.1.2.1: a fault of the host is told to the client; the host's developer reads the sentence here.
    /// </summary>
    public Reply Unusable(Visit visit, OAuthError error) =>
        error.Code == OAuthError.ServerError.Code && !settings.ErrorDetail.Explains ? Tell(error, visit.Request) : ErrorPage.Refuse(error);

    /// <summary>The user signs in, and comes back to the request.</summary>
    public Reply SignIn(string returnPath) => HostSignIn.Challenge(options.AuthenticationScheme, new() { RedirectUri = returnPath });

    /// <summary>
    /// The user signs in for this request, and the protected request notes that it was done. The host's session goes on: a link of any
    /// client must not end it. The host's scheme, and an identity provider behind it, are told by the parameter <c>prompt</c>.
    /// </summary>
    public Reply SignInAgain(Visit visit, string prompt)
    {
        if (Asked(visit).Failed(out var tooLong, out var asked))
            return tooLong;
        var properties = new AuthenticationProperties { RedirectUri = asked.ReturnPath };
        properties.SetParameter("prompt", prompt);
        return HostSignIn.Challenge(options.AuthenticationScheme, properties);
    }

    /// <summary>The same visit, once the user was asked to sign in for it.</summary>
    public Outcome<Visit> Asked(Visit visit)
    {
        var visited = visit.Visited with { SignInAskedAt = time.GetUtcNow() };
        return forms.ReturnPath(visited).Failed(out var tooLong, out var returnPath)
            ? tooLong
            : visit with
            {
                Visited = visited,
                ReturnPath = returnPath,
            };
    }

    public ValueTask<bool> CanSwitchAccountAsync(Visit visit) => consents.CanSwitchAccountAsync(visit);

    /// <summary>The same request again, as whoever signs in next. An identity provider behind the host is told to offer its accounts.</summary>
    public Reply SwitchAccount(string returnPath)
    {
        var properties = new AuthenticationProperties { RedirectUri = returnPath };
        properties.SetParameter("prompt", "select_account");
        var challenge = HostSignIn.Challenge(options.AuthenticationScheme, properties);
        return Reply.Of(async http =>
        {
            await http.SignOutAsync(options.AuthenticationScheme);
            return await challenge.WriteAsync(http, ErrorPage.WriteAsync);
        });
    }

    /// <summary>The user sees something first: a page, a redirect to one, a sign-in.</summary>
    public static Reply Ask(Visit visit, IResult page) =>
        Reply.Of(async http =>
        {
            PageHeaders.Set(http);
            await PublicBase.ExecuteAsync(http, page);
            return visit.Subject is null ? await HostSignIn.PagelessErrorAsync(http) : HostSignIn.SeeOther(http);
        });

    /// <summary>What a UI is told about the visit.</summary>
    public AuthorizationContext Context(Visit visit) =>
        new(ct => consents.OfAsync(visit, ct))
        {
            Http = visit.Http,
            Request = visit.Request,
            User = visit.User,
            IsRemembered = visit.IsRemembered,
            Answer = visit.Answer,
            AnsweredScope = visit.Ticked,
            ReturnPath = visit.ReturnPath,
            AuthenticationScheme = options.AuthenticationScheme,
        };
}
