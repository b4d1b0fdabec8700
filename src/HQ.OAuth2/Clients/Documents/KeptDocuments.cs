using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// The metadata documents that a user has approved. The back channel uses them, so it fetches nothing. A registry stores them as clients of
/// provenance <c>cimd</c>. If the host's client store cannot add clients, the ticket store holds them: one ticket in each period of use. A
/// look-up reads the ticket of this period and of the one before, so that there is no gap while the client is in use.
/// </summary>
internal sealed class KeptDocuments(IClientStore store, ITicketStore tickets, ServerSettings settings, TimeProvider time)
{
    // A caller that loses a write finds the other one's document in the next round; more rounds mean a broken store.
    private const int MaxRounds = 100;

    // The period has this minimum, so that changes of the setting below it keep every key. A change above it starts new keys: users connect
    // again.
    private static readonly TimeSpan shortestPeriod = TimeSpan.FromDays(180);

    private TimeSpan Period =>
        settings.Options.UnusedClientLifetime > shortestPeriod ? settings.Options.UnusedClientLifetime : shortestPeriod;

    /// <summary>The document in the ticket store; null when there is none, or when the client store itself holds documents.</summary>
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        if (store is IClientRegistry || !ClientDocumentUrl.IsMeant(clientId, settings.Options))
            return null;
        var period = PeriodOf(time.GetUtcNow());
        return Read(clientId, period, await tickets.FindAsync(Key(clientId, period), ct)) ?? await FindBeforeAsync(clientId, period, ct);
    }

    /// <summary>Stores a document that a user has approved, or updates the stored one. The settings of an administrator stay.</summary>
    /// <returns>The stored client, with the time when it was first stored, which authorizations record.</returns>
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

    /// <summary>Records that a client got a token on a day, so that it is not pruned.</summary>
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

        // An administrator registered the client meanwhile: the host's own entry is used.
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
        var known = Read(document.ClientId, period, current) ?? await FindBeforeAsync(document.ClientId, period, ct);
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

    private async ValueTask<Client?> FindBeforeAsync(string clientId, long period, CancellationToken ct) =>
        Read(clientId, period - 1, await tickets.FindAsync(Key(clientId, period - 1), ct));

    // A ticket does not record the day of use; the period in which it was found does.
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

    // A URL may be as long as the key of a ticket, and the key also holds the period.
    private static string Key(string clientId, long period) =>
        $"cimd:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(clientId)))}:{period}";

    private long PeriodOf(DateTimeOffset at) => at.UtcTicks / Period.Ticks;

    private DateOnly FirstDay(long period) => DateOnly.FromDateTime(new DateTime(period * Period.Ticks, DateTimeKind.Utc));

    private DateTimeOffset End(long period) => new((period + 2) * Period.Ticks, TimeSpan.Zero);
}
