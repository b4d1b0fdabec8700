using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>One visit to the authorization endpoint: what was sent, and what each step of the ceremony has found.</summary>
/// <param name="Http">The HTTP request.</param>
/// <param name="Sent">Its parameters: the request, or a handle of it with an answer.</param>
/// <param name="Visited">The request as it came, and what this server noted about it on the way.</param>
/// <param name="ReturnPath">Where sign-in and pages lead back to.</param>
internal sealed record Visit(HttpContext Http, OAuthParameters Sent, VisitedRequest Visited, string ReturnPath)
{
    private readonly AuthorizationRequest? request;

    /// <summary>The request, once every check of the protocol is done.</summary>
    public AuthorizationRequest Request
    {
        get => request ?? throw new InvalidOperationException("The request is not validated yet.");
        init => request = value;
    }

    /// <summary>Who is signed in; null = nobody, as far as is known.</summary>
    public ClaimsPrincipal? User { get; init; }

    /// <summary>The subject of that user; null = nobody.</summary>
    public string? Subject { get; init; }

    /// <summary>When the user signed in, as far as the host says.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>Whether an earlier answer of the user covers the request.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>The decision that was posted, whoever posted it. A link cannot carry one: antiforgery does not check GET requests (§10.12).</summary>
    public string? Decision => HttpMethods.IsPost(Http.Request.Method) ? Sent["decision"] : null;

    /// <summary>The decision, once it is known that our page posted it for this user; null = there is none.</summary>
    public string? Answer { get; init; }

    /// <summary>The boxes that the answer ticked; null = there were none. They stand beside the handle; without one, scope is the request's own.</summary>
    public ScopeSet? Ticked =>
        Answer is not null && !ReferenceEquals(Sent, Visited.Parameters) && Sent.Names.Contains("scope")
            ? ScopeSet.Of(Sent.All("scope").Where(ScopeSet.IsToken))
            : null;
}
