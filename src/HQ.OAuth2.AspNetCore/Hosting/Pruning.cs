using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Removes expired data from the stores, in small batches; one of several nodes does it in each interval.</summary>
internal sealed class Pruning(IServiceScopeFactory scopes, ServerSettings settings, TimeProvider time, ILogger<Pruning> logger)
    : BackgroundService
{
    private const int Batch = 500;
    private const string Turn = "prune";

    // Other callers can use the store between two batches.
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = settings.Options.PruneEvery;
        if (!settings.Options.Enabled || every == TimeSpan.Zero)
            return;
        // Not on all nodes at once, and not while the app starts.
        await WaitAsync(every * (RandomNumberGenerator.GetInt32(10, 20) / 100.0), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.NotPruned(e);
            }
            catch (Exception)
            {
                // The host stops, and its services may be disposed already.
                return;
            }

            await WaitAsync(every, stoppingToken);
        }
    }

    /// <summary>One round, unless another node had the round of this interval.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var scope = scopes.CreateScope();
        var services = scope.ServiceProvider;
        var (tickets, now) = (services.GetRequiredService<ITicketStore>(), time.GetUtcNow());
        if (!await tickets.TryAddAsync(Turn, "", now + 0.9 * settings.Options.PruneEvery, ct))
            return;

        var authorizations = services.GetRequiredService<IAuthorizationStore>();
        var rows = await InBatchesAsync(limit => authorizations.RemoveExpiredAsync(now, limit, ct), ct);

        // Removes clients that nobody approved, and clients that were approved once and not used since.
        var clients = 0;
        if (services.GetRequiredService<IClientStore>() is IClientRegistry registry)
        {
            var neverApproved = now - settings.Options.NeverApprovedClientLifetime;
            var unused = DateOnly.FromDateTime((now - settings.Options.UnusedClientLifetime).UtcDateTime);
            clients = await InBatchesAsync(limit => registry.RemoveUnusedAsync(neverApproved, unused, limit, ct), ct);
        }

        var spent = await InBatchesAsync(limit => tickets.RemoveExpiredAsync(limit, ct), ct);
        logger.Pruned(rows, clients, spent);
        Count("authorization", rows);
        Count("client", clients);
        Count("ticket", spent);
    }

    private static void Count(string kind, int removed) =>
        HqOAuth2Telemetry.Pruned.Add(removed, new KeyValuePair<string, object?>("kind", kind));

    private static async Task<int> InBatchesAsync(Func<int, ValueTask<int>> removeAsync, CancellationToken ct)
    {
        for (var total = 0; ; await Task.Delay(pause, ct))
        {
            var removed = await removeAsync(Batch);
            total += removed;
            if (removed < Batch)
                return total;
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken ct) =>
        await Task.Delay(delay, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
