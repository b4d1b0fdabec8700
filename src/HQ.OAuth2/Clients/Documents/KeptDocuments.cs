using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// The metadata documents that a user has approved: what the back channel goes by, so that it fetches nothing. A registry keeps them as
/// clients of provenance <c>cimd</c>. For a host whose client store cannot add clients they are kept on the ticket store: one ticket in
/// each period of use, looked for in this period and the one before, so that there is no gap while the client is in use.
/// </summary>
internal sealed class KeptDocuments(IClientStore store, ITicketStore tickets, ServerSettings settings, TimeProvider time)
{
    // Who loses a write finds the other's next time; more rounds mean a broken store.
    private const int MaxRounds = 100;

    // Not shorter, so that changes of the setting below it keep every key. A change above it begins new keys: users connect again.
    private static readonly TimeSpan shortestPeriod = TimeSpan.FromDays(180);

    private TimeSpan Period =>
        settings.Options.UnusedClientLifetime > shortestPeriod ? settings.Options.UnusedClientLifetime : shortestPeriod;

    /// <summary>The document that is kept on the ticket store; null when there is none, or when the client store itself keeps documents.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        if (store is IClientRegistry || !ClientDocumentUrl.IsMeant(clientId, settings.Options))
            return null;
        var period = PeriodOf(time.GetUtcNow());
        return Read(clientId, period, await tickets.FindAsync(Key(clientId, period), ct))
            ?? Read(clientId, period - 1, await tickets.FindAsync(Key(clientId, period - 1), ct));
    }

    /// <summary>Keeps a document that a user has approved, or updates the one that is kept. What an administrator decided stays.</summary>
    /// <returns>The client as it is kept; with the moment it was first kept, which authorizations note.</returns>
    public async ValueTask<Client> KeepAsync(Client document, CancellationToken ct)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var kept = store is IClientRegistry registry
                ? await TryKeepAsync(registry, document, ct)
                : await TryKeepAsTicketAsync(document, ct);
            if (kept is not null)
                return kept;
        }

        throw new InvalidOperationException($"{store.GetType()} refused {MaxRounds} writes of one client.");
    }

    /// <summary>Notes that a client got a token on a day, so that it is not pruned.</summary>
    public async ValueTask NoteUseAsync(Client client, DateOnly day, CancellationToken ct)
    {
        if (store is IClientRegistry registry)
        {
            await registry.NoteUseAsync(client.ClientId, day, ct);
            return;
        }

        var period = PeriodOf(time.GetUtcNow());
        if (client.Provenance == ClientProvenance.Cimd && client.LastUsedOn < FirstDay(period))
            await tickets.TryAddAsync(Key(client.ClientId, period), client.ToJson(), End(period), ct);
    }

    private async ValueTask<Client?> TryKeepAsync(IClientRegistry registry, Client document, CancellationToken ct)
    {
        if (await registry.FindAsync(document.ClientId, ct) is not { } stored)
        {
            var first = document with { CreatedAt = Client.Stamp(time), LastUsedOn = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime) };
            return await registry.TryAddAsync(first, ct) ? first : null;
        }

        // Registered by hand meanwhile: the host's own entry counts.
        if (stored.Provenance != ClientProvenance.Cimd)
            return stored;
        var same = document.As(stored);
        if (same.ToJson() == stored.ToJson())
            return same;
        var next = same with { Version = stored.Version + 1 };
        return await registry.TryUpdateAsync(next, ct) ? next : null;
    }

    private async ValueTask<Client?> TryKeepAsTicketAsync(Client document, CancellationToken ct)
    {
        var period = PeriodOf(time.GetUtcNow());
        var key = Key(document.ClientId, period);
        var current = await tickets.FindAsync(key, ct);
        var known = Read(document.ClientId, period, current) ?? await FindAsync(document.ClientId, ct);
        var next = (known is null ? document with { CreatedAt = Client.Stamp(time) } : document.As(known)) with
        {
            LastUsedOn = FirstDay(period),
        };
        var json = next.ToJson();
        var isKept =
            current == json
            || (
                current is null
                    ? await tickets.TryAddAsync(key, json, End(period), ct)
                    : await tickets.TryReplaceAsync(key, current, json, ct)
            );
        return isKept ? next : null;
    }

    // A ticket says nothing about days; the period that it was found in does.
    private Client? Read(string clientId, long period, string? json)
    {
        try
        {
            return json is not null && Client.FromJson(json) is var client && client.ClientId == clientId
                ? client with
                {
                    LastUsedOn = FirstDay(period),
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A URL may be as long as a key of a ticket, and the period stands beside it.
    private static string Key(string clientId, long period) =>
        $"cimd:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(clientId)))}:{period}";

    private long PeriodOf(DateTimeOffset at) => at.UtcTicks / Period.Ticks;

    private DateOnly FirstDay(long period) => DateOnly.FromDateTime(new DateTime(period * Period.Ticks, DateTimeKind.Utc));

    private DateTimeOffset End(long period) => new((period + 2) * Period.Ticks, TimeSpan.Zero);
}
