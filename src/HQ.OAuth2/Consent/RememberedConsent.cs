namespace HQ.OAuth2;

/// <summary>The one rule that says when a consent given before may be used without asking again (RFC 8252 §8.6, RFC 9700 §4.11.2).</summary>
internal static class RememberedConsent
{
    /// <summary>
    /// Whether consents to this client and redirect URI may be remembered at all: the host vouches for the client, and what it
    /// redirects to cannot be another app's. A client by its metadata document only where the host says so, and on https only.
    /// </summary>
    public static bool MayBeUsed(Client client, string redirectUri, HqOAuth2Options options) =>
        client.Provenance switch
        {
            ClientProvenance.Api => UriText.IsHttps(redirectUri) || client.Trusted,
            ClientProvenance.Cimd => UriText.IsHttps(redirectUri) && options.Documents.RememberConsent,
            _ => false,
        };

    /// <summary>
    /// Whether an authorization of the user covers the request: same client, host and document, same or fewer scopes and resources, neither
    /// paused nor ended.
    /// </summary>
    public static bool Covers(AuthorizationRequest request, OAuthAuthorization given, HqOAuth2Options options, DateTimeOffset now) =>
        MayBeUsed(request.Client, request.RedirectUri, options)
        && given.Consent is { } consent
        && given.IsOf(request.Client)
        && now < consent.Until
        && given.IsUsable(now)
        && consent.RedirectHost == UriText.DisplayHost(request.RedirectUri)
        && consent.DocumentHash == request.Client.DocumentHash
        && request.Scope.IsSubsetOf(given.Scope)
        && request.Resources.All(given.IsFor);

    /// <summary>Whether its organization is one that the user has now; a user without organizations has none.</summary>
    public static bool IsForOneOf(IReadOnlyList<Organization>? own, OAuthAuthorization given) =>
        own is { Count: > 0 } ? own.Any(o => o.Id == given.Organization) : given.Organization is null;
}
