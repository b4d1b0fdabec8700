using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// How many self-registered clients there may be, by this process's count: the stored ones are counted once a minute, its own are added. So
/// one process never exceeds the ceiling, and several do by what the others make in a minute at most.
/// </summary>
internal sealed class RegistrationCeiling(ServerSettings settings, TimeProvider time, ILogger<RegistrationCeiling> logger) : IDisposable
{
    private static readonly TimeSpan countFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan warnEvery = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim counting = new(1, 1);
    private readonly Lock places = new();
    private int stored;
    private int underway;
    private long made;
    private volatile ExceptionDispatchInfo? failed;
    private DateTimeOffset countedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset nextWarning = DateTimeOffset.MinValue;
    private DateTimeOffset nextError = DateTimeOffset.MinValue;

    /// <summary>Takes a place for a registration before it is made; false when there is none. After it call <see cref="Made"/>.</summary>
    public async ValueTask<bool> TryTakeAsync(IClientRegistry registry, CancellationToken ct)
    {
        var ceiling = settings.Options.Limits.SelfRegisteredClients;
        if (ceiling == 0)
            return true;
        await CountAsync(registry, ct);
        lock (places)
        {
            var count = stored + underway;
            if (count >= ceiling)
            {
                if (IsDue(ref nextError))
                    logger.TooManyClients(ceiling);
                return false;
            }

            underway++;
            if (count + 1 >= ceiling - ceiling / 5 && IsDue(ref nextWarning))
                logger.ManyClients(count + 1, ceiling);
            return true;
        }
    }

    /// <summary>After the registration of a place: it counts as stored, also when that failed, until the next count.</summary>
    public void Made()
    {
        if (settings.Options.Limits.SelfRegisteredClients == 0)
            return;
        lock (places)
        {
            underway--;
            stored++;
            made++;
        }
    }

    public void Dispose() => counting.Dispose();

    private async ValueTask CountAsync(IClientRegistry registry, CancellationToken ct)
    {
        if (IsCounted())
            return;
        var failedBefore = failed;
        await counting.WaitAsync(ct);
        try
        {
            if (IsCounted())
                return;
            // A count that failed while this caller waited failed for it too: a store that is away is not asked once for each of them.
            if (failed is { } other && other != failedBefore)
                other.Throw();
            await AskAsync(registry, ct);
        }
        finally
        {
            counting.Release();
        }
    }

    private async ValueTask AskAsync(IClientRegistry registry, CancellationToken ct)
    {
        long before;
        lock (places)
            before = made;
        try
        {
            var count = await registry.CountAsync(ClientProvenance.Dcr, ct);
            lock (places)
            {
                // What was made meanwhile may be in the count or not: too many for a minute rather than too few.
                stored = count + (int)(made - before);
                countedUntil = time.GetUtcNow() + countFor;
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Only what the store itself said: a caller who comes after the failure asks it anew.
            failed = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    private bool IsCounted()
    {
        lock (places)
            return time.GetUtcNow() < countedUntil;
    }

    private bool IsDue(ref DateTimeOffset next)
    {
        var now = time.GetUtcNow();
        if (now < next)
            return false;
        next = now + warnEvery;
        return true;
    }
}
