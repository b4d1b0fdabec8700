using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>What happens next: one of three.</summary>
public abstract class AuthorizationDecision
{
    private AuthorizationDecision() { }

    /// <summary>The user agrees. Counts only for a genuine answer, or where the consent is remembered.</summary>
    /// <param name="granted">Which of the scopes; null = all.</param>
    public static AuthorizationDecision Approve(ScopeSet? granted = null) => new Approved(granted);

    /// <summary>The user refuses.</summary>
    public static AuthorizationDecision Deny() => new Denied();

    /// <summary>The user is to see something first: a page, a redirect to one, a sign-in.</summary>
    public static AuthorizationDecision Ask(IResult page) => new Asked(page);

    internal sealed class Approved(ScopeSet? granted) : AuthorizationDecision
    {
        public ScopeSet? Granted { get; } = granted;
    }

    internal sealed class Denied : AuthorizationDecision;

    internal sealed class Asked(IResult page) : AuthorizationDecision
    {
        public IResult Page { get; } = page;
    }
}
