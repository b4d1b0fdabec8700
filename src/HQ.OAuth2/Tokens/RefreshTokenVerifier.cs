namespace HQ.OAuth2;

/// <summary>Which authorization a refresh token belongs to, for introspection and revocation. Nothing is written.</summary>
internal sealed class RefreshTokenVerifier(AuthorizationLoop authorizations, GrantGuard guard, TimeProvider time)
{
    /// <summary>
    /// The authorization of a token that a refresh would accept now: the live turn of its chain, not expired, neither paused by the user nor
    /// refused by the host; null for any other.
    /// </summary>
    /// <exception cref="UnavailableException">The host's policy did not answer.</exception>
    public async ValueTask<OAuthAuthorization?> FindLiveAsync(string text, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return
            await FindAsync(text, ct) is var (row, state)
            && state == TurnState.Live
            && now < row.Refresh!.EndsAt
            && row.IsUsable(now)
            && await guard.RefusalAsync(row, ct) is null
            ? row
            : null;
    }

    /// <summary>The authorization of a token that is the live turn of its chain or a spent one; null for any other.</summary>
    public async ValueTask<OAuthAuthorization?> FindLiveOrSpentAsync(string text, CancellationToken ct) =>
        await FindAsync(text, ct) is var (row, state) && state is TurnState.Live or TurnState.Spent ? row : null;

    private async ValueTask<(OAuthAuthorization Row, TurnState State)?> FindAsync(string text, CancellationToken ct) =>
        RefreshToken.TryParse(text, out var token) && await authorizations.FindAsync(token.Id, ct) is { } row
            ? (row, row.Recognise(token))
            : null;
}
