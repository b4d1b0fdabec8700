using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Refreshes the keys in memory, so that no request has to do it: makes the next key when it is due, and drops retired ones.</summary>
internal sealed class KeyRefresh(TokenKeys keys, ServerSettings settings, TimeProvider time, ILogger<KeyRefresh> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Options.Enabled)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            // StartupCheck has just read them.
            await Task.Delay(settings.Options.CacheKeysFor, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                stoppingToken.ThrowIfCancellationRequested();
                await keys.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.KeysNotRefreshed(e);
            }
            catch (Exception)
            {
                // The host stops. A failed start disposes of the services too, so any exception is possible here.
                return;
            }
        }
    }
}
