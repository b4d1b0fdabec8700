using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>Tickets in <c>hq_tickets</c>. An expired ticket counts as absent until it is pruned.</summary>
internal sealed class EntityFrameworkTicketStore(OwnContext own, TimeProvider time) : ITicketStore
{
    private static readonly KeyQuery<TicketRow> find = new(
        (context, key, ct) => context.Set<TicketRow>().AsNoTracking().FirstOrDefault(r => r.Key == key)
    );

    public async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
    {
        var row = new TicketRow
        {
            Key = key,
            Value = value,
            Until = until,
        };
        while (true)
        {
            if (await own.TryInsertAsync(row, context => Rows(context).AnyAsync(r => r.Key == key, ct), ct))
                return true;

            // A ticket with this key exists: if it has expired, one of the callers replaces it.
            var now = time.GetUtcNow();
            var replaced = await own.WriteAsync(
                context =>
                    Rows(context)
                        .Where(r => r.Key == key && r.Until <= now)
                        .ExecuteUpdateAsync(set => set.SetProperty(r => r.Value, value).SetProperty(r => r.Until, until), ct),
                ct
            );
            if (replaced == 1)
                return true;

            // Only a valid ticket is a conflict. If it was pruned or removed meanwhile, the ticket can be added now.
            if (await FindAsync(key, ct) is not null)
                return false;
        }
    }

    public async ValueTask<string?> FindAsync(string key, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return await own.ReadAsync(context => find.RunAsync(context, key, ct)) is { } row && row.Until > now ? row.Value : null;
    }

    public async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return await own.WriteAsync(
                context =>
                    Rows(context)
                        .Where(r => r.Key == key && r.Value == expected && r.Until > now)
                        .ExecuteUpdateAsync(set => set.SetProperty(r => r.Value, value), ct),
                ct
            ) == 1;
    }

    public async ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return await own.WriteAsync(context => Rows(context).Where(r => r.Key == key && r.Until > now).ExecuteDeleteAsync(ct), ct) == 1;
    }

    public async ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var keys = await own.ReadAsync(context =>
            Rows(context).Where(r => r.Until <= now).OrderBy(r => r.Until).Take(limit).Select(r => r.Key).ToListAsync(ct)
        );
        return keys.Count == 0
            ? 0
            : await own.WriteAsync(context => Rows(context).Where(r => keys.Contains(r.Key) && r.Until <= now).ExecuteDeleteAsync(ct), ct);
    }

    private static IQueryable<TicketRow> Rows(DbContext context) => context.Set<TicketRow>().AsNoTracking();
}
