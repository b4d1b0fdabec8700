using HQ.OAuth2;
using Microsoft.Data.Sqlite;

namespace Extensions;

/// <summary>Authorizations in a table of the host's own.</summary>
internal sealed class AuthorizationTable(Database db) : IAuthorizationStore
{
    public async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) =>
        await db.ExecuteAsync(
            "insert into authorizations values (@id, @version, @subject, @client, @prune, @data)",
            ct,
            ("id", record.Id),
            ("version", record.Version),
            ("subject", record.Subject),
            ("client", record.ClientId),
            ("prune", record.PruneAfter.UtcTicks),
            ("data", record.Data)
        );

    public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
        (await db.QueryAsync("select * from authorizations where id = @id", Read, ct, ("id", id))).SingleOrDefault();

    // The swap: the version is a condition of the statement, and the number of changed rows is the answer. Never read first and then write.
    public async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) =>
        await db.ExecuteAsync(
            "update authorizations set version = @version, prune_after = @prune, data = @data where id = @id and version = @version - 1",
            ct,
            ("id", next.Id),
            ("version", next.Version),
            ("prune", next.PruneAfter.UtcTicks),
            ("data", next.Data)
        ) == 1;

    public async ValueTask RemoveAsync(string id, CancellationToken ct) =>
        await db.ExecuteAsync("delete from authorizations where id = @id", ct, ("id", id));

    public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
    {
        var conditions = new List<string>();
        if (by.Subject is not null)
            conditions.Add("subject = @subject");
        if (by.ClientId is not null)
            conditions.Add("client_id = @client");
        if (conditions.Count == 0)
            throw new ArgumentException("Name a subject, a client or both.", nameof(by));
        if (by.After is not null)
            conditions.Add("id > @after");
        var limit = Math.Clamp(by.Limit, 1, 1000);

        // One more than asked says whether there is another page.
        var rows = await db.QueryAsync(
            $"select * from authorizations where {string.Join(" and ", conditions)} order by id {(by.NewestFirst ? "desc" : "")} limit @limit",
            Read,
            ct,
            ("subject", by.Subject),
            ("client", by.ClientId),
            ("after", by.After),
            ("limit", limit + 1)
        );
        return new([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id : null);
    }

    public async ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        await db.ExecuteAsync(
            "delete from authorizations where id in (select id from authorizations where prune_after < @now order by prune_after limit @limit)",
            ct,
            ("now", now.UtcTicks),
            ("limit", limit)
        );

    private static AuthorizationRecord Read(SqliteDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt64(1),
            row.GetString(2),
            row.GetString(3),
            new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero),
            row.GetString(5)
        );
}
