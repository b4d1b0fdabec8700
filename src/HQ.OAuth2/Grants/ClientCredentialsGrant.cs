namespace HQ.OAuth2;

/// <summary>The client credentials grant (RFC 6749 §4.4). Its token has no authorization row: it ends when its client is removed.</summary>
internal sealed class ClientCredentialsGrant(TokenIssuer tokens, ServerSettings settings) : IGrantType
{
    public string GrantType => OAuthGrantTypes.ClientCredentials;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // Only a confidential client that has authenticated may use this grant, whatever its registration says (§4.4).
        if (!request.Client.ProvesItself)
            return OAuthError.UnauthorizedClient.Because(
                "client_credentials is for confidential clients; this one is public, or its token_endpoint_auth_method is none"
            );

        // The client may ask for a scope (§4.4.2) and for resources (RFC 8707 §2.2); at least one scope must mean something to them.
        if (request.Client.ResolveScope(request.Parameters["scope"], settings.Scopes).Failed(out var badScope, out var scope))
            return badScope;
        var resources = settings.Resources;
        if (resources.Resolve(request.Parameters.All("resource")).Failed(out var badTarget, out var audience))
            return badTarget;
        if (resources.ScopeMismatch(scope, audience) is { } mismatch)
            return mismatch;
        if (request.DpopKey is null && resources.DemandsProof(audience) is { } unproved)
            return unproved;

        // The answer has no refresh token (§4.4.3).
        return await tokens.IssueAsync(request, subject: request.Client.ClientId, scope, audience, ct);
    }
}
