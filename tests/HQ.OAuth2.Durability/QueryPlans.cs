using System.Data.Common;

namespace HQ.OAuth2.Durability;

/// <summary>How PostgreSQL runs the statements of a store on a full database.</summary>
internal static class QueryPlans
{
    public const string ExpiredIds = "select id from hq_authorizations where prune_after < now() order by prune_after limit 500";

    public static async Task PrintAsync(Database database, string authorizationId, Tally tally)
    {
        await using var connection = await database.OpenAsync();
        var subject = await TextAsync(connection, "select subject from hq_authorizations offset 1000 limit 1");
        var client = await TextAsync(connection, $"select client_id from hq_authorizations where subject = '{subject}' limit 1");
        var dcr = await TextAsync(connection, "select provenance::text from hq_clients limit 1");
        (string What, string Sql)[] statements =
        [
            ("find", $"select * from hq_authorizations where id = '{authorizationId}'"),
            ("swap", $"update hq_authorizations set version = version + 1, data = data where id = '{authorizationId}' and version > 0"),
            ("list by subject", $"select * from hq_authorizations where subject = '{subject}' order by id limit 101"),
            (
                "list by subject and client",
                $"select * from hq_authorizations where subject = '{subject}' and client_id = '{client}' order by id limit 101"
            ),
            ("expired rows, a batch", ExpiredIds),
            ("prune a batch", $"delete from hq_authorizations where id = any(array({ExpiredIds})) and prune_after < now()"),
            (
                "clients nobody ever approved",
                $"select client_id from hq_clients where provenance = '{dcr}' and last_used_on is null and created_at < now() - interval '7 days' order by last_used_on, created_at limit 500"
            ),
            (
                "clients unused for long",
                $"select client_id from hq_clients where provenance = '{dcr}' and last_used_on < current_date - 90 order by last_used_on, created_at limit 500"
            ),
        ];
        foreach (var (what, sql) in statements)
        {
            var plan = await ExplainAsync(connection, sql);
            Console.WriteLine($"\n{what}: {sql}\n{string.Join('\n', plan.Select(line => "    " + line))}");
            tally.Expect(
                !plan.Any(line => line.Contains("Seq Scan on hq_", StringComparison.Ordinal)),
                "no statement reads a whole table",
                what
            );
        }

        Console.WriteLine();
    }

    private static async Task<List<string>> ExplainAsync(DbConnection connection, string sql)
    {
        // An analyzed statement runs: nothing of it stays.
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = Database.Command(connection, $"explain (analyze, buffers) {sql}");
        command.Transaction = transaction;
        await using var rows = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await rows.ReadAsync())
            plan.Add(rows.GetString(0));
        return plan;
    }

    private static async Task<string> TextAsync(DbConnection connection, string sql)
    {
        await using var command = Database.Command(connection, sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
