using System.Collections.Concurrent;
using System.Security.Claims;
using HQ.OAuth2;

namespace Extensions;

/// <summary>Another flow: users accept the terms of the house once, before the first consent.</summary>
internal sealed class TermsFirst(Terms terms) : IAuthorizationUi
{
    public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct) =>
        context switch
        {
            { User: null } => AuthorizationDecision.Ask(Results.Challenge(context.SignInProperties())),
            // prompt=none: no page may be shown.
            { Request.MustNotAsk: true } when !terms.Accepted(context.User!) => AuthorizationDecision.Deny(),
            _ when !terms.Accepted(context.User!) => AuthorizationDecision.Ask(
                Results.Redirect("/terms?returnUrl=" + Uri.EscapeDataString(context.ReturnPath))
            ),
            { Answer: "approve" } => AuthorizationDecision.Approve(context.AnsweredScope),
            { Answer: "deny" } => AuthorizationDecision.Deny(),
            { IsRemembered: true } => AuthorizationDecision.Approve(),
            _ => AuthorizationDecision.Ask(ConsentPage.Of(await context.FormAsync(ct))),
        };
}

/// <summary>Who has accepted the terms.</summary>
internal sealed class Terms
{
    private readonly ConcurrentDictionary<string, bool> accepted = new(StringComparer.Ordinal);

    public bool Accepted(ClaimsPrincipal user) => accepted.ContainsKey(SubjectOf(user));

    public void Accept(ClaimsPrincipal user) => accepted[SubjectOf(user)] = true;

    private static string SubjectOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)!;
}
