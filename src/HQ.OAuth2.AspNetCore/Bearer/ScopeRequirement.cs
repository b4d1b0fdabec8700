using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace HQ.OAuth2;

/// <summary>The scope that a policy demands; the requirement is its own handler, so that a challenge can name the scope.</summary>
internal sealed class ScopeRequirement(ScopeSet scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public ScopeSet Scope => scope;

    /// <summary>Whether the user's token has the scope.</summary>
    public static bool IsMet(ClaimsPrincipal user, ScopeSet scope) =>
        scope.IsSubsetOf(
            ScopeSet.Of(user.FindAll("scope").SelectMany(c => ScopeSet.Parse(c.Value).Failed(out _, out var has) ? ScopeSet.Empty : has))
        );

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (IsMet(context.User, requirement.Scope))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
