namespace HQ.OAuth2;

/// <summary>The refresh token grant (RFC 6749 §6, RFC 9700 §4.14.2).</summary>
internal sealed class RefreshTokenGrant(AuthorizationLoop authorizations, GrantGuard guard, TokenIssuer tokens, ServerSettings settings)
    : IGrantType
{
    public string GrantType => OAuthGrantTypes.RefreshToken;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // The refresh token is required (§6). Its checksum refuses a malformed token before the store is read.
        if (request.Parameters["refresh_token"] is not { } text)
            return OAuthError.MissingParameter("refresh_token");
        if (!RefreshToken.TryParse(text, out var token))
            return OAuthError.InvalidRefreshToken.Because("the token is not of our form, or was cut off");

        // Unknown scopes are left out, as at the authorization endpoint (§3.3).
        if (settings.Scopes.Known(request.Parameters["scope"]).Failed(out var badScope, out var scope))
            return badScope;

        // The row decides whether the token is valid: for this client, for no more than was granted, and which turn it is (§6).
        var refresh = new RefreshRequest
        {
            Token = token,
            Client = request.Client,
            Scope = scope,
            Resources = request.Parameters.All("resource"),
            Now = request.Now,
            Key = request.DpopKey,
        };
        var salt = IssuedText.NewSecret();
        var lifetimes = TokenLifetimes.Of(request.Client, settings.Options);
        var outcome = await authorizations.StepAsync(
            token.Id,
            row => row.Rotate(refresh, salt, settings.Resources, lifetimes),
            OAuthError.InvalidRefreshToken,
            "refresh token",
            ct,
            guard.RefusalAsync
        );

        // The token is signed only after the swap is committed (§5.1); a retry is signed without a swap.
        return outcome.Failed(out var error, out var grant) ? error : await tokens.IssueAsync(request, grant, ct);
    }
}
