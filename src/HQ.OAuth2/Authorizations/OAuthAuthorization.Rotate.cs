namespace HQ.OAuth2;

/// <summary>What a token request says about a refresh token.</summary>
internal sealed record RefreshRequest
{
    public required RefreshToken Token { get; init; }
    public required Client Client { get; init; }
    public required string? Scope { get; init; }
    public required IReadOnlyList<string> Resources { get; init; }
    public required DateTimeOffset Now { get; init; }
}

internal sealed partial record OAuthAuthorization
{
    private const int MaxSpentTurns = 8;

    /// <summary>
    /// Rotates the refresh token (RFC 6749 §6, RFC 9700 §4.14.2). The order: family, client, what the request asks, then the turn; so
    /// only the right party can retry, or end, anything. Whether a turn is spent is a fact of the row; the clock only says whether a
    /// retry is still polite.
    /// </summary>
    /// <param name="request">What the token request says.</param>
    /// <param name="salt">32 random bytes to derive the successor with.</param>
    /// <param name="resources">What resources mean here.</param>
    /// <param name="lifetimes">How long things live.</param>
    public AuthorizationStep<TokenGrant> Rotate(RefreshRequest request, byte[] salt, ResourcePolicy resources, TokenLifetimes lifetimes)
    {
        var (token, now) = (request.Token, request.Now);

        // §6: the token is real, and was issued to this client.
        if (Refresh is not { } chain || !IssuedText.Matches(token.Family, chain.FamilyHash))
            return Refuse(OAuthError.InvalidRefreshToken.Because("the family of the token is wrong"));
        if (!IsOf(request.Client))
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    $"the token was issued to client {ClientId}, in its registration of {ClientCreatedAt:O}"
                )
            );

        // §6: a scope within the grant; RFC 8707 §2.2: resources within it.
        if (ScopeSet.Parse(request.Scope).Failed(out var malformed, out var asked))
            return Refuse(malformed);
        if (!asked.IsSubsetOf(Scope))
            return Refuse(OAuthError.ScopeNotAllowed.Because($"asked for '{asked}', granted was '{Scope}'"));
        if (resources.Narrow(Resources, request.Resources).Failed(out var foreign, out var audience))
            return Refuse(foreign);
        var scope = asked.IsEmpty ? Scope : asked;
        if (resources.Misfit(scope, audience) is { } misfit)
            return Refuse(misfit);

        // RFC 9700 §4.14.2: which turn is it?
        if (token.Turn > chain.Turn || (token.Turn == chain.Turn && !IssuedText.Matches(token.Secret, chain.Hash)))
            return Refuse(
                OAuthError.InvalidRefreshToken.Because(
                    "the token is none of the chain's; a restored backup may explain it, so nothing ends"
                )
            );
        if (token.Turn < chain.Turn)
            return Respend(chain, token, now, lifetimes.Leeway) is { } live
                ? new AuthorizationStep<TokenGrant>.Keep(new(this, scope, audience, live))
                : SpentBefore(chain, token, now, lifetimes.Leeway);
        if (now >= chain.EndsAt)
            return Refuse(OAuthError.InvalidRefreshToken.Because($"the token expired at {chain.EndsAt:O}"));

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
                Spent =
                [
                    // What is kept has no gap, so that each kept turn leads to the live one.
                    .. chain.Spent.SkipWhile(s => !IsPolite(s, now, lifetimes.Leeway)).TakeLast(MaxSpentTurns - 1),
                    new(token.Turn, chain.Hash, salt, now),
                ],
            },
        };
        return new AuthorizationStep<TokenGrant>.Swap(next, new(next, scope, audience, successor));
    }

    // The live token of the chain for whoever holds a turn spent inside the leeway; null when it was not, or the secret is wrong.
    private static RefreshToken? Respend(RefreshFact chain, RefreshToken token, DateTimeOffset now, TimeSpan leeway)
    {
        if (
            chain.Spent.FirstOrDefault(s => s.Turn == token.Turn) is not { } presented
            || !IsPolite(presented, now, leeway)
            || now >= chain.EndsAt
        )
            return null;
        if (!IssuedText.Matches(token.Secret, presented.Hash))
            return null;

        // Turns that were spent too in the meantime stand behind it in the list, each with the salt of its successor.
        foreach (var spent in chain.Spent.SkipWhile(s => s.Turn < token.Turn))
            token = token.Next(spent.Salt);
        return token.Turn == chain.Turn && IssuedText.Matches(token.Secret, chain.Hash) ? token : null;
    }

    // A spent turn that gets nothing: a replay ends the row; where the row cannot tell it from a retry, nothing ends.
    private static AuthorizationStep<TokenGrant> SpentBefore(RefreshFact chain, RefreshToken token, DateTimeOffset now, TimeSpan leeway)
    {
        var listed = chain.Spent.FirstOrDefault(s => s.Turn == token.Turn);
        if (listed is not null && !IssuedText.Matches(token.Secret, listed.Hash))
            return Refuse(OAuthError.InvalidRefreshToken.Because("the secret of a spent turn is wrong"));
        if (listed is not null && IsPolite(listed, now, leeway))
            return Refuse(OAuthError.InvalidRefreshToken.Because($"the chain expired at {chain.EndsAt:O}"));
        if (listed is null && chain.Spent.Count == MaxSpentTurns && IsPolite(chain.Spent[0], now, leeway))
            return Refuse(OAuthError.InvalidRefreshToken.Because("the turn was spent too many turns ago to be retried"));
        return new AuthorizationStep<TokenGrant>.End(
            OAuthError.InvalidRefreshToken.Because($"turn {token.Turn} was spent before; {chain.Turn} is live")
        );
    }

    // Without a leeway nothing is polite, not even to a racer whose clock is behind the winner's.
    private static bool IsPolite(SpentTurn spent, DateTimeOffset now, TimeSpan leeway) =>
        leeway > TimeSpan.Zero && now < spent.SpentAt + leeway;
}

/// <summary>How long what a client gets lives.</summary>
internal sealed record TokenLifetimes(TimeSpan AccessToken, TimeSpan RefreshToken, TimeSpan RefreshTokenIdle, TimeSpan Leeway)
{
    /// <summary>A public client's chain ends sooner (OAuth 2.1 §2.4).</summary>
    public static TokenLifetimes Of(Client client, HqOAuth2Options options) =>
        new(
            options.AccessTokenLifetime,
            client.Type == ClientType.Public ? options.PublicRefreshTokenLifetime : options.RefreshTokenLifetime,
            options.RefreshTokenIdleLifetime,
            options.RefreshTokenLeeway
        );
}
