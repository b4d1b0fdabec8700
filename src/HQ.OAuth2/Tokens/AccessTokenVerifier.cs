namespace HQ.OAuth2;

/// <summary>Whether an access token of ours counts now: signature and times (RFC 9068 §4), then its client and its row.</summary>
internal sealed class AccessTokenVerifier(
    AccessTokenReader reader,
    AuthorizationRows authorizations,
    ClientDirectory clients,
    ITicketStore tickets
)
{
    /// <summary>The token, or null for whatever reason: unknown, malformed, expired, revoked, of a client that is gone.</summary>
    public async ValueTask<AccessToken?> VerifyAsync(string text, CancellationToken ct)
    {
        if (await reader.ReadAsync(text, ct) is not { } token || await clients.RecallAsync(token.ClientId, ct) is not { } client)
            return null;

        // A row: as long as it is there, and of this registration of the client.
        if (token.AuthorizationId is { } id)
            return await authorizations.FindAsync(id, ct) is { } row && row.IsOf(client) && row.Subject == token.Subject ? token : null;

        // No row: as long as the client is the one it was issued to, and nobody revoked it.
        return
            token.IssuedAt.ToUnixTimeSeconds() >= client.CreatedAt.ToUnixTimeSeconds() && await tickets.FindAsync(Ticket(token), ct) is null
            ? token
            : null;
    }

    /// <summary>Revokes a token that has no row, until it would have ended anyway. Once begun it does not follow the caller's connection.</summary>
    public async ValueTask RevokeAsync(AccessToken token) =>
        await tickets.TryAddAsync(Ticket(token), "", token.ExpiresAt, CancellationToken.None);

    private static string Ticket(AccessToken token) => "revoked:" + token.JwtId;
}
