using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The revocation endpoint (RFC 7009 §2). Either token ends its authorization, and with it everything that came of it.</summary>
internal sealed class RevocationEndpoint(
    ClientAuthenticator clients,
    AccessTokenVerifier accessTokens,
    AuthorizationLoop authorizations,
    EventPublisher events,
    ILogger<RevocationEndpoint> logger
)
{
    /// <returns>Null when the token is dead now, whether it lived before or not.</returns>
    public async ValueTask<OAuthError?> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        var error = await RevokeAsync(request, ct);
        if (error is not null)
            logger.Refused("revoke", request.Parameters["client_id"], error);
        return error;
    }

    private async ValueTask<OAuthError?> RevokeAsync(OAuthRequest request, CancellationToken ct)
    {
        if (request.Malformed() is { } malformed)
            return malformed;

        // §2.1: which client? A public one by its client_id.
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;

        // §2.1: token; the hint is not needed, a token's kind shows.
        if (request.Parameters["token"] is not { } token)
            return OAuthError.MissingParameter("token");
        return token.StartsWith(RefreshToken.Prefix, StringComparison.Ordinal)
            ? await RefreshTokenAsync(token, client, ct)
            : await AccessTokenAsync(token, client, ct);
    }

    // §2.1: a spent turn of the right family revokes too: its holder wants the chain dead.
    private async ValueTask<OAuthError?> RefreshTokenAsync(string text, Client client, CancellationToken ct)
    {
        // §2.2: an unknown token is a dead token.
        if (
            !RefreshToken.TryParse(text, out var token)
            || await authorizations.FindAsync(token.Id, ct) is not { } row
            || row.Recognise(token) is not (TurnState.Live or TurnState.Spent)
        )
            return null;
        if (!row.IsOf(client))
            return OAuthError.TokenOfAnotherClient;
        await RemoveAsync(row.Id, row.Subject, client);
        return null;
    }

    private async ValueTask<OAuthError?> AccessTokenAsync(string text, Client client, CancellationToken ct)
    {
        if (await accessTokens.VerifyAsync(text, ct) is not { } token)
            return null;
        if (token.ClientId != client.ClientId)
            return OAuthError.TokenOfAnotherClient;
        if (token.AuthorizationId is { } id)
            await RemoveAsync(id, token.Subject, client);
        else
            await accessTokens.RevokeAsync(token);
        return null;
    }

    private async ValueTask RemoveAsync(string id, string subject, Client client)
    {
        await authorizations.RemoveAsync(id);
        logger.Revoked(client.ClientId, id);
        await events.PublishAsync(new OAuthEvent.AuthorizationRevoked(RevokedBy.Client, id, subject, client.ClientId, 1));
    }
}
