using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>The introspection endpoint (RFC 7662 §2).</summary>
internal sealed class IntrospectionEndpoint(
    ClientAuthenticator clients,
    AccessTokenVerifier accessTokens,
    RefreshTokenVerifier refreshTokens,
    RequestLimits limits,
    ServerSettings settings
)
{
    public async ValueTask<Outcome<IntrospectionResponse>> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        if (request.Malformed() is { } malformed)
            return malformed;

        // The caller authenticates as a client, unless the host allows anonymous introspection (§2.1).
        Client? caller = null;
        if (!IsAnonymous(request))
        {
            if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out caller))
                return unauthenticated;
            if (caller.TokenEndpointAuthMethod == OAuthClientAuthenticationMethods.None)
                return OAuthError.InvalidClient.Because("a client that proves nothing may not introspect");
        }

        // The token is required (§2.1). The hint is not needed: a refresh token has a prefix.
        if (request.Parameters["token"] is not { } token)
            return OAuthError.MissingParameter("token");

        // Limit guessing: an anonymous address gets only so many unknown tokens a minute (§4).
        if (caller is null && !limits.MayIntrospect(request.RemoteAddress))
            return TooManyUnknown;
        var answer = token.StartsWith(RefreshToken.Prefix, StringComparison.Ordinal)
            ? await RefreshTokenAsync(token, caller, ct)
            : await AccessTokenAsync(token, caller, ct);
        // Count an unknown token before the answer, so that parallel requests do not exceed the limit. Live tokens are not counted.
        return caller is null && !answer.Active && !limits.TryIntrospectUnknown(request.RemoteAddress) ? TooManyUnknown : answer;
    }

    private static OAuthError TooManyUnknown =>
        OAuthError.TooManyRequests.Because("limits:failedAuthenticationsPerMinute is reached for unknown tokens of this address");

    // An access token is active only if every check passes and the caller may know of it (§2.2, §4).
    private async ValueTask<IntrospectionResponse> AccessTokenAsync(string text, Client? caller, CancellationToken ct)
    {
        if (await accessTokens.VerifyAsync(text, ct) is not { } token || KnownAudience(caller, token) is not { Count: > 0 } audience)
            return IntrospectionResponse.Inactive;
        // An API gets the scopes that mean something to it, not those for other resources (§2.2).
        var scope = settings.Resources.Understood(token.Scope, audience);
        return new()
        {
            Active = true,
            Scope = scope.ToString(),
            ClientId = token.ClientId,
            Subject = token.Subject,
            Audience = audience,
            Issuer = settings.Options.IssuerURL,
            // A token that is bound to a key is of another type (RFC 9449 §6.2).
            TokenType = token.Key is null ? TokenResponse.Bearer : TokenResponse.Dpop,
            Confirmation = token.Key is { } key ? new(key) : null,
            JwtId = token.JwtId,
            IssuedAt = token.IssuedAt.ToUnixTimeSeconds(),
            SignedInAt = token.SignedInAt?.ToUnixTimeSeconds(),
            Context = token.Context,
            ExpiresAt = token.ExpiresAt.ToUnixTimeSeconds(),
            HostMembers = Organization(token.Organization),
        };
    }

    // Only the client that holds a refresh token may introspect it (§2.2).
    private async ValueTask<IntrospectionResponse> RefreshTokenAsync(string text, Client? caller, CancellationToken ct)
    {
        if (caller is null || await refreshTokens.FindLiveAsync(text, ct) is not { Refresh: { } chain } row || !row.IsOf(caller))
            return IntrospectionResponse.Inactive;
        return new()
        {
            Active = true,
            Scope = row.Scope.ToString(),
            ClientId = row.ClientId,
            Subject = row.Subject,
            Audience = row.Resources,
            Issuer = settings.Options.IssuerURL,
            SignedInAt = row.SignedInAt?.ToUnixTimeSeconds(),
            Context = row.Context,
            IssuedAt = (chain.UsedAt ?? row.Code.RedeemedAt ?? row.IssuedAt).ToUnixTimeSeconds(),
            ExpiresAt = (row.EndsAt < chain.EndsAt ? row.EndsAt.Value : chain.EndsAt).ToUnixTimeSeconds(),
            HostMembers = Organization(row.Organization),
        };
    }

    private Dictionary<string, JsonElement>? Organization(string? id) =>
        id is null
            ? null
            : new() { [settings.Options.OrganizationClaim] = JsonSerializer.SerializeToElement(id, OAuthJson.Default.String) };

    // The audiences of a token that the caller may know of (§4): all of them for an anonymous caller, for the token's own client and for an
    // API that may introspect everything; for another API those that the host gave it the right for; none for any other client.
    private IReadOnlyList<string> KnownAudience(Client? caller, AccessToken token)
    {
        // RFC 9449 §7: a resource that demands tokens of a key takes no other, for instance none of a user's script or from before the demand.
        var audience = token.Key is null ? settings.Resources.WithoutProof(token.Audience) : token.Audience;
        return caller is null || caller.ClientId == token.ClientId ? audience
            : caller.Provenance != ClientProvenance.Api ? []
            : caller.Introspects.Contains(ResourcePolicy.Any, StringComparer.Ordinal) ? audience
            : [.. audience.Where(a => caller.Introspects.Any(right => ResourcePolicy.SameResource(a, right)))];
    }

    private bool IsAnonymous(OAuthRequest request) =>
        settings.Options.UnauthenticatedIntrospection
        && request.Authorization.Count == 0
        && request.Parameters["client_id"] is null
        && request.Parameters["client_secret"] is null
        && request.Parameters["client_assertion"] is null;
}
