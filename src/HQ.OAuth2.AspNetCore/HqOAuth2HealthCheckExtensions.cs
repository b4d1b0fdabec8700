using HQ.OAuth2;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the authorization server to a host's health checks.</summary>
public static class HqOAuth2HealthCheckExtensions
{
    /// <summary>
    /// Checks that each store answers and that the keys are fresh: unhealthy when a store cannot be reached, degraded while this node uses keys
    /// that it could not read again, or cannot use a key that other nodes use.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">For instance the tag that the host's readiness probe filters by; null = none.</param>
    public static IHealthChecksBuilder AddHqOAuth2(
        this IHealthChecksBuilder builder,
        string name = "hq-oauth2",
        IEnumerable<string>? tags = null
    ) => builder.Add(new(name, s => s.GetRequiredService<StoreHealthCheck>(), failureStatus: null, tags));
}
