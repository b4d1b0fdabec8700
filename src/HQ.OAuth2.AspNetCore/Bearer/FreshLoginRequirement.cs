using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>
/// How old the user's sign-in may be (RFC 9470); the requirement is its own handler, so that a challenge can name the age. A token without
/// <c>auth_time</c>, for instance of a client by itself, never meets it.
/// </summary>
internal sealed class FreshLoginRequirement(TimeSpan maxAge) : AuthorizationHandler<FreshLoginRequirement>, IAuthorizationRequirement
{
    public TimeSpan MaxAge => maxAge;

    /// <summary>The age, or an exception for one that no sign-in can have.</summary>
    public static TimeSpan Checked(TimeSpan maxAge) =>
        maxAge >= TimeSpan.FromSeconds(1)
            ? maxAge
            : throw new ArgumentOutOfRangeException(nameof(maxAge), maxAge, "A sign-in takes a while: allow at least one second.");

    /// <summary>Whether the sign-in of the user's token is young enough.</summary>
    public static bool IsMet(HttpContext http, ClaimsPrincipal user, TimeSpan maxAge) =>
        long.TryParse(
            user.FindFirst(AccessToken.SignInTimeClaim)?.Value,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var signedInAt
        )
        && http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds() - signedInAt <= maxAge.TotalSeconds;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, FreshLoginRequirement requirement)
    {
        if (context.Resource is HttpContext http && IsMet(http, context.User, requirement.MaxAge))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
