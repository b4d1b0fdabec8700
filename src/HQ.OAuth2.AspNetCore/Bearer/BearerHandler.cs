using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HQ.OAuth2;

/// <summary>
/// Access tokens at an API (RFC 6750, RFC 9449): how a request carries them and how a refusal is answered. Each scheme has its own way to check a
/// token.
/// </summary>
internal abstract class BearerHandler<TOptions>(
    IOptionsMonitor<TOptions> options,
    ProtectedResources resources,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<TOptions>(options, logger, encoder)
    where TOptions : HqOAuth2ApiOptions, new()
{
    /// <summary>The resource identifiers of this API.</summary>
    protected abstract IEnumerable<string> OwnResources { get; }

    /// <summary>The identifiers whose hosts the public calls this API by.</summary>
    protected virtual IEnumerable<string> PublicIdentifiers => OwnResources;

    /// <summary>The algorithms of proofs.</summary>
    protected virtual IReadOnlyList<string> ProofAlgorithms => DpopProofs.Algorithms;

    /// <summary>Whether bearer tokens are refused, so that only tokens that are bound to a key are accepted.</summary>
    protected virtual bool RequiresDpop => Options.RequireDpop;

    /// <summary>The name of the claim for the organization.</summary>
    protected abstract string OrganizationClaim { get; }

    /// <summary>Whether a token of this request must be refused, because it came over plain http.</summary>
    protected abstract bool IsRefusedPlainHttp { get; }

    /// <summary>
    /// The token if it is active, for any audience; otherwise <see cref="OAuthError.InvalidToken"/> or a failure of this server.
    /// </summary>
    protected abstract ValueTask<Outcome<AccessToken>> VerifyAsync(string text, CancellationToken ct);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // §2.1: read the header only; a token in the query or the body counts as absent (OAuth 2.1 §5.1).
        var authorization = OAuthHttp.Authorization(Context);
        var isDpop = BearerTokens.IsDpop(authorization);
        if ((isDpop ? BearerTokens.ReadDpop(authorization) : BearerTokens.Read(authorization)).Failed(out var error, out var text))
            return error == OAuthError.TokenMissing ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(new Refusal(error));

        // §5.3: accept tokens over TLS only.
        if (IsRefusedPlainHttp)
            return AuthenticateResult.Fail(new Refusal(OAuthError.InsecureTransport));

        // RFC 9068 §4, RFC 9700 §2.3: the token is active and for this API.
        if ((await CheckAsync(text)).Failed(out var refused, out var token))
            return AuthenticateResult.Fail(new Refusal(refused));
        if (!token.Audience.Any(a => OwnResources.Any(m => ResourcePolicy.SameResource(a, m))))
            return AuthenticateResult.Fail(new Refusal(OAuthError.InvalidToken));

        // RFC 9449 §7: a token that is bound to a key comes with a proof of that key. It is checked last, so that a stranger's costs nothing.
        if (ApiProofs.WrongScheme(isDpop, token.Key, RequiresDpop) is { } wrong)
            return AuthenticateResult.Fail(new Refusal(wrong));
        if (token.Key is { } key && Proofs.Problem(Context, text, key, Targets(), ProofAlgorithms) is { } unproved)
            return AuthenticateResult.Fail(new Refusal(unproved));

        var identity = new ClaimsIdentity(Claims(token), Scheme.Name, nameType: "sub", roleType: "roles");
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private ApiProofs Proofs => Context.RequestServices.GetRequiredService<ApiProofs>();

    private IReadOnlyList<string> Targets() =>
        Options.PublicUrl is { } url ? ApiProofs.TargetsBelow(url, Context) : ApiProofs.TargetsAt(PublicIdentifiers, Context);

    // §3: each refusal has a challenge; an error code only if a token was sent. RFC 9728 §5.1: the challenge says where a client begins.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties) => await RefuseAsync(await RefusalAsync());

    // §3.1: name all the scope that is needed (MCP 2026-07-28, Scope Challenge Handling). If our check of the token failed, answer that failure,
    // not insufficient_scope: the policy judged another scheme's user.
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        await RefuseAsync(await RefusalAsync() is { } error && IsOurs(error) ? error : await ShortfallAsync());

    // RFC 9470 §3: if only the sign-in is too old, or of another kind, more scope would not help.
    private async Task<OAuthError> ShortfallAsync()
    {
        var needed = await Demand.OfAsync(Context);
        return ScopeRequirement.IsMet(Context.User, needed.Scope) && !needed.IsSignInGood(Context)
            ? OAuthError.InsufficientAuthentication
            : OAuthError.InsufficientScope;
    }

    private async Task<OAuthError?> RefusalAsync() => ((await HandleAuthenticateOnceSafeAsync()).Failure as Refusal)?.Error;

    private static bool IsOurs(OAuthError error) => error.Status >= StatusCodes.Status500InternalServerError;

    // The body is written when the pipeline is done: another scheme of the same policy may still write headers.
    private async Task RefuseAsync(OAuthError? error)
    {
        RefusalBodyFilter.Note(Context, error ?? OAuthError.TokenMissing);
        Response.StatusCode = error?.Status ?? StatusCodes.Status401Unauthorized;
        Response.Headers.CacheControl = "no-store";
        Response.Headers.XContentTypeOptions = "nosniff";
        OAuthHttp.SayWhenToRetry(Context, Response.StatusCode);
        // A failure of this server is no reason to sign in again.
        if (error is null || !IsOurs(error))
            Response.Headers.WWWAuthenticate = await ChallengesAsync(error);
    }

    // An unreachable store must not become an unhandled exception of the host. The result is kept for the request, so it is logged once.
    private async ValueTask<Outcome<AccessToken>> CheckAsync(string text)
    {
        var ct = Context.RequestAborted;
        try
        {
            // §2: a request must use one method only.
            return await HasTokenInBodyAsync() ? OAuthError.MalformedBearer : await VerifyAsync(text, ct);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // The caller has disconnected: nobody reads the answer, and nothing failed.
            return OAuthError.TemporarilyUnavailable;
        }
        catch (Exception e) when (e is not BadHttpRequestException)
        {
            Logger.Failed(e, Scheme.Name);
            return OAuthError.From(e);
        }
    }

    // RFC 9449 §7.1: a client without a token learns that both schemes are accepted; otherwise the scheme that it used has the error.
    private async Task<StringValues> ChallengesAsync(OAuthError? error)
    {
        var (parts, isDpop) = (await ChallengeAsync(error), BearerTokens.IsDpop(OAuthHttp.Authorization(Context)));
        var isUnauthorized = Response.StatusCode == StatusCodes.Status401Unauthorized;
        var algorithms = ApiProofs.Named(ProofAlgorithms);
        var (bearer, dpop) = ("Bearer " + parts, $"DPoP {parts}, {algorithms}");
        string[] all =
            RequiresDpop || (isDpop && !isUnauthorized) ? [dpop]
            : isDpop ? [dpop, "Bearer realm=\"oauth2\""]
            : isUnauthorized ? [bearer, $"DPoP {algorithms}"]
            : [bearer];
        return all;
    }

    private async Task<string> ChallengeAsync(OAuthError? error)
    {
        var parts = new List<string> { "realm=\"oauth2\"" };
        if (error is not null)
            parts.Add($"error=\"{error.Code}\", error_description=\"{error.Describe(OAuthHttp.Settings(Context).ErrorDetail)}\"");
        var needed = await Demand.OfAsync(Context);
        if (!needed.Scope.IsEmpty)
            parts.Add($"scope=\"{needed.Scope}\"");
        // RFC 9470 §3: a client repeats both in its authorization request.
        var isSignIn = error?.Id == OAuthError.InsufficientAuthentication.Id;
        if (isSignIn && needed.Acr is { Count: > 0 } contexts)
            parts.Add($"{AcrValues.Parameter}=\"{string.Join(' ', contexts)}\"");
        if (isSignIn && needed.MaxLoginAge is { } maxAge)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"max_age=\"{(long)maxAge.TotalSeconds}\""));
        if (resources.MetadataUrl(OwnResources) is { } url)
            parts.Add($"resource_metadata=\"{url}\"");
        return string.Join(", ", parts);
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
        if (token.Organization is { } organization)
            yield return new(OrganizationClaim, organization);
        if (token.SignedInAt is { } signedInAt)
            yield return new(
                AccessToken.SignInTimeClaim,
                signedInAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ClaimValueTypes.Integer64
            );
        if (token.Context is { } context)
            yield return new(AccessToken.ContextClaim, context);
        foreach (var audience in token.Audience)
            yield return new("aud", audience);
    }

    private sealed class Refusal(OAuthError error) : Exception(error.Description)
    {
        public OAuthError Error { get; } = error;
    }
}
