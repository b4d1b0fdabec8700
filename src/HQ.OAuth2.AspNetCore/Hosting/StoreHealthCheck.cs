using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HQ.OAuth2;

/// <summary>Reads one entry that does not exist from each store.</summary>
internal sealed class StoreHealthCheck(IAuthorizationStore authorizations, IClientStore clients, ITicketStore tickets, TokenKeys keys)
    : IHealthCheck
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

        var ring = await keys.CurrentAsync(cancellationToken);
        if (keys.IsStale(ring))
            return HealthCheckResult.Degraded("The keys could not be read again for a while.");
        return ring.Unreadable.Count > 0
            ? HealthCheckResult.Degraded($"This node cannot unprotect the keys {string.Join(", ", ring.Unreadable)}.")
            : HealthCheckResult.Healthy();
    }
}
