using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Bearer tokens at an API (RFC 6750): how they come in and what a refusal says. How one is checked is for each scheme to say.</summary>
internal abstract class BearerHandler<TOptions>(
    IOptionsMonitor<TOptions> options,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<TOptions>(options, logger, encoder)
    where TOptions : HqOAuth2ApiOptions, new()
{
    /// <summary>The resource identifiers that this API answers to.</summary>
    protected abstract IEnumerable<string> OwnResources { get; }

    /// <summary>Whether a token must not be taken from this request, because it came over plain http.</summary>
    protected abstract bool IsRefusedPlainHttp { get; }

    /// <summary>The token when it counts now, for whatever audience; <see cref="OAuthError.InvalidToken"/> or a failure of ours when not.</summary>
    protected abstract ValueTask<Outcome<AccessToken>> VerifyAsync(string text, CancellationToken ct);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // §2.1: the header; a token in the query or the body counts as absent (OAuth 2.1 §5.1).
        if (BearerTokens.Read(OAuthHttp.Authorization(Context)).Failed(out var error, out var text))
            return error == OAuthError.TokenMissing ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(new Refusal(error));

        // §5.3: over TLS only.
        if (IsRefusedPlainHttp)
            return AuthenticateResult.Fail(new Refusal(OAuthError.InsecureTransport));

        // RFC 9068 §4, RFC 9700 §2.3: a live token of the server, for this API.
        if ((await CheckAsync(text)).Failed(out var refused, out var token))
            return AuthenticateResult.Fail(new Refusal(refused));
        if (!token.Audience.Any(a => OwnResources.Any(m => ResourcePolicy.SameResource(a, m))))
            return AuthenticateResult.Fail(new Refusal(OAuthError.InvalidToken));

        var identity = new ClaimsIdentity(Claims(token), Scheme.Name, nameType: "sub", roleType: "roles");
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    // §3: a challenge with each refusal; an error code only where a token was sent. RFC 9728 §5.1: and where to begin.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) => await RefuseAsync(await RefusalAsync());

    // §3.1: all the scope that is needed (MCP 2026-07-28, Scope Challenge Handling). If our check of
    // the token failed, answer that failure, not insufficient_scope: the policy judged another scheme's user.
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        await RefuseAsync(await RefusalAsync() is { } error && IsOurs(error) ? error : OAuthError.InsufficientScope);

    private async Task<OAuthError?> RefusalAsync() => ((await HandleAuthenticateOnceSafeAsync()).Failure as Refusal)?.Error;

    private static bool IsOurs(OAuthError error) => error.Status >= StatusCodes.Status500InternalServerError;

    // The body comes when the pipeline is done: another scheme of the same policy may still have headers to write.
    private async Task RefuseAsync(OAuthError? error)
    {
        RefusalBodyFilter.Note(Context, error ?? OAuthError.TokenMissing);
        Response.StatusCode = error?.Status ?? StatusCodes.Status401Unauthorized;
        Response.Headers.CacheControl = "no-store";
        Response.Headers.XContentTypeOptions = "nosniff";
        OAuthHttp.SayWhenToRetry(Context, Response.StatusCode);
        // Trouble of ours is no reason to sign in again.
        if (error is null || !IsOurs(error))
            Response.Headers.WWWAuthenticate = await ChallengeAsync(error);
    }

    // A store that is away must not become the host's unhandled exception. The result is kept for the request, so it is logged once.
    private async ValueTask<Outcome<AccessToken>> CheckAsync(string text)
    {
        var ct = Context.RequestAborted;
        try
        {
            // §2: in one way only.
            return await HasTokenInBodyAsync() ? OAuthError.MalformedBearer : await VerifyAsync(text, ct);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // The caller is gone: nobody reads the answer, and nothing failed.
            return OAuthError.TemporarilyUnavailable;
        }
        catch (Exception e) when (e is not BadHttpRequestException)
        {
            Logger.Failed(e, Scheme.Name);
            return OAuthError.From(e);
        }
    }

    private async Task<string> ChallengeAsync(OAuthError? error)
    {
        var parts = new List<string> { "realm=\"oauth2\"" };
        if (error is not null)
            parts.Add($"error=\"{error.Code}\", error_description=\"{error.Describe(OAuthHttp.Settings(Context).ErrorDetail)}\"");
        if (await ScopeRequirement.OfAsync(Context) is { IsEmpty: false } scope)
            parts.Add($"scope=\"{scope}\"");
        if (resources.MetadataUrl(OwnResources) is { } url)
            parts.Add($"resource_metadata=\"{url}\"");
        return "Bearer " + string.Join(", ", parts);
    }

    private async Task<bool> HasTokenInBodyAsync()
    {
        if (!Request.HasFormContentType || Request.ContentLength is null or > OAuthParameters.MaxBytes)
            return false;
        Request.EnableBuffering(OAuthParameters.MaxBytes);
        var form = await OAuthHttp.ReadFormAsync(Context);
        Request.Body.Position = 0;
        return !form.Failed(out _, out var parameters) && parameters["access_token"] is not null;
    }

    private IEnumerable<Claim> Claims(AccessToken token)
    {
        yield return new("sub", token.Subject);
        yield return new("client_id", token.ClientId);
        yield return new("scope", Options.WithIncluded(token.Scope).ToString());
        yield return new("jti", token.JwtId);
        if (token.SignedInAt is { } signedInAt)
            yield return new(
                AccessToken.SignInTimeClaim,
                signedInAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ClaimValueTypes.Integer64
            );
        foreach (var audience in token.Audience)
            yield return new("aud", audience);
    }

    private sealed class Refusal(OAuthError error) : Exception(error.Description)
    {
        public OAuthError Error { get; } = error;
    }
}
