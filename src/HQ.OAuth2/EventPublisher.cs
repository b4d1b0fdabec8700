using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Tells the host's listeners what has happened.</summary>
internal sealed class EventPublisher(IEnumerable<IOAuthEvents> listeners, TimeProvider time, ILogger<EventPublisher> logger)
{
    public async ValueTask PublishAsync(OAuthEvent happened)
    {
        foreach (var listener in listeners)
        {
            try
            {
                await listener.OnAsync(happened with { At = time.GetUtcNow() });
            }
            catch (Exception e)
            {
                // What happened is committed: no listener may take the answer away.
                logger.EventNotTaken(e, happened.GetType().Name, listener.GetType().Name);
            }
        }
    }
}
