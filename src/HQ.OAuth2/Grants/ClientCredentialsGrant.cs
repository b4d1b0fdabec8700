namespace HQ.OAuth2;

/// <summary>The client credentials grant (RFC 6749 §4.4). Its token has no authorization row: it lives while its client does.</summary>
internal sealed class ClientCredentialsGrant(TokenIssuer tokens, ServerSettings settings) : IGrantType
{
    public string GrantType => OAuthGrantTypes.ClientCredentials;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // §4.4: for clients that have proved who they are, whatever the registration says.
        if (!request.Client.ProvesItself)
            return OAuthError.UnauthorizedClient.Because(
                "client_credentials is for confidential clients; this one is public, or its token_endpoint_auth_method is none"
            );

        // §4.4.2: scope; RFC 8707 §2.2: resource.
        if (request.Client.ResolveScope(request.Parameters["scope"], settings.Scopes).Failed(out var badScope, out var scope))
            return badScope;
        var resources = settings.Resources;
        if (resources.Resolve(request.Parameters.All("resource")).Failed(out var badTarget, out var audience))
            return badTarget;
        if (resources.ScopeMismatch(scope, audience) is { } mismatch)
            return mismatch;

        // §4.4.3: no refresh token.
        return await tokens.IssueAsync(GrantType, request, subject: request.Client.ClientId, scope, audience, ct);
    }
}
