using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The replies of the authorization endpoint: a redirect to the host's sign-in, a redirect to the client, or a page.</summary>
internal sealed class AuthorizeReplies(
    AuthorizeEndpoint endpoint,
    AuthorizeForms forms,
    ConsentForms consents,
    ServerSettings settings,
    TimeProvider time
)
{
    private readonly HqOAuth2Options options = settings.Options;

    /// <summary>Sends the code to the client (§4.1.2).</summary>
    public Reply Code(AuthorizationRequest request, AuthorizationCode code) =>
        Reply.Of(http => Redirection.ToClientAsync(http, request.RedirectUri, endpoint.CodeLocation(request, code)));

    /// <summary>The user denied. RFC 9700 §4.11.2: the page named the host, so every client gets the denial at once.</summary>
    public Reply Denied(AuthorizationRequest request, OAuthError error) =>
        Reply.Of(
            http => Redirection.ToClientAsync(http, request.RedirectUri, endpoint.ErrorLocation(request.RedirectUri, request.State, error)),
            error
        ) with
        {
            ClientId = request.Client.ClientId,
        };

    /// <summary>Reports an error of a valid request to the client.</summary>
    public Reply Tell(OAuthError error, AuthorizationRequest request) => Tell(error, request.Client, request.RedirectUri, request.State);

    /// <summary>
    /// Reports an error to the client, by one rule (<see cref="RedirectUris.HearsErrorsAtOnce"/>). A client that does not receive it at once
    /// gets it when a signed-in user follows a link that names the host; a user without a session sees the error only (RFC 9700 §4.11.2).
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
    /// The signed-in user cannot be used. §4.1.2.1: a fault of the host is reported to the client; the host's developer reads the reason here.
    /// </summary>
    public Reply Unusable(Visit visit, OAuthError error) =>
        error.Code == OAuthError.ServerError.Code && !settings.ErrorDetail.Explains ? Tell(error, visit.Request) : ErrorPage.Refuse(error);

    /// <summary>Sends the user to sign in, and back to the request.</summary>
    public Reply SignIn(string returnPath) => HostSignIn.Challenge(options.AuthenticationScheme, new() { RedirectUri = returnPath });

    /// <summary>
    /// Sends the user to sign in for this request, and records that in the protected request. The host's session continues: a link of any client
    /// must not end it. The parameters <c>prompt</c>, <c>max_age</c> and <c>acr_values</c> tell the host's scheme, and an identity provider behind
    /// it.
    /// </summary>
    public Reply SignInAgain(Visit visit, SignInWish wish) =>
        Asked(visit).Failed(out var tooLong, out var asked)
            ? tooLong
            : HostSignIn.Challenge(options.AuthenticationScheme, HostSignIn.Properties(asked.ReturnPath, wish));

    /// <summary>The same visit, with the time when the user was asked to sign in for it.</summary>
    public Outcome<Visit> Asked(Visit visit)
    {
        var visited = visit.Visited with { SignInAskedAt = time.GetUtcNow() };
        return forms.ReturnPath(visited).Failed(out var tooLong, out var returnPath)
            ? tooLong
            : visit with
            {
                Visited = visited,
                Return = returnPath,
            };
    }

    public ValueTask<string?> SignOutSchemeAsync(Visit visit) => consents.SignOutSchemeAsync(visit.Http, visit.Session);

    /// <summary>
    /// The same request again, for the user who signs in next. An identity provider behind the host is told to offer its accounts.
    /// </summary>
    public Reply SwitchAccount(Visit visit, string signOutScheme)
    {
        var wish = visit.Request.Wish;
        return SwitchAccount(
            HostSignIn.Properties(visit.ReturnPath, wish with { Prompt = wish.Prompt ?? FreshSignIn.SelectAccount }),
            signOutScheme
        );
    }

    /// <summary>Ends the session, and lets the next user sign in.</summary>
    public Reply SwitchAccount(AuthenticationProperties properties, string signOutScheme)
    {
        var challenge = HostSignIn.Challenge(options.AuthenticationScheme, properties);
        return Reply.Of(async http =>
        {
            await http.SignOutAsync(signOutScheme);
            return await challenge.WriteAsync(http, ErrorPage.WriteAsync);
        });
    }

    /// <summary>Shows the user something first: a page, a redirect to one, or a sign-in.</summary>
    public static Reply Ask(Visit visit, IResult page) =>
        Reply.Of(async http =>
        {
            PageHeaders.Set(http);
            await PublicBase.ExecuteAsync(http, page);
            return visit.Subject is null ? await HostSignIn.PagelessErrorAsync(http) : HostSignIn.SeeOther(http);
        });

    /// <summary>The context of the visit for a UI.</summary>
    public AuthorizationContext Context(Visit visit) =>
        new(ct => consents.OfAsync(visit, ct))
        {
            Http = visit.Http,
            Request = visit.Request,
            User = visit.User,
            IsRemembered = visit.IsRemembered,
            Answer = visit.Answer,
            AnsweredScope = visit.Ticked,
            Return = visit.Return,
            AuthenticationScheme = options.AuthenticationScheme,
        };
}
