using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>One read of each store, of what is never there.</summary>
internal sealed class StoreHealthCheck(
    IAuthorizationStore authorizations,
    IClientStore clients,
    ITicketStore tickets,
    TokenKeys keys,
    IOptions<HqOAuth2Options> options,
    TimeProvider time
) : IHealthCheck
{
    private const string Nothing = "health-check";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            await authorizations.FindAsync(Nothing, cancellationToken);
            await clients.FindAsync(Nothing, cancellationToken);
            await tickets.FindAsync(Nothing, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, "A store cannot be reached.", e);
        }

        var age = time.GetUtcNow() - (await keys.CurrentAsync(cancellationToken)).ReadAt;
        return age > 3 * options.Value.CacheKeysFor
            ? HealthCheckResult.Degraded("The keys could not be read again for a while.")
            : HealthCheckResult.Healthy();
    }
}
