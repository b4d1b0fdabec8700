using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The user of the host's own session; a client's access token is no session.</summary>
internal static class HostUser
{
    // The end of the year 9999, the maximum of DateTimeOffset.
    private const long MaxSeconds = 253402300799;

    /// <summary>The signed-in user, who also becomes <c>http.User</c>; null when nobody is signed in.</summary>
    public static async ValueTask<ClaimsPrincipal?> FindAsync(HttpContext http, HqOAuth2Options options) =>
        (await FindSessionAsync(http, options))?.Principal;

    /// <summary>The session of the signed-in user, who also becomes <c>http.User</c>; null when nobody is signed in.</summary>
    public static async ValueTask<AuthenticationTicket?> FindSessionAsync(HttpContext http, HqOAuth2Options options)
    {
        // A host may have a bearer scheme as its default: the token of a client is still no session of a user.
        if (http.Request.Headers.Authorization.Any(IsAccessToken))
            return null;
        var session = (await http.AuthenticateAsync(options.AuthenticationScheme)).Ticket;
        if (session is not { Principal.Identity.IsAuthenticated: true })
            return null;
        http.User = session.Principal;
        return session;
    }

    /// <summary>
    /// The subject of the signed-in user, for limits; empty if it cannot be stored, which is refused later. Null when nobody is signed in.
    /// </summary>
    public static async ValueTask<string?> FindSubjectAsync(HttpContext http, HqOAuth2Options options) =>
        await FindAsync(http, options) is not { } user ? null
        : Subject(user, options).Failed(out _, out var subject) ? ""
        : subject;

    /// <summary>
    /// The time when the user of the host's session signed in: the claim <c>auth_time</c> (Unix seconds), else the time of the cookie. Null when
    /// there is neither. A cookie with sliding expiration is renewed with a later time: a host with such a cookie adds the claim.
    /// </summary>
    public static DateTimeOffset? SignedInAt(AuthenticationTicket session)
    {
        // Microsoft's handlers rename the claim if claims are mapped.
        var claim = session.Principal.FindFirst("auth_time") ?? session.Principal.FindFirst(ClaimTypes.AuthenticationInstant);
        return long.TryParse(claim?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : session.Properties.IssuedUtc;
    }

    private static bool IsAccessToken(string? authorization) =>
        authorization?.Split(' ')[0] is { } scheme
        && (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase));

    /// <summary>The subject of a user (RFC 9068 §2.2), or the error that the host's user has none, or that it cannot be stored.</summary>
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
