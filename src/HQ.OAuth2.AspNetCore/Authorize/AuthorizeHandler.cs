using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The authorization endpoint over HTTP, as one ceremony from top to bottom: read the request, validate it, find the user, check that the
/// sign-in is fresh, look for an earlier consent, check whether this is an answer of our page, let the UI decide, answer. Nothing is stored
/// before an approval, and a posted form is checked again.
/// </summary>
internal sealed class AuthorizeHandler(
    AuthorizeEndpoint endpoint,
    AuthorizeForms forms,
    AuthorizeReplies replies,
    IAuthorizationUi ui,
    TimeProvider time
)
{
    public async ValueTask<Reply> HandleAsync(HttpContext http)
    {
        // Read the request itself: from its parameters, or from the handle that this server made of it.
        if ((await ReadAsync(http)).Failed(out var unreadable, out var visit))
            return unreadable;

        // RFC 6749 §3.1: a POST means the same as a GET with the same parameters; redirect it to that GET, so that sign-in can return to it.
        // RFC 9126 §7.3: the reference of a pushed request ends soon; redirect it to an address that may be loaded again.
        if ((HttpMethods.IsPost(http.Request.Method) && visit.Decision is null) || forms.IsReference(visit.Sent))
            return Reply.Of(there =>
            {
                Redirection.To(there, visit.ReturnPath);
                return Task.CompletedTask;
            });

        var options = OAuthHttp.Settings(http).Options;
        var parameters = visit.Visited.Parameters;
        switch (
            await endpoint.ValidateAsync(
                parameters,
                visit.Visited.Pushed is not null,
                () => HostUser.FindSubjectAsync(http, options),
                http.RequestAborted
            )
        )
        {
            case AuthorizeResult.SignIn
                when endpoint.WishOf(parameters) is var wish && (FreshSignIn.IsMentioned(parameters) || wish.AcrValues.Count > 0):
                // This sign-in is the fresh one, or of the kind, that the request requires.
                return replies.SignInAgain(visit, wish);
            case AuthorizeResult.SignIn:
                return replies.SignIn(visit.ReturnPath);
            case AuthorizeResult.ErrorPage(var error):
                return ErrorPage.Refuse(error) with { ClientId = parameters["client_id"] };
            case AuthorizeResult.ErrorRedirect(var error, var client, var redirectUri, var state):
                return replies.Tell(error, client, redirectUri, state);
            case AuthorizeResult.Valid(var request):
                // §4.1.2.1: from here on, report a failure through the redirect, not as a 500 without a body.
                try
                {
                    return await DecideAsync(visit with { Request = request }) with { Otherwise = error => replies.Tell(error, request) };
                }
                catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
                {
                    return replies.Tell(OAuthError.From(e), request) with { Failure = e };
                }

            case var unknown:
                throw new InvalidOperationException($"{unknown} is no result.");
        }
    }

    private async ValueTask<Outcome<Visit>> ReadAsync(HttpContext http)
    {
        var read = HttpMethods.IsPost(http.Request.Method) ? await OAuthHttp.ReadFormAsync(http) : OAuthHttp.ReadQuery(http);
        if (read.Failed(out var unreadable, out var sent))
            return unreadable;
        if ((await forms.OpenAsync(sent, http.RequestAborted)).Failed(out var damaged, out var visited))
            return damaged;
        return forms.ReturnPath(visited).Failed(out var tooLarge, out var returnPath)
            ? tooLarge
            : new Visit(http, sent, visited, returnPath);
    }

    private async ValueTask<Reply> DecideAsync(Visit visit)
    {
        var (http, request) = (visit.Http, visit.Request);
        var options = OAuthHttp.Settings(http).Options;

        // §3.1: identify the user by the host's own authentication.
        if (await HostUser.FindSessionAsync(http, options) is { } session)
        {
            if (HostUser.Subject(session.Principal, options).Failed(out var unusable, out var subject))
                return replies.Unusable(visit, unusable);
            visit = visit with
            {
                Session = session,
                User = session.Principal,
                Subject = subject,
                SignedInAt = HostUser.SignedInAt(session),
            };
        }

        // OpenID Connect Core §3.1.2.1: check that the sign-in is as fresh as the client requires. RFC 9470 §5: and of a kind that it asks for.
        var askedAt = visit.Visited.SignInAskedAt;
        var isTooOld = FreshSignIn.IsNeeded(request, visit.SignedInAt, visit.Session?.Properties.IssuedUtc, askedAt, time.GetUtcNow());
        var stepUp = await endpoint.CompareContextAsync(request, visit.User, http.RequestAborted);
        if (stepUp == StepUp.Unreachable)
            return replies.Tell(OAuthError.ContextUnmet, request);
        if (isTooOld || stepUp == StepUp.Reachable)
        {
            if (request.MustNotAsk)
                return replies.Tell(OAuthError.LoginRequired, request);
            // The host was asked once and kept the same sign-in: asking again would be an endless loop.
            if (visit.User is not null && askedAt is not null)
                return replies.Tell(isTooOld ? OAuthError.LoginRequired : OAuthError.ContextUnmet, request);
            // An identity provider steps up without a new password if the user has a session there.
            if (visit.User is not null)
                return replies.SignInAgain(
                    visit,
                    request.Wish with
                    {
                        Prompt = request.SignInPrompt ?? (isTooOld ? FreshSignIn.Login : null),
                    }
                );
            if (replies.Asked(visit).Failed(out var tooLong, out visit!))
                return tooLong;
        }

        // Check whether an earlier consent of this user covers the request.
        visit = visit with
        {
            Remembered = visit.Subject is { } known ? await endpoint.FindRememberedAsync(request, known, http.RequestAborted) : null,
        };
        if (request.MustNotAsk && !visit.IsRemembered)
            return replies.Tell(visit.Subject is null ? OAuthError.LoginRequired : OAuthError.ConsentRequired, request);

        // §10.12: an answer counts only if our own page posted it, in the session and for the subject that the page was shown to.
        if (visit is { Decision: { } decision, Subject: { } answering })
        {
            if (!await forms.IsGenuineAsync(http, visit.Sent, answering))
                return ErrorPage.Refuse(OAuthError.DecisionNotGenuine, tryAgain: visit.ReturnPath);
            visit = visit with { Answer = decision };
        }

        if (visit.Answer == AuthorizationContext.SwitchAccount && await replies.SignOutSchemeAsync(visit) is { } scheme)
            return replies.SwitchAccount(visit, scheme);
        return await ui.DecideAsync(replies.Context(visit), http.RequestAborted) switch
        {
            AuthorizationDecision.Approved { Granted: var granted } => await ApproveAsync(visit, granted),
            AuthorizationDecision.Denied => replies.Denied(
                request,
                visit.Subject is { } denying ? await endpoint.RefuseAsync(request, denying) : OAuthError.AccessDenied
            ),
            AuthorizationDecision.Asked { Page: var page } => AuthorizeReplies.Ask(visit, page),
            var unknown => throw new InvalidOperationException($"{ui.GetType()} decided {unknown}."),
        };
    }

    private async ValueTask<Reply> ApproveAsync(Visit visit, ScopeSet? granted)
    {
        var isAnswered = visit.Answer == "approve";
        if (visit is not { Subject: { } subject, User: { } user } || (!visit.IsRemembered && !isAnswered))
            throw new InvalidOperationException(
                $"{ui.GetType()} approved, but no user answered our form and nothing is remembered: return Ask with a page that posts the form fields."
            );
        var approval = new Approval
        {
            Subject = subject,
            User = user,
            Organization = isAnswered ? visit.ChosenOrganization : visit.Remembered!.Organization,
            Granted = granted,
            Asked = isAnswered,
            FormCode = isAnswered ? visit.Visited.Code : null,
            Pushed = visit.Visited.Pushed,
            SignedInAt = visit.SignedInAt,
        };
        if (!(await endpoint.ApproveAsync(visit.Request, approval, visit.Http.RequestAborted)).Failed(out var refused, out var code))
            return replies.Code(visit.Request, code);
        return refused.Id == OAuthError.AccessDenied.Id
            ? replies.Denied(visit.Request, refused)
            : ErrorPage.Refuse(refused, tryAgain: refused.Id == OAuthError.RequestUriInvalid.Id ? null : visit.ReturnPath);
    }
}
