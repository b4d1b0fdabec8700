namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>How many spent turns a row keeps. While all of them are inside the leeway, the chain does not rotate.</summary>
    internal const int MaxSpentTurns = 8;

    // As exact as the list of connected apps has to be.
    private static readonly TimeSpan useIsNoted = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Rotates the refresh token (RFC 6749 §6, RFC 9700 §4.14.2). The row says whether a turn is spent; the clock only says whether
    /// presenting it again is a retry or a replay. A spent turn leaves the list only when its leeway is over, so a turn that is not listed
    /// is a replay.
    /// </summary>
    /// <param name="request">The token request.</param>
    /// <param name="salt">32 random bytes to derive the successor with.</param>
    /// <param name="resources">The resources of this server and their scopes.</param>
    /// <param name="lifetimes">The lifetimes of tokens.</param>
    public AuthorizationStep Rotate(RefreshRequest request, byte[] salt, ResourcePolicy resources, TokenLifetimes lifetimes)
    {
        // The checks, in order:
        // 1. The token is of this row's family.
        // 2. It was issued to this client, and to its key.
        // 3. The scope is within the grant.
        // 4. The resources are within the grant, understand the scope, and get a key if they demand one.
        // 5. The turn is one of the chain's, with its own secret.
        // 6. A spent turn is a retry inside the leeway; a later one is a replay and ends the authorization.
        // 7. The chain has not expired.
        // 8. The user has neither paused the app nor ended it.
        // Reuse is checked after all that the request must prove, so that only the right client with its key can retry or end anything. Expiry and pause are
        // last, because a replay after the end of the chain is still a replay.
        var (token, now) = (request.Token, request.Now);
        var state = Recognise(token);

        // The refresh token is valid: it is of the family that this row was given (§6).
        if (Refresh is not { } chain || state == TurnState.Foreign)
            return Refuse(OAuthError.InvalidRefreshToken.Because("the family of the token is wrong"));

        // The refresh token is bound to the client to which it was issued (§6).
        if (!IsOf(request.Client))
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    $"the token was issued to client {ClientId}, in its registration of {ClientCreatedAt:O}"
                )
            );

        // The refresh token of a public client is bound to the key for which it was issued (RFC 9449 §5).
        if (chain.Key is { } bound && token.Turn >= bound.From && request.Key != bound.Thumbprint)
            return Refuse(
                request.Key is null
                    ? OAuthError.ProofMissing.Because("the refresh token is bound to a key")
                    : OAuthError.InvalidRefreshToken.Because("the refresh token is bound to another key")
            );

        // The requested scope includes no scope that the user did not grant; left out, it is all that was granted (§6).
        if (!request.Scope.IsSubsetOf(Scope))
            return Refuse(OAuthError.ScopeNotAllowed.Because($"asked for '{request.Scope}', granted was '{Scope}'"));
        var scope = request.Scope.IsEmpty ? Scope : request.Scope;

        // The requested resources are among those that were granted, and at least one scope means something to them (RFC 8707 §2.2).
        if (resources.Narrow(Resources, request.Resources).Failed(out var foreign, out var audience))
            return Refuse(foreign);
        if (resources.ScopeMismatch(scope, audience) is { } mismatch)
            return Refuse(mismatch);
        if (request.Key is null && resources.DemandsProof(audience) is { } unproved)
            return Refuse(unproved);

        // The turn is the live one or was live before, and its secret is right where the row still has the hash (RFC 9700 §4.14.2).
        if (state == TurnState.Unknown)
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    "the token is none of the chain's; a restored backup may explain it, so nothing ends"
                )
            );
        var isSpent = state == TurnState.Spent;
        var listed = isSpent ? chain.Spent.FirstOrDefault(s => s.Turn == token.Turn) : null;
        if (listed is not null && !IssuedText.Matches(token.Secret, listed.Hash))
            return Refuse(OAuthError.InvalidRefreshToken.Because("the secret of a spent turn is wrong"));

        // A spent token that is presented again reveals that two parties hold it. The server cannot tell the thief from the client, so it
        // revokes the live token too (RFC 9700 §4.14.2). Inside the leeway it is taken for a retry.
        if (isSpent && (listed is null || !IsWithinLeeway(listed, now, lifetimes.Leeway)))
            return new AuthorizationStep.End(
                OAuthError.InvalidRefreshToken.Because($"turn {token.Turn} was spent before; {chain.Turn} is live")
            );

        // The refresh token has not expired: neither unused for too long, nor past the end of its chain (§5.2, RFC 9700 §4.14.2).
        if (now >= chain.EndsAt)
            return Refuse(OAuthError.InvalidRefreshToken.Because($"the token expired at {chain.EndsAt:O}"));

        if (Halted(now, OAuthError.InvalidRefreshToken) is { } halted)
            return Refuse(halted);

        // A retry gets the live token of the chain.
        if (isSpent)
            return Successor(chain, token) is { } live
                ? new AuthorizationStep.Keep(new(this, scope, audience, live), token.Turn)
                : Refuse(OAuthError.InvalidRefreshToken.Because("the list of spent turns does not lead to the live one"));

        if (!lifetimes.Rotates)
            return Use(request, chain, new(this, scope, audience, token), lifetimes);

        // Keep the spent turns that are within the leeway. The list has no gap, so each turn on it leads to the live one. If it is full,
        // give the live token again without a rotation: no turn may be dropped before its leeway is over.
        var kept = chain.Spent.SkipWhile(s => !IsWithinLeeway(s, now, lifetimes.Leeway)).ToList();
        if (kept.Count >= MaxSpentTurns)
            return new AuthorizationStep.Keep(new(this, scope, audience, token), token.Turn);

        // The server issues a new refresh token and marks the old one as spent (RFC 9700 §4.14.2).
        var successor = token.Next(salt);
        var next = Next() with
        {
            AccessUntil = AccessTokenEnd(now, lifetimes),
            Refresh = chain with
            {
                Turn = successor.Turn,
                Hash = IssuedText.Hash(successor.Secret),
                IdleUntil = now + lifetimes.RefreshTokenIdle,
                UsedAt = now,
                Key = chain.Key ?? BoundKey(request.Client, request.Key, successor.Turn),
                Spent = [.. kept, new(token.Turn, chain.Hash, salt, now)],
            },
        };
        return new AuthorizationStep.Swap(next, new(next, scope, audience, successor));
    }

    // A refresh that does not replace the token. One shortly after another writes nothing, so that parallel ones do not wait for each other.
    private AuthorizationStep Use(RefreshRequest request, RefreshFact chain, TokenGrant grant, TokenLifetimes lifetimes)
    {
        var now = request.Now;
        if (now < chain.UsedAt + useIsNoted)
            return new AuthorizationStep.Keep(grant, null);
        var used = Next() with
        {
            AccessUntil = AccessTokenEnd(now, lifetimes),
            Refresh = chain with { IdleUntil = now + lifetimes.RefreshTokenIdle, UsedAt = now },
        };
        return new AuthorizationStep.Swap(used, grant with { Authorization = used });
    }

    // The live token of the chain, derived from a listed turn: each turn on the list has the salt of its successor.
    private static RefreshToken? Successor(RefreshFact chain, RefreshToken token)
    {
        foreach (var spent in chain.Spent.SkipWhile(s => s.Turn < token.Turn))
            token = token.Next(spent.Salt);
        return token.Turn == chain.Turn && IssuedText.Matches(token.Secret, chain.Hash) ? token : null;
    }

    // With zero leeway no spent turn is a retry, even if this node's clock is behind.
    private static bool IsWithinLeeway(SpentTurn spent, DateTimeOffset now, TimeSpan leeway) =>
        leeway > TimeSpan.Zero && now < spent.SpentAt + leeway;
}
