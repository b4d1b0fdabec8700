namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>
    /// Redeems the code (RFC 6749 §4.1.3, RFC 7636 §4.6). Who the caller is comes first and whether the code is spent comes late, since
    /// only a caller who proved everything may end what the first use got (OAuth 2.1 §7.5.2): nobody else can burn anything.
    /// </summary>
    /// <param name="request">What the token request says.</param>
    /// <param name="first">The first token of a new refresh chain; null for a client without that grant.</param>
    /// <param name="resources">What resources mean here.</param>
    /// <param name="lifetimes">How long things live.</param>
    public AuthorizationStep Redeem(CodeRedemption request, RefreshToken? first, ResourcePolicy resources, TokenLifetimes lifetimes)
    {
        // §4.1.3: the code is real, and was issued to this client.
        if (!IssuedText.Matches(request.Code.Secret, Code.Hash))
            return Refuse(OAuthError.InvalidCode.Because("the secret of the code is wrong"));
        if (!IsOf(request.Client))
            return Refuse(
                OAuthError.InvalidCode.Because($"the code was issued to client {ClientId}, in its registration of {ClientCreatedAt:O}")
            );

        // §4.1.3: the redirect URI is identical if it was sent; it may be left out only where PKCE protects the code (OAuth 2.1 §10.2).
        if (request.RedirectUri is { } uri && uri != Code.RedirectUri)
            return Refuse(
                OAuthError.InvalidCode.Because($"redirect_uri is '{uri}', at the authorization endpoint it was '{Code.RedirectUri}'")
            );
        if (request.RedirectUri is null && Code is { RedirectUriWasSent: true, Challenge: null })
            return Refuse(OAuthError.InvalidCode.Because("redirect_uri is missing, and PKCE was not used"));

        // RFC 7636 §4.5, §4.6; RFC 9700 §2.1.1: a verifier exactly when there was a challenge.
        switch (Code.Challenge, request.Verifier)
        {
            case (null, not null):
                return Refuse(OAuthError.VerifierUncalledFor);
            case (not null, null):
                return Refuse(OAuthError.VerifierMissing);
            case (not null, not null) when !Pkce.IsVerifier(request.Verifier):
                return Refuse(OAuthError.VerifierMalformed);
            case (not null, not null) when !Pkce.Matches(request.Verifier, Code.Challenge):
                return Refuse(OAuthError.InvalidCode.Because("the code_verifier does not match the code_challenge"));
        }

        // RFC 8707 §2.2: resources within the grant.
        if (resources.Narrow(Resources, request.Resources).Failed(out var error, out var audience))
            return Refuse(error);
        if (resources.ScopeMismatch(Scope, audience) is { } mismatch)
            return Refuse(mismatch);

        // §4.1.2: once. Spent is looked at before expired: a late replay is still a replay.
        if (Code.RedeemedAt is not null)
            return new AuthorizationStep.End(OAuthError.InvalidCode.Because("the code was redeemed before"));
        if (request.Now >= Code.ExpiresAt)
            return Refuse(OAuthError.InvalidCode.Because($"the code expired at {Code.ExpiresAt:O}"));

        var next = Next() with
        {
            Code = Code with { RedeemedAt = request.Now },
            AccessUntil = request.Now + lifetimes.AccessToken,
            Refresh = first is { } token
                ? new()
                {
                    FamilyHash = IssuedText.Hash(token.Family),
                    Turn = token.Turn,
                    Hash = IssuedText.Hash(token.Secret),
                    ExpiresAt = request.Now + lifetimes.RefreshToken,
                    IdleUntil = request.Now + lifetimes.RefreshTokenIdle,
                }
                : null,
        };
        return new AuthorizationStep.Swap(next, new(next, Scope, audience, first));
    }

    private static AuthorizationStep.Refuse Refuse(OAuthError error) => new(error);
}
