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

    /// <summary>Whether one of the user's authorizations of this client covers the request: same host, same document, same or fewer scopes and resources.</summary>
    public static bool Covers(
        AuthorizationRequest request,
        IEnumerable<OAuthAuthorization> given,
        HqOAuth2Options options,
        DateTimeOffset now
    ) =>
        MayBeUsed(request.Client, request.RedirectUri, options)
        && given.Any(a =>
            a.Consent is { } consent
            && a.IsOf(request.Client)
            && now < consent.Until
            && consent.RedirectHost == UriText.DisplayHost(request.RedirectUri)
            && consent.DocumentHash == request.Client.DocumentHash
            && request.Scope.IsSubsetOf(a.Scope)
            && request.Resources.All(r => a.Resources.Contains(r, StringComparer.Ordinal))
        );
}
