using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The authorization endpoint over HTTP: read the request, let the core check it, know the user, let the UI decide, answer. Nothing is
/// stored before an approval, and what a form posts is checked afresh.
/// </summary>
internal sealed partial class AuthorizeHandler(
    AuthorizeEndpoint endpoint,
    AuthorizationContexts contexts,
    IAuthorizationUi ui,
    RequestHandles handles,
    SubjectSeals seals,
    IAntiforgery antiforgery,
    ServerSettings settings,
    TimeProvider time,
    ILogger<AuthorizeHandler> logger
)
{
    private readonly HqOAuth2Options options = settings.Options;

    public async Task HandleAsync(HttpContext http)
    {
        var isPost = HttpMethods.IsPost(http.Request.Method);
        var read = isPost ? await OAuthHttp.ReadFormAsync(http) : OAuthHttp.ReadQuery(http);
        if (read.Failed(out var unreadable, out var sent))
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, unreadable));
            return;
        }

        // The request itself: as it came, or inside the handle we made of it.
        if (handles.Open(sent).Failed(out var damaged, out var visit))
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, damaged));
            return;
        }

        if (ReturnPath(visit).Failed(out var tooLarge, out var returnPath))
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, tooLarge));
            return;
        }

        // RFC 6749 §3.1: a POST counts as the GET with the same parameters, and becomes one, so that sign-in can come back to it.
        // Read the decision from a POST only: anyone can put it into a link, and antiforgery does not check GET requests (§10.12).
        var decision = isPost ? sent["decision"] : null;
        if (isPost && decision is null)
        {
            Redirection.To(http, returnPath);
            return;
        }

        switch (await endpoint.ValidateAsync(visit.Parameters, () => HostUser.FindSubjectAsync(http, options), http.RequestAborted))
        {
            case AuthorizeResult.SignIn:
                // This sign-in is the fresh one that the request wants.
                if (FreshSignIn.IsMentioned(visit.Parameters))
                    await SignInAgainAsync(http, visit, "login");
                else
                    await ChallengeAsync(http, new() { RedirectUri = returnPath });
                return;
            case AuthorizeResult.ErrorPage(var error):
                await ShowAsync(http, error);
                return;
            case AuthorizeResult.ErrorRedirect refused:
                await RefuseAsync(http, refused.Error, refused.Client, refused.RedirectUri, refused.Location);
                return;
            case AuthorizeResult.Valid(var request):
                try
                {
                    // Ticked boxes stand beside the handle; without one, scope is the request's own.
                    var hasBoxes = !ReferenceEquals(sent, visit.Parameters) && sent.Names.Contains("scope");
                    var ticked = hasBoxes ? ScopeSet.Of(sent.All("scope").Where(ScopeSet.IsToken)) : null;
                    await DecideAsync(http, request, sent, visit, returnPath, decision, ticked);
                }
                catch (Exception e) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
                {
                    // §4.1.2.1: told through the redirect, not as a bare 500.
                    logger.Failed(e, "authorize");
                    await RefuseAsync(http, request, OAuthError.From(e));
                }

                return;
        }
    }

    private async Task DecideAsync(
        HttpContext http,
        AuthorizationRequest request,
        OAuthParameters sent,
        VisitedRequest visit,
        string returnPath,
        string? decision,
        ScopeSet? ticked
    )
    {
        // §3.1: who is the user? The host's own authentication says.
        var user = await HostUser.FindAsync(http, options);
        string? subject = null;
        if (user is not null && HostUser.Subject(user, options).Failed(out var unusable, out subject))
        {
            ProtocolGuard.Refuse(http, unusable);
            // §4.1.2.1: a fault of the host is told to the client; the host's developer reads the sentence here.
            if (unusable.Code == OAuthError.ServerError.Code && options.ExplainErrors != true)
                await RefuseAsync(http, request, unusable);
            else
                await ShowAsync(http, unusable);
            return;
        }

        // OpenID Connect Core §3.1.2.1: is the sign-in as fresh as the client wants it?
        var signedInAt = user is null ? null : await HostUser.SignedInAtAsync(http, options);
        if (FreshSignIn.IsNeeded(request, signedInAt, visit.SignInAskedAt, time.GetUtcNow()))
        {
            // The host was asked once and let the same sign-in pass: asking again would never end.
            if (request.MustNotAsk || (user is not null && visit.SignInAskedAt is not null))
            {
                await RefuseAsync(http, request, OAuthError.LoginRequired);
                return;
            }

            if (user is not null)
            {
                await SignInAgainAsync(http, visit, request.WantsAnotherAccount ? "select_account" : "login");
                return;
            }

            visit = visit with { SignInAskedAt = time.GetUtcNow() };
            if (ReturnPath(visit).Failed(out var tooLong, out var marked))
            {
                await ShowAsync(http, ProtocolGuard.Refuse(http, tooLong));
                return;
            }

            returnPath = marked;
        }

        var isRemembered = subject is not null && await endpoint.IsRememberedAsync(request, subject, http.RequestAborted);
        if (request.MustNotAsk && !isRemembered)
        {
            var mustAsk = subject is null ? OAuthError.LoginRequired : OAuthError.ConsentRequired;
            await RefuseAsync(http, request, mustAsk);
            return;
        }

        // An answer is one that our own page posted, in the session and for the subject it was shown to (§10.12).
        var isGenuine =
            decision is not null
            && subject is not null
            && seals.IsOf(sent[SubjectSeals.Field], subject)
            && await antiforgery.IsGenuineAsync(http, sent);
        if (decision is not null && subject is not null && !isGenuine)
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, OAuthError.DecisionNotGenuine), tryAgain: returnPath);
            return;
        }

        var (answer, answeredScope) = isGenuine ? (decision, ticked) : (null, null);
        if (
            (await contexts.OfAsync(http, request, visit, returnPath, user, isRemembered, answer, answeredScope)).Failed(
                out var tooLarge,
                out var context
            )
        )
        {
            await ShowAsync(http, ProtocolGuard.Refuse(http, tooLarge));
            return;
        }

        if (answer == AuthorizationContext.SwitchAccount && context.CanSwitchAccount)
        {
            await SwitchAccountAsync(http, returnPath);
            return;
        }

        switch (await ui.DecideAsync(context, http.RequestAborted))
        {
            case AuthorizationDecision.Approve(var granted):
                if (subject is null || (!isRemembered && answer != "approve"))
                    throw new InvalidOperationException(
                        $"{ui.GetType()} approved, but no user answered our form and nothing is remembered: return Ask with a page that posts the form fields."
                    );
                var isAsked = answer == "approve";
                var approval = new Approval
                {
                    Subject = subject,
                    Granted = granted,
                    Asked = isAsked,
                    FormCode = isAsked ? visit.Code : null,
                    SignedInAt = signedInAt,
                };
                if ((await endpoint.ApproveAsync(request, approval, http.RequestAborted)).Failed(out var spent, out var location))
                    await ShowAsync(http, ProtocolGuard.Refuse(http, spent), tryAgain: returnPath);
                else
                    await Redirection.ToClientAsync(http, request.RedirectUri, location);
                return;
            case AuthorizationDecision.Deny:
                // RFC 9700 §4.11.2: the page named the host, so a no goes there at once for every client.
                ProtocolGuard.Note(http, OAuthError.AccessDenied);
                await Redirection.ToClientAsync(
                    http,
                    request.RedirectUri,
                    subject is null
                        ? endpoint.ErrorLocation(request, OAuthError.AccessDenied)
                        : await endpoint.RefuseAsync(request, subject)
                );
                return;
            case AuthorizationDecision.Ask(var page):
                PageHeaders.Set(http);
                await PublicBase.ExecuteAsync(http, page);
                if (subject is null)
                    await HostSignIn.ShowErrorIfPagelessAsync(http);
                SeeOther(http);
                return;
        }
    }
}
