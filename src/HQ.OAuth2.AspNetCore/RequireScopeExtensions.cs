using HQ.OAuth2;
using Microsoft.AspNetCore.Authorization;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects an endpoint, or anything with a policy, by scope.</summary>
public static class RequireScopeExtensions
{
    /// <summary>
    /// Accepts only access tokens that have every one of these scopes: 401 without a valid token, 403 <c>insufficient_scope</c> without the
    /// scope (RFC 6750 §3.1).
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is no scope token.</exception>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireScope(HqOAuth2BearerDefaults.AuthenticationScheme, ScopeSet.Of(scopes));

    /// <summary>The same with a bearer scheme of another name.</summary>
    /// <exception cref="ArgumentException">The set is empty.</exception>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string authenticationScheme, ScopeSet scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.AddAuthenticationSchemes(authenticationScheme).RequireScope(scope));

    /// <summary>
    /// For an MCP endpoint: a tool needs these scopes in addition to those of the endpoint. A call without them is 403 <c>insufficient_scope</c>
    /// and names all of them; MCP clients then ask their user for more (MCP 2026-07-28, Step-Up Authorization).
    /// </summary>
    /// <param name="builder">The result of <c>MapMcp</c>.</param>
    /// <param name="tool">The exact name of the tool.</param>
    /// <param name="scopes">The scopes that it needs.</param>
    /// <exception cref="ArgumentException">There is no scope, or one is no scope token.</exception>
    public static TBuilder RequireToolScope<TBuilder>(this TBuilder builder, string tool, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder
    {
        var scope = ScopeSet.Of(scopes);
        if (scope.IsEmpty)
            throw new ArgumentException("Name at least one scope.", nameof(scopes));
        builder.Add(endpoint =>
        {
            var isFirst = !endpoint.Metadata.OfType<ToolScope>().Any();
            endpoint.Metadata.Add(new ToolScope(tool, scope));
            if (isFirst && endpoint.RequestDelegate is { } next)
                endpoint.RequestDelegate = http => ToolScope.InvokeAsync(http, next);
        });
        return builder;
    }

    /// <summary>The same as a part of a policy: <c>options.AddPolicy("reader", p => p.RequireScope("read"))</c>.</summary>
    /// <exception cref="ArgumentException">There is none, or one is no scope token.</exception>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.AuthenticationSchemes.Count == 0)
            policy.AddAuthenticationSchemes(HqOAuth2BearerDefaults.AuthenticationScheme);
        return policy.RequireScope(ScopeSet.Of(scopes));
    }

    /// <summary>The same with the schemes that the policy names already.</summary>
    /// <exception cref="ArgumentException">The set is empty.</exception>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, ScopeSet scope)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(scope);
        return scope.IsEmpty
            ? throw new ArgumentException("Name at least one scope.", nameof(scope))
            : policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scope));
    }
}
