namespace HQ.OAuth2;

/// <summary>The revocation endpoint (RFC 7009 §2). Revoking either kind of token removes its authorization, and with it all other tokens.</summary>
internal sealed class RevocationEndpoint(
    ClientAuthenticator clients,
    AccessTokenVerifier accessTokens,
    RefreshTokenVerifier refreshTokens,
    AuthorizationLoop authorizations,
    EventPublisher events
)
{
    /// <returns>Null when the token is not valid any more, whether it was before or not.</returns>
    public async ValueTask<OAuthError?> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        if (request.Malformed() is { } malformed)
            return malformed;

        // The client authenticates; a public client sends its client_id (§2.1).
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;

        // The token is required (§2.1). The hint is not needed: a refresh token has a prefix.
        if (request.Parameters["token"] is not { } token)
            return OAuthError.MissingParameter("token");
        return token.StartsWith(RefreshToken.Prefix, StringComparison.Ordinal)
            ? await RefreshTokenAsync(token, client, ct)
            : await AccessTokenAsync(token, client, ct);
    }

    // A spent turn of the right family revokes the authorization too: its client wants the chain to end (§2.1).
    private async ValueTask<OAuthError?> RefreshTokenAsync(string text, Client client, CancellationToken ct)
    {
        // An unknown token is no error: it is not valid any more (§2.2).
        if (await refreshTokens.FindLiveOrSpentAsync(text, ct) is not { } row)
            return null;
        if (!row.IsOf(client))
            return OAuthError.TokenOfAnotherClient;
        await RemoveAsync(row.Id, row.Subject, client);
        return null;
    }

    private async ValueTask<OAuthError?> AccessTokenAsync(string text, Client client, CancellationToken ct)
    {
        if (await accessTokens.FindIssuedAsync(text, ct) is not { } token)
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
        await events.PublishAsync(new OAuthEvent.AuthorizationRevoked(RevokedBy.Client, id, subject, client.ClientId, 1));
    }
}
