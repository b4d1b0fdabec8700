using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>What a request needs of its token: by the policies of its endpoint, and by its content.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="MaxLoginAge">How old the sign-in may be; null = any.</param>
/// <param name="Acr">The authentication contexts of which the sign-in has to have one; null = any.</param>
internal sealed record Demand(ScopeSet Scope, TimeSpan? MaxLoginAge = null, IReadOnlyList<string>? Acr = null)
{
    /// <summary>All of several demands.</summary>
    public static Demand All(IEnumerable<Demand> demands)
    {
        var all = demands.ToList();
        return new(ScopeSet.Of(all.SelectMany(d => d.Scope)), all.Min(d => d.MaxLoginAge), Common(all.Select(d => d.Acr)));
    }

    // A token has one context, so it has to be one that each demand names.
    private static IReadOnlyList<string>? Common(IEnumerable<IReadOnlyList<string>?> demands) =>
        demands.Aggregate(
            (IReadOnlyList<string>?)null,
            (all, next) => all is null || next is null ? all ?? next : [.. all.Intersect(next, StringComparer.Ordinal)]
        );

    /// <summary>All that a request needs: what the policies of its endpoint demand, and what its content demands.</summary>
    public static async Task<Demand> OfAsync(HttpContext http)
    {
        var requirements = (await PolicyAsync(http))?.Requirements ?? [];
        return All([
            new(
                ScopeSet.Of(requirements.OfType<ScopeRequirement>().SelectMany(r => r.Scope).Where(s => s != ScopePolicy.OfflineAccess)),
                requirements.OfType<FreshLoginRequirement>().Min(r => (TimeSpan?)r.MaxAge)
            ),
            .. requirements.OfType<AcrRequirement>().Select(r => new Demand(ScopeSet.Empty, Acr: r.Values)),
            http.Features.Get<Demand>() ?? new(ScopeSet.Empty),
        ]);
    }

    /// <summary>Whether the user's token meets it.</summary>
    public bool IsMet(HttpContext http) => ScopeRequirement.IsMet(http.User, Scope) && IsSignInGood(http);

    /// <summary>Whether the sign-in of the user's token is new enough, and of a kind that is demanded.</summary>
    public bool IsSignInGood(HttpContext http) =>
        (MaxLoginAge is not { } maxAge || FreshLoginRequirement.IsMet(http, http.User, maxAge))
        && (Acr is null || AcrRequirement.IsMet(http.User, Acr));

    /// <summary>Refuses a request whose content needs more than its endpoint, as the endpoint's own policy would.</summary>
    public async Task ForbidAsync(HttpContext http)
    {
        http.Features.Set(this);
        var schemes = (await PolicyAsync(http))?.AuthenticationSchemes ?? [];
        foreach (var scheme in schemes)
            await http.ForbidAsync(scheme);
        if (schemes.Count == 0)
            await http.ForbidAsync();
    }

    private static async Task<AuthorizationPolicy?> PolicyAsync(HttpContext http) =>
        http.GetEndpoint()?.Metadata is { } metadata && http.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies
            ? await AuthorizationPolicy.CombineAsync(
                policies,
                metadata.GetOrderedMetadata<IAuthorizeData>(),
                metadata.GetOrderedMetadata<AuthorizationPolicy>()
            )
            : null;
}
