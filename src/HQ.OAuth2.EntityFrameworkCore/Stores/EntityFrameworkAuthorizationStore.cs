using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>Authorizations in <c>hq_authorizations</c>. Each step is one statement.</summary>
internal sealed class EntityFrameworkAuthorizationStore(OwnContext own) : IAuthorizationStore
{
    private static readonly KeyQuery<AuthorizationRow> find = new(
        (context, id, ct) => context.Set<AuthorizationRow>().AsNoTracking().FirstOrDefault(r => r.Id == id)
    );

    public async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) =>
        await own.WriteAsync(context => AuthorizationStatements.Of(context).InsertAsync(context, AuthorizationRow.Of(record), ct), ct);

    public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
        (await own.ReadAsync(context => find.RunAsync(context, id, ct)))?.ToRecord();

    public async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) =>
        await own.WriteAsync(context => AuthorizationStatements.Of(context).SwapAsync(context, next, ct), ct) == 1;

    public async ValueTask RemoveAsync(string id, CancellationToken ct) =>
        await own.WriteAsync(context => Rows(context).Where(r => r.Id == id).ExecuteDeleteAsync(ct), ct);

    public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
    {
        if (by is { Subject: null, ClientId: null })
            throw new ArgumentException("Name a subject, a client or both.", nameof(by));
        var limit = Math.Clamp(by.Limit, 1, 1000);
        var found = await own.ReadAsync(context =>
        {
            var rows = Rows(context);
            if (by.Subject is { } subject)
                rows = rows.Where(r => r.Subject == subject);
            if (by.ClientId is { } client)
                rows = rows.Where(r => r.ClientId == client);
            if (by.After is { } after)
                rows = rows.Where(r => string.Compare(r.Id, after) > 0);
            var ordered = by.NewestFirst ? rows.OrderByDescending(r => r.Id) : rows.OrderBy(r => r.Id);
            return ordered.Take(limit + 1).ToListAsync(ct);
        });
        return new([.. found.Take(limit).Select(r => r.ToRecord())], found.Count > limit ? found[limit - 1].Id : null);
    }

    // Read the ids by the index, then remove by key if the row is still expired: two short statements instead of one that locks every row it
    // reads.
    public async ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        var ids = await own.ReadAsync(context =>
            Rows(context).Where(r => r.PruneAfter < now).OrderBy(r => r.PruneAfter).Take(limit).Select(r => r.Id).ToListAsync(ct)
        );
        return ids.Count == 0
            ? 0
            : await own.WriteAsync(
                context => Rows(context).Where(r => ids.Contains(r.Id) && r.PruneAfter < now).ExecuteDeleteAsync(ct),
                ct
            );
    }

    private static IQueryable<AuthorizationRow> Rows(DbContext context) => context.Set<AuthorizationRow>().AsNoTracking();
}
