using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The scope that a policy demands; a requirement that decides by itself, so that a challenge can name what it wants.</summary>
internal sealed class ScopeRequirement(ScopeSet scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public ScopeSet Scope => scope;

    /// <summary>All the scope a request needs: what the policies of its endpoint demand, and what its content demands besides.</summary>
    public static async Task<ScopeSet> OfAsync(HttpContext http) =>
        ScopeSet.Of(
            ((await PolicyAsync(http))?.Requirements ?? [])
                .OfType<ScopeRequirement>()
                .SelectMany(r => r.Scope)
                .Where(s => s != ScopePolicy.OfflineAccess)
                .Concat(http.Features.Get<DemandedScope>()?.Scope ?? ScopeSet.Empty)
        );

    /// <summary>Refuses a request whose content demands more than its endpoint does, as the endpoint's own policy would.</summary>
    public static async Task ForbidAsync(HttpContext http, ScopeSet scope)
    {
        http.Features.Set(new DemandedScope(scope));
        var schemes = (await PolicyAsync(http))?.AuthenticationSchemes ?? [];
        foreach (var scheme in schemes)
            await http.ForbidAsync(scheme);
        if (schemes.Count == 0)
            await http.ForbidAsync();
    }

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

    private static async Task<AuthorizationPolicy?> PolicyAsync(HttpContext http) =>
        http.GetEndpoint()?.Metadata is { } metadata && http.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies
            ? await AuthorizationPolicy.CombineAsync(
                policies,
                metadata.GetOrderedMetadata<IAuthorizeData>(),
                metadata.GetOrderedMetadata<AuthorizationPolicy>()
            )
            : null;

    private sealed record DemandedScope(ScopeSet Scope);
}
