using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Finds, at start, policies that would fail at each request: management without a policy, a policy or a bearer scheme that does not exist, a
/// scope that no token can have.
/// </summary>
internal sealed class PolicyCheck(
    HostRoutes routes,
    ServerSettings settings,
    IOptionsMonitor<HqOAuth2BearerOptions> bearers,
    IAuthenticationSchemeProvider schemes,
    IAuthorizationPolicyProvider? policies
)
{
    private const string BearerFix =
        "call builder.Services.AddAuthentication(...).AddHqOAuth2Bearer(), or name a scheme that is there: RequireScope(scheme, scope)";

    /// <summary>The problem that makes an endpoint fail for every caller, or leaves it open to every caller; null when there is none.</summary>
    public async Task<string?> ProblemAsync()
    {
        foreach (var endpoint in routes.ManagementEndpoints)
        {
            if (await ManagementProblemAsync(endpoint) is { } open)
                return open;
        }

        foreach (var endpoint in routes.Endpoints)
        {
            if (await SchemeProblemAsync(endpoint) is { } scheme)
                return scheme;
        }

        return null;
    }

    /// <summary>The scopes that an endpoint demands of our tokens and that are not configured: no caller gets access there.</summary>
    public async Task<IReadOnlyList<(string Endpoint, string Scope)>> UnknownScopesAsync()
    {
        var unknown = new List<(string, string)>();
        foreach (var endpoint in routes.Endpoints)
        {
            var demanded = await DemandAsync(endpoint);
            foreach (var scheme in await RegisteredAsync(demanded.Schemes))
            {
                if (scheme.HandlerType != typeof(HqOAuth2BearerHandler))
                    continue;
                var known = bearers.Get(scheme.Name).WithIncluded(settings.Scopes.All);
                unknown.AddRange(
                    demanded
                        .Scope.Where(s => s != ScopePolicy.OfflineAccess && !known.Contains(s))
                        .Select(s => (endpoint.DisplayName ?? "(an endpoint)", s))
                );
            }
        }

        return unknown;
    }

    private async Task<string?> ManagementProblemAsync(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<ManagementEndpoint>() is null)
            return null;
        if (!ManagementGuard.IsProtected(endpoint))
            return $"MapHqOAuth2Management() is open to everybody ({endpoint.DisplayName}): put a policy of yours on it, for instance "
                + "app.MapHqOAuth2Management().RequireAuthorization(\"admin\"). A fallback policy does not count, and AllowAnonymous is not for it.";
        if (policies is null)
            return "MapHqOAuth2Management() has a policy, and this host has no authorization: call builder.Services.AddAuthorization(...).";
        foreach (var name in PolicyNames(endpoint))
        {
            if (await policies.GetPolicyAsync(name) is null)
                return $"MapHqOAuth2Management() requires the policy '{name}', which is not defined: add it, for instance "
                    + $"builder.Services.AddAuthorization(o => o.AddPolicy(\"{name}\", p => p.RequireRole(\"admin\"))).";
        }

        return null;
    }

    private async Task<string?> SchemeProblemAsync(Endpoint endpoint)
    {
        var demanded = await DemandAsync(endpoint);
        if (demanded.Scope.IsEmpty)
            return null;
        foreach (var name in demanded.Schemes)
        {
            if (await schemes.GetSchemeAsync(name) is null)
                return $"{endpoint.DisplayName} requires the scope '{demanded.Scope}' of the authentication scheme {name}, which is not registered: {BearerFix}.";
        }

        // A session has no scope: a cookie alone gives no access.
        return (await RegisteredAsync(demanded.Schemes)).Any(s => !s.HandlerType.IsAssignableTo(typeof(CookieAuthenticationHandler)))
            ? null
            : $"{endpoint.DisplayName} requires the scope '{demanded.Scope}', and no bearer scheme reads a token there: call RequireScope(...) on it, and {BearerFix}.";
    }

    // The scopes that an endpoint demands by its policies and of its tools, with their schemes; without a name it is the default scheme.
    private async Task<(ScopeSet Scope, IReadOnlyList<string> Schemes)> DemandAsync(Endpoint endpoint)
    {
        var found = endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().ToList();
        foreach (var name in PolicyNames(endpoint))
        {
            if (policies is not null && await policies.GetPolicyAsync(name) is { } policy)
                found.Add(policy);
        }

        var tools = endpoint.Metadata.GetOrderedMetadata<ToolDemand>().SelectMany(t => t.Demand.Scope);
        var required = found.SelectMany(p => p.Requirements).OfType<ScopeRequirement>().SelectMany(r => r.Scope);
        var named = endpoint
            .Metadata.GetOrderedMetadata<IAuthorizeData>()
            .SelectMany(a =>
                a.AuthenticationSchemes?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []
            );
        return (ScopeSet.Of(required.Concat(tools)), [.. found.SelectMany(p => p.AuthenticationSchemes).Concat(named).Distinct()]);
    }

    private async Task<IReadOnlyList<AuthenticationScheme>> RegisteredAsync(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return await schemes.GetDefaultAuthenticateSchemeAsync() is { } standard ? [standard] : [];
        var registered = new List<AuthenticationScheme>();
        foreach (var name in names)
        {
            if (await schemes.GetSchemeAsync(name) is { } scheme)
                registered.Add(scheme);
        }

        return registered;
    }

    private static IEnumerable<string> PolicyNames(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).OfType<string>().Where(p => p.Length > 0);
}
