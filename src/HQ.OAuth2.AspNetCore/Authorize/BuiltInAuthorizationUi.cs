using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HQ.OAuth2;

/// <summary>The default: the host's own sign-in, then our consent page, or the one that the host names.</summary>
internal sealed class BuiltInAuthorizationUi(ServerSettings settings) : IAuthorizationUi
{
    public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct) =>
        context switch
        {
            { User: null } => AuthorizationDecision.Ask(SignIn(context)),
            { Answer: "approve" } => AuthorizationDecision.Approve(context.AnsweredScope),
            { Answer: "deny" } => AuthorizationDecision.Deny(),
            { IsRemembered: true } => AuthorizationDecision.Approve(),
            _ when settings.Options.Pages.ConsentPath is { } path => AuthorizationDecision.Ask(HostsPage(path, context.ReturnPath)),
            _ => AuthorizationDecision.Ask(ConsentPage.Render(context.Http, await context.FormAsync(ct))),
        };

    private static RedirectHttpResult HostsPage(string path, string returnUrl) =>
        TypedResults.LocalRedirect($"~{path}?returnUrl={Uri.EscapeDataString(returnUrl)}");

    private static IResult SignIn(AuthorizationContext context) =>
        Results.Challenge(context.SignInProperties(), context.AuthenticationScheme is { } scheme ? [scheme] : null);
}
