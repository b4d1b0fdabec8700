using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Tells the host's listeners what has happened.</summary>
internal sealed class EventPublisher(IEnumerable<IOAuthEvents> listeners, TimeProvider time, ILogger<EventPublisher> logger)
{
    /// <summary>
    /// One listener after the other, and no longer than the answer can wait for all of them: then each that is left is still called, and goes
    /// on by itself. What happened is committed, so no listener can take the answer away.
    /// </summary>
    public async ValueTask PublishAsync(OAuthEvent happened)
    {
        var told = happened with { At = time.GetUtcNow() };
        Task? deadline = null;
        using var answered = new CancellationTokenSource();
        foreach (var listener in listeners)
        {
            deadline ??= Task.Delay(Patience.Longest, time, answered.Token);
            if (!await Patience.WaitAsync(() => TellAsync(listener, told), deadline))
                logger.ListenerNotAwaited(told.GetType().Name, listener.GetType().Name, Patience.Longest);
        }

        await answered.CancelAsync();
    }

    // A listener that goes on may find that the services of the request are gone: that is logged too.
    private async Task TellAsync(IOAuthEvents listener, OAuthEvent told)
    {
        try
        {
            await listener.OnAsync(told);
        }
        catch (Exception e)
        {
            logger.EventNotTaken(e, told.GetType().Name, listener.GetType().Name);
        }
    }
}
