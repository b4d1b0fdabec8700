using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>Keys in <c>hq_keys</c>.</summary>
internal sealed class EntityFrameworkKeyStore(OwnContext own) : IKeyStore
{
    public async ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct) =>
        [.. (await own.ReadAsync(context => Rows(context).ToListAsync(ct))).Select(r => new KeyRecord(r.Id, r.ActiveFrom, r.Data))];

    public async ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) =>
        await own.TryInsertAsync(
            new KeyRow
            {
                Id = key.Id,
                ActiveFrom = key.ActiveFrom,
                Data = key.Data,
            },
            context => Rows(context).AnyAsync(r => r.Id == key.Id, ct),
            ct
        );

    public async ValueTask RemoveAsync(string id, CancellationToken ct) =>
        await own.WriteAsync(context => Rows(context).Where(r => r.Id == id).ExecuteDeleteAsync(ct), ct);

    private static IQueryable<KeyRow> Rows(DbContext context) => context.Set<KeyRow>().AsNoTracking();
}
