namespace HQ.OAuth2;

/// <summary>The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5).</summary>
internal sealed class AuthorizationCodeGrant(AuthorizationLoop authorizations, TokenIssuer tokens, ServerSettings settings) : IGrantType
{
    public string GrantType => OAuthGrantTypes.AuthorizationCode;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // §4.1.3: code. Garbage is refused by its checksum, before anything is read.
        if (request.Parameters["code"] is not { } text)
            return OAuthError.MissingParameter("code");
        if (!AuthorizationCode.TryParse(text, out var code))
            return OAuthError.InvalidCode.Because("the code is not of our form, or was cut off");

        // §4.1.3, §4.1.2: the row decides: this client, this redirect URI, this verifier, once, in time.
        var redemption = new CodeRedemption
        {
            Code = code,
            Client = request.Client,
            RedirectUri = request.Parameters["redirect_uri"],
            Verifier = request.Parameters["code_verifier"],
            Resources = request.Parameters.All("resource"),
            Now = request.Now,
        };
        // RFC 9700 §4.14.2: per client whether it gets a refresh token.
        RefreshToken? first = request.Client.MayUse(OAuthGrantTypes.RefreshToken) ? RefreshToken.New(code.Id) : null;
        var lifetimes = TokenLifetimes.Of(request.Client, settings.Options);
        var outcome = await authorizations.StepAsync(
            code.Id,
            row => row.Redeem(redemption, first, settings.Resources, lifetimes),
            OAuthError.InvalidCode,
            "code",
            ct
        );

        // §5.1: signed only after the swap is committed.
        return outcome.Failed(out var error, out var grant) ? error : await tokens.IssueAsync(GrantType, request, grant, ct);
    }
}
