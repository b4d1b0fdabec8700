using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace HQ.OAuth2;

/// <summary>
/// How the user must have signed in (RFC 9470): in one of some ways. The requirement is its own handler, so that a challenge can name them. A
/// token without <c>acr</c> never meets it.
/// </summary>
internal sealed class AcrRequirement(IReadOnlyList<string> values) : AuthorizationHandler<AcrRequirement>, IAuthorizationRequirement
{
    public IReadOnlyList<string> Values => values;

    /// <summary>The contexts, or an exception for one that no token can have.</summary>
    public static IReadOnlyList<string> Checked(string[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Length is > 0 and <= AcrValues.MaxCount && values.All(AcrValues.IsValue)
            ? [.. values]
            : throw new ArgumentException(
                $"Name 1 to {AcrValues.MaxCount} authentication contexts, without spaces, quotes and backslashes.",
                nameof(values)
            );
    }

    /// <summary>Whether the sign-in of the user's token was of one of these kinds.</summary>
    public static bool IsMet(ClaimsPrincipal user, IReadOnlyList<string> values) =>
        user.FindFirst(AccessToken.ContextClaim)?.Value is { } context && values.Contains(context, StringComparer.Ordinal);

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AcrRequirement requirement)
    {
        if (IsMet(context.User, requirement.Values))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
