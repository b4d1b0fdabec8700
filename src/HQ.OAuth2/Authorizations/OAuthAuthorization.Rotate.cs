namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>How many spent turns a row keeps. While all of them are inside the leeway, the chain does not rotate.</summary>
    internal const int MaxSpentTurns = 8;

    /// <summary>
    /// Rotates the refresh token (RFC 6749 §6, RFC 9700 §4.14.2). The order: family, client, what the request asks, then the turn; so
    /// only the right party can retry, or end, anything. The row says whether a turn is spent; the clock only says whether presenting it
    /// again is a retry or a replay. A spent turn leaves the list only when its leeway is over, so a turn that is not listed is a replay.
    /// </summary>
    /// <param name="request">What the token request says.</param>
    /// <param name="salt">32 random bytes to derive the successor with.</param>
    /// <param name="resources">What resources mean here.</param>
    /// <param name="lifetimes">How long things live.</param>
    public AuthorizationStep Rotate(RefreshRequest request, byte[] salt, ResourcePolicy resources, TokenLifetimes lifetimes)
    {
        var (token, now) = (request.Token, request.Now);

        // The token is real, and it was issued to this client (§6).
        if (Refresh is not { } chain || !IssuedText.Matches(token.Family, chain.FamilyHash))
            return Refuse(OAuthError.InvalidRefreshToken.Because("the family of the token is wrong"));
        if (!IsOf(request.Client))
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    $"the token was issued to client {ClientId}, in its registration of {ClientCreatedAt:O}"
                )
            );

        // The scope is within the grant (§6), and so are the resources (RFC 8707 §2.2).
        if (!request.Scope.IsSubsetOf(Scope))
            return Refuse(OAuthError.ScopeNotAllowed.Because($"asked for '{request.Scope}', granted was '{Scope}'"));
        if (resources.Narrow(Resources, request.Resources).Failed(out var foreign, out var audience))
            return Refuse(foreign);
        var scope = request.Scope.IsEmpty ? Scope : request.Scope;
        if (resources.ScopeMismatch(scope, audience) is { } mismatch)
            return Refuse(mismatch);

        // The turn is one that this chain has had (RFC 9700 §4.14.2).
        if (token.Turn > chain.Turn || (token.Turn == chain.Turn && !IssuedText.Matches(token.Secret, chain.Hash)))
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    "the token is none of the chain's; a restored backup may explain it, so nothing ends"
                )
            );
        var isSpent = token.Turn < chain.Turn;
        if (isSpent)
        {
            var listed = chain.Spent.FirstOrDefault(s => s.Turn == token.Turn);
            if (listed is not null && !IssuedText.Matches(token.Secret, listed.Hash))
                return Refuse(OAuthError.InvalidRefreshToken.Because("the secret of a spent turn is wrong"));

            // A spent turn outside the leeway is a replay and ends the row.
            if (listed is null || !IsWithinLeeway(listed, now, lifetimes.Leeway))
                return new AuthorizationStep.End(
                    OAuthError.InvalidRefreshToken.Because($"turn {token.Turn} was spent before; {chain.Turn} is live")
                );
        }

        if (now >= chain.EndsAt)
            return Refuse(OAuthError.InvalidRefreshToken.Because($"the token expired at {chain.EndsAt:O}"));

        // A spent turn inside the leeway is a retry: it gets the live token of the chain.
        if (isSpent)
            return Successor(chain, token) is { } live
                ? new AuthorizationStep.Keep(new(this, scope, audience, live), token.Turn)
                : Refuse(OAuthError.InvalidRefreshToken.Because("the list of spent turns does not lead to the live one"));

        // The list has no gap, so each turn on it leads to the live one. A full list stays as it is: dropping a turn inside its leeway
        // would hide a replay of it, so the live token is given again without rotation.
        var kept = chain.Spent.SkipWhile(s => !IsWithinLeeway(s, now, lifetimes.Leeway)).ToList();
        if (kept.Count >= MaxSpentTurns)
            return new AuthorizationStep.Keep(new(this, scope, audience, token), token.Turn);

        var successor = token.Next(salt);
        var next = Next() with
        {
            AccessUntil = now + lifetimes.AccessToken,
            Refresh = chain with
            {
                Turn = successor.Turn,
                Hash = IssuedText.Hash(successor.Secret),
                IdleUntil = now + lifetimes.RefreshTokenIdle,
                UsedAt = now,
                Spent = [.. kept, new(token.Turn, chain.Hash, salt, now)],
            },
        };
        return new AuthorizationStep.Swap(next, new(next, scope, audience, successor));
    }

    // The live token of the chain, derived from a listed turn: the turns behind it on the list have the salts of their successors.
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
