using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Fills the keys of names in once after an update, before the first consent page: without them no app would be known as an imitation.
/// Later starts find nothing to fill; they read the clients without a key once.
/// </summary>
internal sealed class NameKeysAtStart(OwnContext own, IOptions<HqOAuth2Options> options, ILogger<NameKeysAtStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
            return;
        try
        {
            if (await new EntityFrameworkClientRegistry(own).FillNameKeysAsync(cancellationToken) is > 0 and var filled)
                logger.NameKeysFilled(filled);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A database that is away now is away for everything; the next start goes on where this one ended.
            logger.NameKeysNotFilled(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
