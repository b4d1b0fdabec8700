using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace HQ.OAuth2;

/// <summary>Signs access tokens (RFC 9068) and makes the answer of RFC 6749 §5.1. It does not write to a store.</summary>
public sealed class TokenIssuer
{
    private static readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private static readonly Dictionary<string, object> header = new() { ["typ"] = AccessToken.Type };

    private readonly TokenKeys keys;
    private readonly ServerSettings settings;
    private readonly IEnumerable<ITokenClaims> hostClaims;
    private readonly ILogger logger;

    internal TokenIssuer(TokenKeys keys, ServerSettings settings, IEnumerable<ITokenClaims> hostClaims, ILogger<TokenIssuer> logger) =>
        (this.keys, this.settings, this.hostClaims, this.logger) = (keys, settings, hostClaims, logger);

    /// <summary>Issues an access token without an authorization row and without a refresh token: for extension grants.</summary>
    /// <param name="request">The token request it answers.</param>
    /// <param name="subject">The user it is for; the client's own id when no user is involved.</param>
    /// <param name="scope">The scope of the token.</param>
    /// <param name="audience">The resources it is for; empty = the default one.</param>
    /// <param name="ct">Cancels.</param>
    public ValueTask<TokenResponse> IssueAsync(
        TokenRequest request,
        string subject,
        ScopeSet scope,
        IReadOnlyList<string> audience,
        CancellationToken ct
    ) => IssueAsync(request, subject, scope, audience, null, null, ct);

    internal ValueTask<TokenResponse> IssueAsync(TokenRequest request, TokenGrant grant, CancellationToken ct) =>
        IssueAsync(
            request,
            grant.Authorization.Subject,
            grant.Scope,
            grant.Audience,
            grant.Authorization,
            grant.RefreshToken?.ToWire(),
            ct
        );

    private async ValueTask<TokenResponse> IssueAsync(
        TokenRequest request,
        string subject,
        ScopeSet scope,
        IReadOnlyList<string> audience,
        OAuthAuthorization? row,
        string? refreshToken,
        CancellationToken ct
    )
    {
        var (options, resources) = (settings.Options, settings.Resources);
        if (audience.Count == 0)
            audience = [resources.Default];

        // The token has only scopes that mean something to its audience (RFC 9068 §2.2.3).
        scope = resources.Understood(scope, audience);

        // A user may have set an end that comes before that of the token.
        var end = request.Now + options.AccessTokenLifetime;
        if (row?.EndsAt < end)
            end = row.EndsAt.Value;

        // The token has the claims that RFC 9068 §2.2 requires.
        var now = request.Now.ToUnixTimeSeconds();
        var scopeText = scope.ToString();
        var claims = new Dictionary<string, object>(capacity: 16)
        {
            ["iss"] = options.IssuerURL!,
            ["aud"] = audience is [var only] ? only : audience,
            ["exp"] = end.ToUnixTimeSeconds(),
            ["nbf"] = now,
            ["iat"] = now,
            ["sub"] = subject,
            ["client_id"] = request.Client.ClientId,
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            ["scope"] = scopeText,
        };
        if (row is not null)
            claims[AccessToken.AuthorizationClaim] = row.Id;
        if (row?.Organization is { } organization)
            claims[options.OrganizationClaim] = organization;
        // The time of the sign-in (RFC 9068 §2.2.1), for an API that needs a recent one (RFC 9470 §5).
        if (row?.SignedInAt is { } time)
            claims[AccessToken.SignInTimeClaim] = time.ToUnixTimeSeconds();
        if (row?.Context is { } context)
            claims[AccessToken.ContextClaim] = context;
        // The key that the token is bound to (RFC 9449 §6.1).
        if (request.DpopKey is { } key)
            claims[Confirmation.Claim] = new Confirmation(key);
        var added = new TokenClaims(request.Client, subject, scope, row?.Organization, options.OrganizationClaim, claims);
        foreach (var host in hostClaims)
            await host.AddAsync(added, ct);

        var ring = await keys.CurrentAsync(ct);
        var signing = KeyRotation.ActiveAt(ring.Signing, request.Now).Credentials;
        var token = handler.CreateToken(ClaimsJson.Of(claims), signing, header);
        // An opaque token is the signed one, encrypted (RFC 7519 §5.2).
        if (resources.Format(audience) == AccessTokenFormat.Opaque)
            token = handler.EncryptToken(token, KeyRotation.ActiveAt(ring.Encryption, request.Now).Credentials, header);

        var chain = options.TellRefreshExpiry ? row?.Refresh : null;
        logger.Issued(request.Client.ClientId, request.Parameters["grant_type"] ?? "", scope, row?.Id);
        return new()
        {
            AccessToken = token,
            TokenType = request.DpopKey is null ? TokenResponse.Bearer : TokenResponse.Dpop,
            ExpiresIn = (long)(end - request.Now).TotalSeconds,
            RefreshToken = refreshToken,
            RefreshTokenExpiresIn = SecondsUntil(chain?.EndsAt),
            AuthorizationExpiresIn = SecondsUntil(chain?.ExpiresAt),
            Scope = scopeText,
        };

        // Not beyond the end that the user set.
        long? SecondsUntil(DateTimeOffset? time) =>
            time is { } at ? (long)((row!.EndsAt < at ? row.EndsAt.Value : at) - request.Now).TotalSeconds : null;
    }
}
