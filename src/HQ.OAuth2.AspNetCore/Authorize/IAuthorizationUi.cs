using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// What users see between an authorization request and its answer: sign-in and consent. The default is ours; a host replaces it to use
/// its own pages. It decides what is shown, not what counts: an approval without our antiforgery token counts only where the consent
/// is remembered.
/// </summary>
public interface IAuthorizationUi
{
    /// <summary>Called on each visit of a valid request, the user's answer included.</summary>
    ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct);
}

/// <summary>One visit of an authorization request.</summary>
public sealed class AuthorizationContext
{
    /// <summary>The <c>decision</c> that signs the user out and asks again after the next sign-in.</summary>
    public const string SwitchAccount = "switch_account";

    internal AuthorizationContext() { }

    /// <summary>The HTTP request.</summary>
    public required HttpContext Http { get; init; }

    /// <summary>What the client asks; every check of the protocol is done.</summary>
    public required AuthorizationRequest Request { get; init; }

    /// <summary>The user whom the host's authentication scheme knows; null when nobody is signed in.</summary>
    public required ClaimsPrincipal? User { get; init; }

    /// <summary>What a page has to say.</summary>
    public required ConsentModel Consent { get; init; }

    /// <summary>Whether this user's earlier answer covers the request, by the one rule.</summary>
    public required bool IsRemembered { get; init; }

    /// <summary>The <c>decision</c> of a genuine answer, <c>approve</c> or <c>deny</c>: posted with our antiforgery token. Null otherwise.</summary>
    public required string? Answer { get; init; }

    /// <summary>
    /// The scopes that a genuine answer ticked (field <c>scope</c>, repeated); null when the page had no boxes. A page that has some posts
    /// an empty <c>scope</c> beside them, so that none is not taken for all.
    /// </summary>
    public required ScopeSet? AnsweredScope { get; init; }

    /// <summary>Where a page posts its answer, and where sign-in returns to: a local path with the request in it.</summary>
    public required string ReturnPath { get; init; }

    /// <summary>The hidden fields that a form of the host's own must post to <see cref="ReturnPath"/>, beside <c>decision</c>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> FormFields { get; init; }

    /// <summary>Whether the host's scheme can sign the user out, so that <see cref="SwitchAccount"/> may be posted as the decision.</summary>
    public required bool CanSwitchAccount { get; init; }

    /// <summary>The scheme that signs users in; null = the host's default.</summary>
    public required string? AuthenticationScheme { get; init; }
}

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
