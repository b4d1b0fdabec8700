using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Keeps the keys in memory up to date, so that no request has to: makes the next one when it is due, forgets retired ones.</summary>
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
                // The host stops. A start that failed disposes of the services too, so any exception can be the consequence.
                return;
            }
        }
    }
}
