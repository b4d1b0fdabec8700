using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Bearer tokens at an API in this process (RFC 6750). Each request looks at the authorization's row, so a revocation is seen at once.
/// </summary>
internal sealed class HqOAuth2BearerHandler(
    IOptionsMonitor<HqOAuth2BearerOptions> options,
    IOptions<HqOAuth2Options> server,
    AccessTokenVerifier tokens,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<HqOAuth2BearerOptions>(options, logger, encoder)
{
    private IEnumerable<string> Mine => Options.Resources.Count > 0 ? Options.Resources : [new ResourcePolicy(server.Value).Default];

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // §2.1: the header; a token in the query or the body counts as absent (OAuth 2.1 §5.1).
        if (BearerTokens.Read(OAuthHttp.Authorization(Context)).Failed(out var error, out var text))
            return error == OAuthError.TokenMissing ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(new Refusal(error));

        // §2: in one way only.
        if (await HasTokenInBodyAsync())
            return AuthenticateResult.Fail(new Refusal(OAuthError.MalformedBearer));

        // RFC 9068 §4, RFC 9700 §2.3: a live token of ours, for this API.
        if (await tokens.VerifyAsync(text, Context.RequestAborted) is not { } token || !IsForThisApi(token))
            return AuthenticateResult.Fail(new Refusal(OAuthError.InvalidToken));

        var identity = new ClaimsIdentity(Claims(token), Scheme.Name, nameType: "sub", roleType: "roles");
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    // §3: a challenge with each refusal; an error code only where a token was sent. RFC 9728 §5.1: and where to begin.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var error = ((await HandleAuthenticateOnceSafeAsync()).Failure as Refusal)?.Error;
        Response.StatusCode = error?.Status ?? StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = Challenge(error);
        Response.Headers.CacheControl = "no-store";
    }

    // §3.1: the scope that is missing.
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var error = OAuthError.InsufficientScope;
        Response.StatusCode = error.Status;
        Response.Headers.WWWAuthenticate = Challenge(error);
        return Task.CompletedTask;
    }

    private string Challenge(OAuthError? error)
    {
        var parts = new List<string> { "realm=\"oauth2\"" };
        if (error is not null)
            parts.Add($"error=\"{error.Code}\", error_description=\"{error.Describe(server.Value)}\"");
        if (Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope is { } scope)
            parts.Add($"scope=\"{scope}\"");
        if (resources.MetadataUrl(Mine) is { } url)
            parts.Add($"resource_metadata=\"{url}\"");
        return "Bearer " + string.Join(", ", parts);
    }

    private bool IsForThisApi(AccessToken token) => token.Audience.Any(a => Mine.Any(m => ResourcePolicy.SameResource(a, m)));

    private async Task<bool> HasTokenInBodyAsync()
    {
        if (!Request.HasFormContentType || Request.ContentLength is null or > OAuthParameters.MaxBytes)
            return false;
        Request.EnableBuffering(OAuthParameters.MaxBytes);
        var form = await OAuthHttp.ReadFormAsync(Context);
        Request.Body.Position = 0;
        return !form.Failed(out _, out var parameters) && parameters["access_token"] is not null;
    }

    private static IEnumerable<Claim> Claims(AccessToken token)
    {
        yield return new("sub", token.Subject);
        yield return new("client_id", token.ClientId);
        yield return new("scope", token.Scope.ToString());
        yield return new("jti", token.JwtId);
        foreach (var audience in token.Audience)
            yield return new("aud", audience);
    }

    private sealed class Refusal(OAuthError error) : Exception(error.Description)
    {
        public OAuthError Error { get; } = error;
    }
}
