using HQ.OAuth2;

namespace Extensions;

/// <summary>Tickets in a table of the host's own. A ticket whose time has passed counts as absent, whether it was removed or not.</summary>
internal sealed class TicketTable(Database db, TimeProvider time) : ITicketStore
{
    private long Now => time.GetUtcNow().UtcTicks;

    public async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
        await db.ExecuteAsync(
            """
            insert into tickets values (@key, @value, @until)
            on conflict (key) do update set value = @value, until = @until where tickets.until <= @now
            """,
            ct,
            ("key", key),
            ("value", value),
            ("until", until.UtcTicks),
            ("now", Now)
        ) == 1;

    public async ValueTask<string?> FindAsync(string key, CancellationToken ct) =>
        (
            await db.QueryAsync(
                "select value from tickets where key = @key and until > @now",
                row => row.GetString(0),
                ct,
                ("key", key),
                ("now", Now)
            )
        ).SingleOrDefault();

    public async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
        await db.ExecuteAsync(
            "update tickets set value = @value where key = @key and value = @expected and until > @now",
            ct,
            ("key", key),
            ("expected", expected),
            ("value", value),
            ("now", Now)
        ) == 1;

    public async ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) =>
        await db.ExecuteAsync("delete from tickets where key = @key and until > @now", ct, ("key", key), ("now", Now)) == 1;

    public async ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) =>
        await db.ExecuteAsync(
            "delete from tickets where key in (select key from tickets where until <= @now limit @limit)",
            ct,
            ("now", Now),
            ("limit", limit)
        );
}
