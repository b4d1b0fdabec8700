using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The user whom the host's own session knows; a client's access token is none.</summary>
internal static class HostUser
{
    // The end of the year 9999, beyond which there is no DateTimeOffset.
    private const long MaxSeconds = 253402300799;

    /// <summary>Who is signed in, who is also <c>http.User</c> from now on; null when nobody is.</summary>
    public static async ValueTask<ClaimsPrincipal?> FindAsync(HttpContext http, HqOAuth2Options options)
    {
        // A host may have a bearer scheme as its default: what a client holds is still nobody's session.
        if (http.Request.Headers.Authorization.Any(IsAccessToken))
            return null;
        var user = (await http.AuthenticateAsync(options.AuthenticationScheme)).Principal;
        if (user is not { Identity.IsAuthenticated: true })
            return null;
        return http.User = user;
    }

    /// <summary>
    /// The subject of the user who is signed in, for limits; empty for one that cannot be stored, which is refused later. Null when nobody
    /// is signed in.
    /// </summary>
    public static async ValueTask<string?> FindSubjectAsync(HttpContext http, HqOAuth2Options options) =>
        await FindAsync(http, options) is not { } user ? null
        : Subject(user, options).Failed(out _, out var subject) ? ""
        : subject;

    /// <summary>
    /// When the user of the host's session signed in: the claim <c>auth_time</c> (Unix seconds), else the time of the cookie. Null when
    /// neither says. A cookie that slides is renewed with a later time: a host with such a cookie adds the claim.
    /// </summary>
    public static async ValueTask<DateTimeOffset?> SignedInAtAsync(HttpContext http, HqOAuth2Options options)
    {
        var session = await http.AuthenticateAsync(options.AuthenticationScheme);
        // Microsoft's handlers rename the claim where claims are mapped.
        var claim = session.Principal?.FindFirst("auth_time") ?? session.Principal?.FindFirst(ClaimTypes.AuthenticationInstant);
        return long.TryParse(claim?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : session.Properties?.IssuedUtc;
    }

    private static bool IsAccessToken(string? authorization) =>
        authorization?.Split(' ')[0] is { } scheme
        && (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase));

    /// <summary>The subject of a user (RFC 9068 §2.2), that the host signs users in without it, or that it cannot be stored.</summary>
    public static Outcome<string> Subject(ClaimsPrincipal user, HqOAuth2Options options)
    {
        const string key = HqOAuth2Options.Section + ":subjectClaim";
        var claim = options.SubjectClaim ?? ClaimTypes.NameIdentifier;
        if (user.FindFirst(claim)?.Value is not { Length: > 0 } subject)
            return OAuthError.SignInUnfit.Because(
                $"the signed-in user has no claim {claim}: sign users in with it, or name another in {key}"
            );
        return Subjects.Problem(subject) is { } problem
            ? OAuthError.SubjectUnusable.Because($"the claim {claim} of the signed-in user {problem}: name another in {key}")
            : subject;
    }
}
