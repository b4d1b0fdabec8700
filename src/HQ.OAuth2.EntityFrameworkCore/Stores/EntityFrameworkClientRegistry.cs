using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>Clients in <c>hq_clients</c>.</summary>
internal sealed class EntityFrameworkClientRegistry(OwnContext own) : IClientRegistry
{
    private static readonly KeyQuery<ClientRow> find = new(
        (context, id, ct) => context.Set<ClientRow>().AsNoTracking().FirstOrDefault(r => r.ClientId == id)
    );

    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        (await own.ReadAsync(context => find.RunAsync(context, clientId, ct)))?.ToClient();

    public async ValueTask<bool> TryAddAsync(Client client, CancellationToken ct)
    {
        var row = ClientRow.Of(client);
        return await own.TryInsertAsync(row, context => Rows(context).AnyAsync(r => r.ClientId == row.ClientId, ct), ct);
    }

    // The swap: the version is in the WHERE clause, and the database returns how many rows matched.
    public async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct)
    {
        var row = ClientRow.Of(next);
        return await own.WriteAsync(
                context =>
                    Rows(context)
                        .Where(r => r.ClientId == row.ClientId && r.Version == row.Version - 1)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(r => r.Version, row.Version)
                                    .SetProperty(r => r.Provenance, row.Provenance)
                                    .SetProperty(r => r.Org, row.Org)
                                    .SetProperty(r => r.NameKey, row.NameKey)
                                    .SetProperty(r => r.CreatedAt, row.CreatedAt)
                                    .SetProperty(r => r.Data, row.Data),
                            ct
                        ),
                ct
            ) == 1;
    }

    public async ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) =>
        await own.WriteAsync(context => Rows(context).Where(r => r.ClientId == clientId).ExecuteDeleteAsync(ct), ct) == 1;

    public async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        var limit = Math.Clamp(by.Limit, 1, 1000);
        var found = await own.ReadAsync(context =>
        {
            var rows = Rows(context);
            if (by.Org is { } org)
                rows = rows.Where(r => r.Org == org);
            if (by.Provenance is { } provenance)
            {
                var text = provenance.Name();
                rows = rows.Where(r => r.Provenance == text);
            }

            // Only api clients have a key here; a search for others does not use it.
            if (by.NameKeys is { } keys)
                rows = rows.Where(r => keys.Contains(r.NameKey));
            if (by.After is { } after)
                rows = rows.Where(r => string.Compare(r.ClientId, after) > 0);
            return rows.OrderBy(r => r.ClientId).Take(limit + 1).ToListAsync(ct);
        });
        Client[] page = [.. found.Take(limit).Select(r => r.ToClient())];
        return new(page, found.Count > limit ? page[^1].ClientId : null);
    }

    public async ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct)
    {
        var text = provenance.Name();
        return await own.ReadAsync(context => Rows(context).CountAsync(r => r.Provenance == text, ct));
    }

    /// <summary>Sets the name key of api clients that are older than the column. Returns how many.</summary>
    public async ValueTask<int> FillNameKeysAsync(CancellationToken ct)
    {
        // Almost every start ends here: this query is made in a fifth of the time that the one below takes.
        if (!await own.ReadAsync(context => Rows(context).AnyAsync(r => r.NameKey == null && r.Provenance == "api", ct)))
            return 0;
        var (filled, after) = (0, "");
        while (true)
        {
            var rows = await own.ReadAsync(context =>
                Rows(context)
                    .Where(r => r.NameKey == null && r.Provenance == "api" && string.Compare(r.ClientId, after) > 0)
                    .OrderBy(r => r.ClientId)
                    .Take(500)
                    .ToListAsync(ct)
            );
            if (rows.Count == 0)
                return filled;
            foreach (var row in rows)
            {
                var key = row.ToClient().NameKey;
                // An update has set it meanwhile.
                filled += await own.WriteAsync(
                    context =>
                        Rows(context)
                            .Where(r => r.ClientId == row.ClientId && r.NameKey == null)
                            .ExecuteUpdateAsync(set => set.SetProperty(r => r.NameKey, key), ct),
                    ct
                );
            }

            after = rows[^1].ClientId;
        }
    }

    public async ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct) =>
        await own.WriteAsync(
            context =>
                Rows(context)
                    .Where(r => r.ClientId == clientId && (r.LastUsedOn == null || r.LastUsedOn < day))
                    .ExecuteUpdateAsync(set => set.SetProperty(r => r.LastUsedOn, day), ct),
            ct
        );

    public async ValueTask<int> RemoveUnusedAsync(
        DateTimeOffset neverUsedAndMadeBefore,
        DateOnly lastUsedBefore,
        int limit,
        CancellationToken ct
    )
    {
        // Two ranges of one index for each provenance, read in index order.
        var removed = 0;
        foreach (var provenance in new[] { ClientProvenance.Dcr.Name(), ClientProvenance.Cimd.Name() })
        {
            removed += await RemoveAsync(rows => NeverUsed(rows, provenance, neverUsedAndMadeBefore), limit - removed, ct);
            removed += await RemoveAsync(rows => UsedBefore(rows, provenance, lastUsedBefore), limit - removed, ct);
        }

        return removed;
    }

    // Read the ids by the index, then remove by key if the client was not used meanwhile.
    private async ValueTask<int> RemoveAsync(Func<IQueryable<ClientRow>, IQueryable<ClientRow>> unused, int limit, CancellationToken ct)
    {
        if (limit <= 0)
            return 0;
        var ids = await own.ReadAsync(context =>
            unused(Rows(context)).OrderBy(r => r.LastUsedOn).ThenBy(r => r.CreatedAt).Take(limit).Select(r => r.ClientId).ToListAsync(ct)
        );
        return ids.Count == 0
            ? 0
            : await own.WriteAsync(context => unused(Rows(context).Where(r => ids.Contains(r.ClientId))).ExecuteDeleteAsync(ct), ct);
    }

    private static IQueryable<ClientRow> NeverUsed(IQueryable<ClientRow> rows, string provenance, DateTimeOffset madeBefore) =>
        rows.Where(r => r.Provenance == provenance && r.LastUsedOn == null && r.CreatedAt < madeBefore);

    private static IQueryable<ClientRow> UsedBefore(IQueryable<ClientRow> rows, string provenance, DateOnly day) =>
        rows.Where(r => r.Provenance == provenance && r.LastUsedOn < day);

    private static IQueryable<ClientRow> Rows(DbContext context) => context.Set<ClientRow>().AsNoTracking();
}
