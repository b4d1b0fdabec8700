using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>One visit of an authorization request that has passed every check of the protocol.</summary>
public sealed class AuthorizationContext
{
    /// <summary>The <c>decision</c> that signs the user out and asks again after the next sign-in.</summary>
    public const string SwitchAccount = "switch_account";

    private readonly Func<CancellationToken, ValueTask<ConsentForm>> form;

    internal AuthorizationContext(Func<CancellationToken, ValueTask<ConsentForm>> form) => this.form = form;

    /// <summary>The HTTP request.</summary>
    public HttpContext Http { get; internal init; } = null!;

    /// <summary>What the client asks.</summary>
    public AuthorizationRequest Request { get; internal init; } = null!;

    /// <summary>The user whom the host's authentication scheme knows; null when nobody is signed in.</summary>
    public ClaimsPrincipal? User { get; internal init; }

    /// <summary>Whether this user's earlier answer covers the request, by the one rule.</summary>
    public bool IsRemembered { get; internal init; }

    /// <summary>The <c>decision</c> of a genuine answer, <c>approve</c> or <c>deny</c>: posted with our antiforgery token. Null otherwise.</summary>
    public string? Answer { get; internal init; }

    /// <summary>
    /// The scopes that a genuine answer ticked (field <c>scope</c>, repeated); null when the page had no boxes. A page that has some posts
    /// an empty <c>scope</c> beside them, so that none is not taken for all.
    /// </summary>
    public ScopeSet? AnsweredScope { get; internal init; }

    /// <summary>Where sign-in returns to: a local path with the request in it.</summary>
    public string ReturnPath => Return.Value;

    internal Lazy<string> Return { get; init; } = new("");

    /// <summary>The scheme that signs users in; null = the host's default.</summary>
    public string? AuthenticationScheme { get; internal init; }

    /// <summary>
    /// For a challenge that signs the user in: it returns to <see cref="ReturnPath"/>, and its parameters <c>prompt</c> (a string),
    /// <c>max_age</c> (a <see cref="TimeSpan"/>) and <c>acr_values</c> (a string) tell the scheme, and an identity provider behind it, which
    /// sign-in the client wants.
    /// </summary>
    public AuthenticationProperties SignInProperties() => HostSignIn.Properties(ReturnPath, Request.Wish);

    /// <summary>What a page shows and posts. It is made when it is asked for: a request that needs no page costs none of it.</summary>
    public ValueTask<ConsentForm> FormAsync(CancellationToken ct) => form(ct);
}
