namespace HQ.OAuth2;

/// <summary>The device code grant (RFC 8628 §3.4): a device polls until its user has answered.</summary>
internal sealed class DeviceCodeGrant(
    DeviceRequests devices,
    DevicePolls polls,
    FormAnswers answers,
    AuthorizationLoop authorizations,
    TokenIssuer tokens,
    ServerSettings settings
) : IGrantType
{
    public string GrantType => OAuthGrantTypes.DeviceCode;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // The device code is required (§3.4). Its checksum refuses a malformed code before the store is read.
        if (request.Parameters["device_code"] is not { } text)
            return OAuthError.MissingParameter("device_code");
        if (!DeviceCode.TryParse(text, out var code))
            return OAuthError.InvalidDeviceCode.Because("the code is not of our form, or was cut off");

        // A device that polls too fast is told so without a read (§3.5).
        var known = polls.TryKnown(code, request.Client);
        if (known == false)
            return OAuthError.SlowDown;

        // The ticket says what the user answered (§3.5). It ends with the code; the authorization goes on.
        var missing = OAuthError.AuthorizationPending;
        if (await devices.FindAsync(code.UserCode, ct) is { } asked && asked.IsFor(code))
        {
            if (asked.Stranger(code, request.Client) is { } stranger)
                return stranger;
            if (known is null && !polls.TryFirst(code, request.Client))
                return OAuthError.SlowDown;
            if (asked.Refusal() is { } refusal)
                return refusal;
        }
        else
        {
            missing = code.IsOlderThan(settings.Options.DeviceCodeLifetime, request.Now)
                ? OAuthError.DeviceCodeExpired
                : OAuthError.InvalidDeviceCode;
        }

        // The row decides whether the code is valid: for this client, once, and in time, as that of an authorization code.
        var redemption = new CodeRedemption
        {
            Code = code.Code,
            Client = request.Client,
            RedirectUri = null,
            Verifier = null,
            Resources = request.Parameters.All("resource"),
            Now = request.Now,
            Key = request.DpopKey,
            IsDevice = true,
        };
        RefreshToken? first = request.Client.MayUse(OAuthGrantTypes.RefreshToken) ? RefreshToken.New(code.Code.Id) : null;
        var lifetimes = TokenLifetimes.Of(request.Client, settings.Options);
        var outcome = await authorizations.StepAsync(
            code.Code.Id,
            row => row.Redeem(redemption, first, settings.Resources, lifetimes),
            missing,
            "device code",
            ct
        );
        if (!outcome.Failed(out var error, out var grant))
            // The token is signed only after the swap is committed (§5.1).
            return await tokens.IssueAsync(request, grant, ct);

        // Approved, and no row: it is being written at this moment, or the user has taken it back since.
        return error.Id == OAuthError.AuthorizationPending.Id && await answers.WasGivenAsync(code.Code.Id, ct)
            ? OAuthError.InvalidDeviceCode.Because("the user has taken the approval back")
            : error;
    }
}
