namespace HQ.OAuth2;

/// <summary>The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5).</summary>
internal sealed class AuthorizationCodeGrant(AuthorizationLoop authorizations, TokenIssuer tokens, ServerSettings settings) : IGrantType
{
    public string GrantType => OAuthGrantTypes.AuthorizationCode;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // The code is required (§4.1.3). Its checksum refuses a malformed code before the store is read.
        if (request.Parameters["code"] is not { } text)
            return OAuthError.MissingParameter("code");
        if (!AuthorizationCode.TryParse(text, out var code))
            return OAuthError.InvalidCode.Because("the code is not of our form, or was cut off");

        // The row decides whether the code is valid: for this client, redirect URI and verifier, once, and in time (§4.1.3, §4.1.2).
        var redemption = new CodeRedemption
        {
            Code = code,
            Client = request.Client,
            RedirectUri = request.Parameters["redirect_uri"],
            Verifier = request.Parameters["code_verifier"],
            Resources = request.Parameters.All("resource"),
            Now = request.Now,
            Key = request.DpopKey,
        };
        // The registration of the client says whether it gets a refresh token (RFC 9700 §4.14.2).
        RefreshToken? first = request.Client.MayUse(OAuthGrantTypes.RefreshToken) ? RefreshToken.New(code.Id) : null;
        var lifetimes = TokenLifetimes.Of(request.Client, settings.Options);
        var outcome = await authorizations.StepAsync(
            code.Id,
            row => row.Redeem(redemption, first, settings.Resources, lifetimes),
            OAuthError.InvalidCode,
            "code",
            ct
        );

        // The token is signed only after the swap is committed (§5.1).
        return outcome.Failed(out var error, out var grant) ? error : await tokens.IssueAsync(request, grant, ct);
    }
}
