namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>Redeems the authorization code (RFC 6749 §4.1.3, RFC 7636 §4.6), or the device code (RFC 8628 §3.4).</summary>
    /// <param name="request">The token request.</param>
    /// <param name="first">The first token of a new refresh chain; null for a client without the refresh token grant.</param>
    /// <param name="resources">The resources of this server and their scopes.</param>
    /// <param name="lifetimes">The lifetimes of tokens.</param>
    public AuthorizationStep Redeem(CodeRedemption request, RefreshToken? first, ResourcePolicy resources, TokenLifetimes lifetimes)
    {
        // The checks, in order:
        // 1. The secret of the code is right, and its kind is the one that was issued.
        // 2. The code was issued to this client, and to its key.
        // 3. The redirect URI is the one of the authorization request.
        // 4. The code verifier matches the code challenge.
        // 5. The resources are within the grant, understand the scope, and get a key if they demand one.
        // 6. The code was not redeemed before; a second redemption ends the authorization.
        // 7. The code has not expired.
        // 8. The user has neither paused the app nor ended it.
        // Reuse is checked after all that the request must prove, because only a client that proved everything may end the authorization
        // (OAuth 2.1 §7.5.2). Expiry and pause are last, because a late replay is still a replay.

        // The authorization code is valid (§4.1.3). A device code is no authorization code: written as the other kind, it would not meet the checks
        // of its own.
        var invalid = request.IsDevice ? OAuthError.InvalidDeviceCode : OAuthError.InvalidCode;
        if (!IssuedText.Matches(request.Code.Secret, Code.Hash))
            return Refuse(invalid.Because("the secret of the code is wrong"));
        if (Personal is not null || request.IsDevice != Code.IsDevice)
            return Refuse(invalid.Because("the code was issued for another grant type"));

        // The code was issued to the client that presents it (§4.1.3).
        if (!IsOf(request.Client))
            return Refuse(invalid.Because($"the code was issued to client {ClientId}, in its registration of {ClientCreatedAt:O}"));

        // The code was issued for a key, and the request proves that key (RFC 9449 §10).
        if (Code.Key is { } bound && request.Key != bound)
            return Refuse(
                invalid.Because(
                    request.Key is null ? "the code is bound to a key, and there is no proof" : "the code is bound to another key"
                )
            );

        // The redirect_uri is identical to that of the authorization request (§4.1.3). It may be left out where the authorization request
        // left it out too, or where PKCE protects the code (OAuth 2.1 §10.2).
        if (request.RedirectUri is { } uri && uri != Code.RedirectUri)
            return Refuse(invalid.Because($"redirect_uri is '{uri}', at the authorization endpoint it was '{Code.RedirectUri}'"));
        if (request.RedirectUri is null && Code is { RedirectUriWasSent: true, Challenge: null })
            return Refuse(invalid.Because("redirect_uri is missing, and PKCE was not used"));

        // The S256 hash of the code_verifier is the code_challenge of the authorization request (RFC 7636 §4.6). A code with a challenge
        // needs a verifier (§4.5), and a verifier is refused when there was no challenge (RFC 9700 §2.1.1).
        switch (Code.Challenge, request.Verifier)
        {
            case (null, not null):
                return Refuse(OAuthError.VerifierUncalledFor);
            case (not null, null):
                return Refuse(OAuthError.VerifierMissing);
            case (not null, not null) when !Pkce.IsVerifier(request.Verifier):
                return Refuse(OAuthError.VerifierMalformed);
            case (not null, not null) when !Pkce.Matches(request.Verifier, Code.Challenge):
                return Refuse(invalid.Because("the code_verifier does not match the code_challenge"));
        }

        // The requested resources are among those that were granted, and at least one scope means something to them (RFC 8707 §2.2).
        if (resources.Narrow(Resources, request.Resources).Failed(out var error, out var audience))
            return Refuse(error);
        if (resources.ScopeMismatch(Scope, audience) is { } mismatch)
            return Refuse(mismatch);
        if (request.Key is null && resources.DemandsProof(audience) is { } unproved)
            return Refuse(unproved);

        // The client must not use the code more than once; if it does, deny the request and revoke the tokens issued for it (§4.1.2).
        if (Code.RedeemedAt is not null)
            return new AuthorizationStep.End(invalid.Because("the code was redeemed before"));

        // The code expires shortly after it is issued (§4.1.2).
        if (request.Now >= Code.ExpiresAt)
            return Refuse((request.IsDevice ? OAuthError.DeviceCodeExpired : invalid).Because($"the code expired at {Code.ExpiresAt:O}"));

        if (Halted(request.Now, invalid) is { } halted)
            return Refuse(halted);

        // The code is spent from now on, and the access token and the refresh chain begin (§4.1.4).
        var next = Next() with
        {
            Code = Code with { RedeemedAt = request.Now },
            AccessUntil = AccessTokenEnd(request.Now, lifetimes),
            Refresh = first is { } token
                ? new()
                {
                    FamilyHash = IssuedText.Hash(token.Family),
                    Turn = token.Turn,
                    Hash = IssuedText.Hash(token.Secret),
                    ExpiresAt = request.Now + lifetimes.RefreshToken,
                    IdleUntil = request.Now + lifetimes.RefreshTokenIdle,
                    Key = BoundKey(request.Client, request.Key, token.Turn),
                }
                : null,
        };
        return new AuthorizationStep.Swap(next, new(next, Scope, audience, first));
    }

    // The refresh token of a public client is bound to the key that it proves; that of a confidential client is bound to the client (RFC 9449 §5).
    private static ChainKey? BoundKey(Client client, string? key, int from) =>
        key is not null && !client.ProvesItself ? new(key, from) : null;

    // The user has neither paused the app nor ended it. A pause is no invalid_grant: the client would drop its tokens, and could not go on after it.
    private OAuthError? Halted(DateTimeOffset now, OAuthError ended) =>
        HasEnded(now) ? ended.Because($"the user let the app go on until {EndsAt:O}")
        : PausedAt is { } since ? OAuthError.AppPaused.Because($"the user paused the app at {since:O}")
        : null;

    private static AuthorizationStep.Refuse Refuse(OAuthError error) => new(error);
}
