namespace HQ.OAuth2;

/// <summary>The token endpoint (RFC 6749 §3.2).</summary>
internal sealed class TokenEndpoint(
    ClientAuthenticator clients,
    StoredClients stored,
    GrantTypes grants,
    RequestProofs proofs,
    TimeProvider time
)
{
    public async ValueTask<Outcome<TokenResponse>> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        // No parameter is sent twice, and none in the URI (§3.2).
        if (request.Malformed() is { } malformed)
            return malformed;

        // The client authenticates (§3.2.1), before the grant is checked: others learn nothing about a code or token (§5.2).
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;

        // The grant type is one of this server, and the client is registered for it (§4).
        if (request.Parameters["grant_type"] is not { } grantType)
            return OAuthError.MissingParameter("grant_type");
        if (grants.Find(grantType) is not { } grant)
            return OAuthError.UnsupportedGrantType;
        if (!client.MayUse(grantType))
            return OAuthError.UnauthorizedClient.Because($"the client is registered for {string.Join(' ', client.GrantTypes)}");

        // The proof of a key is valid (RFC 9449 §5), and a client that is registered for such tokens sends one (§5.2).
        var now = time.GetUtcNow();
        if ((await proofs.TokenKeyAsync(request, client, now, ct)).Failed(out var unproved, out var key))
            return unproved;

        // The grant answers the request (§4.1.3, §4.4.2, §4.5, §6).
        var outcome = await grant.ExchangeAsync(new(client, request.Parameters, now) { DpopKey = key.Thumbprint }, ct);
        if (outcome.Error is null)
            await stored.NoteUseInPassingAsync(client, now, time);
        return outcome;
    }
}
