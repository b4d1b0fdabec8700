namespace HQ.OAuth2;

/// <summary>A request as it travels through sign-in and consent, and what this server notes about it on the way.</summary>
/// <param name="Parameters">The request as it came.</param>
internal sealed record VisitedRequest(OAuthParameters Parameters)
{
    /// <summary>When the user was sent to sign in for it, because it wants a fresh sign-in; null = not yet.</summary>
    public DateTimeOffset? SignInAskedAt { get; init; }

    /// <summary>
    /// The code that an approval of one form issues, so that the form posted many times gives one code; null outside a form. The browser
    /// that has the form cannot read it.
    /// </summary>
    public AuthorizationCode? Code { get; init; }
}
