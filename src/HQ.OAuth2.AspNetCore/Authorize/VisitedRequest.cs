namespace HQ.OAuth2;

/// <summary>A request on its way through sign-in and consent, and the notes of this server about it.</summary>
/// <param name="Parameters">The parameters of the request as they were sent.</param>
internal sealed record VisitedRequest(OAuthParameters Parameters)
{
    /// <summary>When the user was sent to sign in for it, because it wants a fresh sign-in; null = not yet.</summary>
    public DateTimeOffset? SignInAskedAt { get; init; }

    /// <summary>The pushed request that it is (RFC 9126); null = it came by the browser.</summary>
    public PushedRequest? Pushed { get; init; }

    /// <summary>
    /// The code that an approval of one form issues, so that a form posted several times gives one code; null outside a form. The browser that
    /// has the form cannot read the code.
    /// </summary>
    public AuthorizationCode? Code { get; init; }
}
