using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>One visit to the authorization endpoint: the parameters that were sent, and the result of each step of the ceremony.</summary>
/// <param name="Http">The HTTP request.</param>
/// <param name="Sent">Its parameters: the request, or a handle of it with an answer.</param>
/// <param name="Visited">The request as it was sent, and the notes of this server about it.</param>
/// <param name="Return">The path that sign-in and pages return to.</param>
internal sealed record Visit(HttpContext Http, OAuthParameters Sent, VisitedRequest Visited, Lazy<string> Return)
{
    private readonly AuthorizationRequest? request;

    /// <summary>The request, after every check of the protocol.</summary>
    public AuthorizationRequest Request
    {
        get => request ?? throw new InvalidOperationException("The request is not validated yet.");
        init => request = value;
    }

    public string ReturnPath => Return.Value;

    /// <summary>The signed-in user; null = none is known.</summary>
    public ClaimsPrincipal? User { get; init; }

    /// <summary>The subject of that user; null = none.</summary>
    public string? Subject { get; init; }

    /// <summary>The time when the user signed in, if the host says it.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The host's session of that user; null = nobody is signed in.</summary>
    public AuthenticationTicket? Session { get; init; }

    /// <summary>The earlier answer of the user that covers the request; null = none.</summary>
    public OAuthAuthorization? Remembered { get; init; }

    /// <summary>Whether an earlier answer of the user covers the request.</summary>
    public bool IsRemembered => Remembered is not null;

    /// <summary>The posted decision, from any sender. A link cannot carry one: antiforgery does not check GET requests (§10.12).</summary>
    public string? Decision => HttpMethods.IsPost(Http.Request.Method) ? Sent["decision"] : null;

    /// <summary>The decision, after the check that our page posted it for this user; null = there is none.</summary>
    public string? Answer { get; init; }

    /// <summary>The organization that the answer names; null = none.</summary>
    public string? ChosenOrganization => HasFields ? Sent[ConsentForms.OrganizationField] : null;

    /// <summary>
    /// The boxes that the answer ticked; null = there were none. They are parameters beside the handle; without a handle, scope is the request's
    /// own.
    /// </summary>
    public ScopeSet? Ticked => HasFields && Sent.Names.Contains("scope") ? ScopeSet.Of(Sent.All("scope").Where(ScopeSet.IsToken)) : null;

    // Fields of a form stand beside the handle of the request.
    private bool HasFields => Answer is not null && !ReferenceEquals(Sent, Visited.Parameters);
}
