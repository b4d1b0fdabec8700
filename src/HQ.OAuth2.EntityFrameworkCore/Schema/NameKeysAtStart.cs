using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Sets the missing name keys of clients once after an update, before the first consent page: without them no app would be recognised as an
/// imitation. Later starts find no missing key; they read the clients without a key once.
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
            // An unreachable database fails every other request too; the next start continues.
            logger.NameKeysNotFilled(e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
