using HQ.OAuth2;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects an endpoint by scope.</summary>
public static class RequireScopeExtensions
{
    /// <summary>
    /// Only for access tokens that have every one of these scopes: 401 without a valid token, 403 <c>insufficient_scope</c> without the
    /// scope (RFC 6750 §3.1).
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one is no scope token.</exception>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, params string[] scopes)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireScope(HqOAuth2BearerDefaults.AuthenticationScheme, ScopeSet.Of(scopes));

    /// <summary>The same with a bearer scheme of another name.</summary>
    /// <exception cref="ArgumentException">The set is empty.</exception>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string authenticationScheme, ScopeSet scope)
        where TBuilder : IEndpointConventionBuilder
    {
        if (scope.IsEmpty)
            throw new ArgumentException("Name at least one scope.", nameof(scope));
        builder.WithMetadata(new RequiredScope(scope));
        return builder.RequireAuthorization(policy =>
            policy
                .AddAuthenticationSchemes(authenticationScheme)
                .RequireAuthenticatedUser()
                .RequireAssertion(c => scope.IsSubsetOf(ScopeSet.Parse(c.User.FindFirst("scope")?.Value).Value))
        );
    }
}
