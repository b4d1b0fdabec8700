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
        return builder.WithDemand(new(tool, new(scope)));
    }

    /// <summary>
    /// Accepts only access tokens whose user signed in at most so long ago: otherwise 401 <c>insufficient_user_authentication</c>, with the
    /// <c>max_age</c> that the client repeats in its next authorization request (RFC 9470). Use it beside <c>RequireScope</c>.
    /// </summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="maxAge">At least one second.</param>
    public static TBuilder RequireFreshLogin<TBuilder>(this TBuilder builder, TimeSpan maxAge)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(policy => policy.RequireFreshLogin(maxAge));

    /// <summary>The same for one tool of an MCP endpoint, for instance one that destroys something.</summary>
    /// <param name="builder">The result of <c>MapMcp</c>.</param>
    /// <param name="tool">The exact name of the tool.</param>
    /// <param name="maxAge">At least one second.</param>
    public static TBuilder RequireToolFreshLogin<TBuilder>(this TBuilder builder, string tool, TimeSpan maxAge)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithDemand(new(tool, new(ScopeSet.Empty, FreshLoginRequirement.Checked(maxAge))));

    /// <summary>The same as a part of a policy.</summary>
    public static AuthorizationPolicyBuilder RequireFreshLogin(this AuthorizationPolicyBuilder policy, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new FreshLoginRequirement(FreshLoginRequirement.Checked(maxAge)));
    }

    /// <summary>
    /// Accepts only access tokens whose user signed in in one of these ways (the claim <c>acr</c>): otherwise 401
    /// <c>insufficient_user_authentication</c>, with the <c>acr_values</c> that the client repeats in its next authorization request (RFC 9470).
    /// The host of the server names its ways by <see cref="IAuthenticationContexts"/>. Use it beside <c>RequireScope</c>.
    /// </summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="contexts">The ways, the best first: one of them is enough.</param>
    /// <exception cref="ArgumentException">There is none, or one has spaces, quotes or backslashes.</exception>
    public static TBuilder RequireAcr<TBuilder>(this TBuilder builder, params string[] contexts)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(policy => policy.RequireAcr(contexts));

    /// <summary>The same for one tool of an MCP endpoint.</summary>
    /// <param name="builder">The result of <c>MapMcp</c>.</param>
    /// <param name="tool">The exact name of the tool.</param>
    /// <param name="contexts">The ways, the best first: one of them is enough.</param>
    /// <exception cref="ArgumentException">There is none, or one has spaces, quotes or backslashes.</exception>
    public static TBuilder RequireToolAcr<TBuilder>(this TBuilder builder, string tool, params string[] contexts)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithDemand(new(tool, new(ScopeSet.Empty, Acr: AcrRequirement.Checked(contexts))));

    /// <summary>The same as a part of a policy.</summary>
    /// <exception cref="ArgumentException">There is none, or one has spaces, quotes or backslashes.</exception>
    public static AuthorizationPolicyBuilder RequireAcr(this AuthorizationPolicyBuilder policy, params string[] contexts)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.AddRequirements(new AcrRequirement(AcrRequirement.Checked(contexts)));
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

    private static TBuilder WithDemand<TBuilder>(this TBuilder builder, ToolDemand demand)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var isFirst = !endpoint.Metadata.OfType<ToolDemand>().Any();
            endpoint.Metadata.Add(demand);
            if (isFirst && endpoint.RequestDelegate is { } next)
                endpoint.RequestDelegate = http => ToolDemand.InvokeAsync(http, next);
        });
        return builder;
    }
}
