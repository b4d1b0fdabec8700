namespace HQ.OAuth2;

/// <summary>Verifies our access tokens: signature and times (RFC 9068 §4), then the client and the authorization row.</summary>
internal sealed class AccessTokenVerifier(
    AccessTokenReader reader,
    AuthorizationLoop authorizations,
    ClientDirectory clients,
    ITicketStore tickets
)
{
    /// <summary>The token; null when it is unknown, malformed, expired or revoked, or when its client was removed.</summary>
    public async ValueTask<AccessToken?> VerifyAsync(string text, CancellationToken ct)
    {
        if (await reader.ReadAsync(text, ct) is not { } token || await clients.FindOrNullAsync(token.ClientId, ct) is not { } client)
            return null;

        // A token with a row is valid while the row exists and belongs to the present registration of the client.
        if (token.AuthorizationId is { } id)
            return await authorizations.FindAsync(id, ct) is { } row && row.IsOf(client) && row.Subject == token.Subject ? token : null;

        // A token without a row is valid while the client is the one it was issued to, and the token was not revoked.
        return
            token.IssuedAt.ToUnixTimeSeconds() >= client.CreatedAt.ToUnixTimeSeconds() && await tickets.FindAsync(Ticket(token), ct) is null
            ? token
            : null;
    }

    /// <summary>Revokes a token without a row, until it expires. Once begun, this is not cancelled when the caller disconnects.</summary>
    public async ValueTask RevokeAsync(AccessToken token) =>
        await tickets.TryAddAsync(Ticket(token), "", token.ExpiresAt, CancellationToken.None);

    private static string Ticket(AccessToken token) => "revoked:" + token.JwtId;
}
