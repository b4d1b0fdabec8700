using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>What happens next: one of three.</summary>
public abstract record AuthorizationDecision
{
    private AuthorizationDecision() { }

    /// <summary>The user agrees. Counts only for a genuine answer, or where the consent is remembered.</summary>
    /// <param name="Granted">Which of the scopes; null = all.</param>
    public sealed record Approve(ScopeSet? Granted = null) : AuthorizationDecision;

    /// <summary>The user refuses.</summary>
    public sealed record Deny : AuthorizationDecision;

    /// <summary>The user is to see something first: a page, a redirect to one, a sign-in.</summary>
    public sealed record Ask(IResult Page) : AuthorizationDecision;
}
