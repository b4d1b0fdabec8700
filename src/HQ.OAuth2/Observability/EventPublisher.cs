using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Writes what has happened to the log and the metrics, and tells the host's listeners.</summary>
internal sealed class EventPublisher(IEnumerable<IOAuthEvents> listeners, TimeProvider time, ILogger<EventPublisher> logger)
{
    /// <summary>
    /// Publishes an event after it is committed. It calls one listener after the other and awaits all of them together for a limited time;
    /// later ones are still called, but not awaited. What happened is committed, so no listener can take the answer away.
    /// </summary>
    public async ValueTask PublishAsync(OAuthEvent happened)
    {
        happened.At = time.GetUtcNow();
        Record(happened);
        Task? deadline = null;
        using var answered = new CancellationTokenSource();
        foreach (var listener in listeners)
        {
            deadline ??= Task.Delay(Patience.Longest, time, answered.Token);
            if (!await Patience.WaitAsync(() => TellAsync(listener, happened), deadline))
                logger.ListenerNotAwaited(happened.GetType().Name, listener.GetType().Name, Patience.Longest);
        }

        await answered.CancelAsync();
    }

    /// <summary>Logs what was left out of a client's description (RFC 7591 §3.2.1).</summary>
    public void RecordLeftOut(string clientId, string? clientName, IReadOnlyList<string> members) =>
        logger.LeftOut(clientId, clientName, members);

    private void Record(OAuthEvent happened)
    {
        switch (happened)
        {
            case OAuthEvent.AuthorizationGranted e:
                logger.Granted(e.AuthorizationId, e.Subject, e.ClientId, e.Scope);
                break;
            case OAuthEvent.AuthorizationChanged e:
                logger.AuthorizationChanged(e.AuthorizationId, e.Subject, e.ClientId, e.Scope, e.IsPaused, e.EndsAt);
                break;
            case OAuthEvent.AuthorizationRevoked { AuthorizationId: { } id, By: RevokedBy.Client } e:
                logger.Revoked(e.ClientId!, id);
                break;
            case OAuthEvent.AuthorizationRevoked { AuthorizationId: { } id } e:
                logger.RevokedOne(id, e.Subject!, e.ClientId!, e.By);
                break;
            case OAuthEvent.AuthorizationRevoked e:
                logger.RevokedAll(e.Count, e.Subject, e.ClientId, e.By);
                break;
            case OAuthEvent.TokenReplayed e:
                logger.Replayed(e.AuthorizationId, e.ClientId, e.Token);
                HqOAuth2Telemetry.Replays.Add(1, new KeyValuePair<string, object?>("token", e.Token));
                break;
            case OAuthEvent.RefreshTokenRetried e:
                logger.Retried(e.AuthorizationId, e.ClientId, e.Turn, e.LiveTurn);
                HqOAuth2Telemetry.Retries.Add(1);
                break;
            case OAuthEvent.ClientRegistered e:
                logger.Registered(e.ClientId, e.Provenance, e.Org, string.Join(' ', e.RedirectUris));
                break;
            case OAuthEvent.ClientChanged e:
                logger.ClientChanged(e.ClientId, nameof(OAuthEvent.ClientChanged));
                break;
            case OAuthEvent.ClientSecretRotated e:
                logger.ClientChanged(e.ClientId, nameof(OAuthEvent.ClientSecretRotated));
                break;
            case OAuthEvent.ClientRemoved e:
                logger.ClientRemoved(e.ClientId);
                break;
        }
    }

    // A listener that goes on may find that the services of the request are gone: that is logged too.
    private async Task TellAsync(IOAuthEvents listener, OAuthEvent happened)
    {
        try
        {
            await listener.OnAsync(happened);
        }
        catch (Exception e)
        {
            logger.EventNotTaken(e, happened.GetType().Name, listener.GetType().Name);
        }
    }
}
