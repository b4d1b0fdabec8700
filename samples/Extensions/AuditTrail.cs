using HQ.OAuth2;

namespace Extensions;

/// <summary>What happened, in a table: who allowed which client what, and who took it back.</summary>
internal sealed class AuditTrail(Database db) : IOAuthEvents
{
    public async ValueTask OnAsync(OAuthEvent happened)
    {
        var (subject, client, authorization) = happened switch
        {
            OAuthEvent.AuthorizationGranted e => (e.Subject, e.ClientId, e.AuthorizationId),
            OAuthEvent.AuthorizationRefused e => (e.Subject, e.ClientId, null),
            OAuthEvent.AuthorizationRevoked e => (e.Subject, e.ClientId, e.AuthorizationId),
            OAuthEvent.TokenReplayed e => (e.Subject, e.ClientId, e.AuthorizationId),
            OAuthEvent.ClientRegistered e => (null, e.ClientId, null),
            OAuthEvent.ClientChanged e => (null, e.ClientId, null),
            OAuthEvent.ClientRemoved e => (null, e.ClientId, null),
            OAuthEvent.ClientSecretRotated e => (null, e.ClientId, null),
            _ => ((string?)null, (string?)null, (string?)null),
        };
        // What clients do all the day is in the metrics.
        if (client is null && subject is null)
            return;
        await db.ExecuteAsync(
            "insert into audit values (@at, @event, @subject, @client, @authorization)",
            // The request may be over; the event is still to be written.
            CancellationToken.None,
            ("at", happened.At.UtcTicks),
            ("event", happened.GetType().Name),
            ("subject", subject),
            ("client", client),
            ("authorization", authorization)
        );
    }
}
