namespace HQ.OAuth2;

/// <summary>Verifies our access tokens: signature and times (RFC 9068 §4), then the client and the authorization row.</summary>
internal sealed class AccessTokenVerifier(
    AccessTokenReader reader,
    AuthorizationLoop authorizations,
    GrantGuard guard,
    ClientDirectory clients,
    ITicketStore tickets,
    TimeProvider time
)
{
    /// <summary>
    /// The token, with what its authorization still allows of it; null when it is unknown, malformed, expired or revoked, when its client was
    /// removed, when the user paused the app, or when the host refuses it.
    /// </summary>
    /// <exception cref="UnavailableException">The host's policy did not answer.</exception>
    public async ValueTask<AccessToken?> VerifyAsync(string text, CancellationToken ct)
    {
        if (await FindAsync(text, ct) is not var (token, row))
            return null;
        if (row is null)
            return token;
        var now = time.GetUtcNow();
        if (!row.IsUsable(now) || Within(row, token) is not { } remaining || await guard.RefusalAsync(row, ct) is not null)
            return null;
        if (row.Personal is not null)
            await authorizations.NoteUseInPassingAsync(row, now, time);
        return remaining;
    }

    /// <summary>The token as it was issued, also while it may not be used: null when it is unknown, malformed, expired or revoked.</summary>
    public async ValueTask<AccessToken?> FindIssuedAsync(string text, CancellationToken ct) => (await FindAsync(text, ct))?.Token;

    /// <summary>Revokes a token without a row, until it expires. Once begun, this is not cancelled when the caller disconnects.</summary>
    public async ValueTask RevokeAsync(AccessToken token) =>
        await tickets.TryAddAsync(Ticket(token), "", token.ExpiresAt, CancellationToken.None);

    private async ValueTask<(AccessToken Token, OAuthAuthorization? Row)?> FindAsync(string text, CancellationToken ct)
    {
        if (text.StartsWith(PersonalToken.Prefix, StringComparison.Ordinal))
            return await FindPersonalAsync(text, ct);
        if (await reader.ReadAsync(text, ct) is not { } token || await clients.FindOrNullAsync(token.ClientId, ct) is not { } client)
            return null;

        // A token with a row is valid while the row exists and belongs to the present registration of the client.
        if (token.AuthorizationId is { } id)
            return await authorizations.FindAsync(id, ct) is { } row && row.IsOf(client) && row.Subject == token.Subject
                ? (token, row)
                : null;

        // A token without a row is valid while the client is the one it was issued to, and the token was not revoked.
        return
            token.IssuedAt.ToUnixTimeSeconds() >= client.CreatedAt.ToUnixTimeSeconds() && await tickets.FindAsync(Ticket(token), ct) is null
            ? (token, null)
            : null;
    }

    // A personal access token says nothing by itself: all that it may do is in its row.
    private async ValueTask<(AccessToken Token, OAuthAuthorization? Row)?> FindPersonalAsync(string text, CancellationToken ct) =>
        PersonalToken.TryParse(text, out var personal)
        && await authorizations.FindAsync(personal.Code.Id, ct) is { } row
        && row.Is(personal, time.GetUtcNow())
        && await clients.FindOrNullAsync(row.ClientId, ct) is { } client
        && row.IsOf(client)
            ? (AccessToken.OfPersonal(row), row)
            : null;

    // A user may have narrowed the authorization since. Most have not: then the token is used as it is.
    private static AccessToken? Within(OAuthAuthorization row, AccessToken token)
    {
        var isWhole = token.Scope.IsSubsetOf(row.Scope) && row.EndsAt is null && row.Organization is null;
        for (var i = 0; i < token.Audience.Count; i++)
            isWhole &= row.IsFor(token.Audience[i]);
        if (isWhole)
            return token;
        string[] remaining = [.. token.Audience.Where(row.IsFor)];
        return remaining.Length == 0
            ? null
            : token with
            {
                Scope = token.Scope.Intersect(row.Scope),
                Audience = remaining,
                ExpiresAt = row.EndsAt < token.ExpiresAt ? row.EndsAt.Value : token.ExpiresAt,
                Organization = row.Organization,
            };
    }

    private static string Ticket(AccessToken token) => "revoked:" + token.JwtId;
}
