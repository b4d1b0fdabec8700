namespace HQ.OAuth2;

/// <summary>Which authorization a refresh token belongs to, for introspection and revocation. Nothing is written.</summary>
internal sealed class RefreshTokenVerifier(AuthorizationRows authorizations, TimeProvider time)
{
    /// <summary>The authorization of a token that is the live turn of its chain and not expired; null for any other.</summary>
    public async ValueTask<OAuthAuthorization?> FindLiveAsync(string text, CancellationToken ct) =>
        RefreshToken.TryParse(text, out var token)
        && await authorizations.FindAsync(token.Id, ct) is { Refresh: { } chain } row
        && IssuedText.Matches(token.Family, chain.FamilyHash)
        && token.Turn == chain.Turn
        && IssuedText.Matches(token.Secret, chain.Hash)
        && time.GetUtcNow() < chain.EndsAt
            ? row
            : null;

    /// <summary>The authorization of a token that is the live turn of its chain or a spent one; null for any other.</summary>
    public async ValueTask<OAuthAuthorization?> FindLiveOrSpentAsync(string text, CancellationToken ct) =>
        RefreshToken.TryParse(text, out var token)
        && await authorizations.FindAsync(token.Id, ct) is { Refresh: { } chain } row
        && IssuedText.Matches(token.Family, chain.FamilyHash)
        && token.Turn <= chain.Turn
        && (token.Turn != chain.Turn || IssuedText.Matches(token.Secret, chain.Hash))
            ? row
            : null;
}
