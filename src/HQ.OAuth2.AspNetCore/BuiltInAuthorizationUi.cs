using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The default: the host's own sign-in, then our consent page.</summary>
internal sealed class BuiltInAuthorizationUi : IAuthorizationUi
{
    public ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct) => new(Decide(context));

    private static AuthorizationDecision Decide(AuthorizationContext context) =>
        context switch
        {
            { User: null } => new AuthorizationDecision.Ask(SignIn(context)),
            { Answer: "approve" } => new AuthorizationDecision.Approve(context.AnsweredScope),
            { Answer: "deny" } => new AuthorizationDecision.Deny(),
            { IsRemembered: true } => new AuthorizationDecision.Approve(),
            _ => new AuthorizationDecision.Ask(ConsentPage.Render(context)),
        };

    private static IResult SignIn(AuthorizationContext context) =>
        Results.Challenge(
            new AuthenticationProperties { RedirectUri = context.ReturnPath },
            context.AuthenticationScheme is { } scheme ? [scheme] : null
        );
}
