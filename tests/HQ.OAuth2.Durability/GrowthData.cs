using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace HQ.OAuth2.Durability;

/// <summary>Fills a database with rows made after real ones: what the server wrote, with other ids, hashes and times.</summary>
internal static partial class GrowthData
{
    private const int Days = 180;

    public static async Task FillAsync(Database database, string clientId, string authorizationId, GrowthSize size)
    {
        await using var connection = (NpgsqlConnection)await database.OpenAsync();
        var now = DateTimeOffset.UtcNow;
        var clients = await FillClientsAsync(connection, clientId, size.Clients, now);
        await FillAuthorizationsAsync(connection, authorizationId, clients, size, now);
        await using var analyze = Database.Command(connection, "vacuum (analyze) hq_authorizations; vacuum (analyze) hq_clients");
        // Each statement by itself: a vacuum takes no transaction.
        foreach (var statement in analyze.CommandText.Split(';'))
        {
            await using var command = Database.Command(connection, statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<string[]> FillClientsAsync(NpgsqlConnection connection, string templateId, int count, DateTimeOffset now)
    {
        var (provenance, org, data) = await OneAsync(
            connection,
            "select provenance::text, org::text, data::text from hq_clients where client_id = @id",
            templateId
        );
        var ids = new string[count];
        await using var copy = await connection.BeginTextImportAsync(
            "copy hq_clients (client_id, provenance, org, created_at, last_used_on, data) from stdin"
        );
        for (var i = 0; i < count; i++)
        {
            ids[i] = "hqc_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
            var createdDaysAgo = Random.Shared.Next(Days);
            // A third was never used by anybody.
            var lastUsed = i % 3 == 0 ? @"\N" : Day(now.AddDays(-Random.Shared.Next(createdDaysAgo + 1)));
            await copy.WriteAsync(
                $"{ids[i]}\t{provenance}\t{org}\t{Time(now.AddDays(-createdDaysAgo))}\t{lastUsed}\t{data.Replace(templateId, ids[i], StringComparison.Ordinal)}\n"
            );
        }

        return ids;
    }

    private static async Task FillAuthorizationsAsync(
        NpgsqlConnection connection,
        string templateId,
        string[] clients,
        GrowthSize size,
        DateTimeOffset now
    )
    {
        var (version, _, data) = await OneAsync(
            connection,
            "select version::text, '', data::text from hq_authorizations where id = @id",
            templateId
        );
        var pieces = Hash().Split(data);
        var total = size.Authorizations + size.Expired;
        var row = new StringBuilder();
        await using var copy = await connection.BeginTextImportAsync(
            "copy hq_authorizations (id, version, subject, client_id, prune_after, data) from stdin"
        );
        for (var i = 0; i < total; i++)
        {
            // In the order in which they would have been made, as version 7 ids are.
            var madeAt = now.AddDays(-Days * (1 - (double)i / total));
            // Every so many rows one that is expired; the end of a row falls on a day's first moment.
            var isExpired = (long)i * size.Expired / total != (long)(i + 1) * size.Expired / total;
            var pruneAfter = now.AddDays(isExpired ? -Random.Shared.Next(1, 30) : Random.Shared.Next(2, Days));
            row.Clear()
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{Guid.CreateVersion7(madeAt):N}\t{version}\tuser-{Random.Shared.Next(size.Subjects)}\t"
                )
                .Append(CultureInfo.InvariantCulture, $"{clients[Random.Shared.Next(clients.Length)]}\t{Day(pruneAfter)} 00:00:00+00\t")
                .Append(pieces[0]);
            foreach (var piece in pieces.Skip(1))
                row.Append(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))).Append(piece);
            row.Append('\n');
            await copy.WriteAsync(row);
        }
    }

    // Ready for COPY's text format: NULL is \N, a backslash is doubled.
    private static async Task<(string, string, string)> OneAsync(NpgsqlConnection connection, string sql, string id)
    {
        await using var command = Database.Command(connection, sql);
        command.Parameters.Add(new NpgsqlParameter("id", id));
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            throw new NodeFailedException($"{id} is in no row: {sql}");
        string Text(int column) =>
            reader.IsDBNull(column) ? @"\N" : reader.GetString(column).Replace(@"\", @"\\", StringComparison.Ordinal);
        return (Text(0), Text(1), Text(2));
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture);

    // 32 bytes, as base64 inside a JSON string: a plus may be written as an escape, doubled for COPY.
    [GeneratedRegex(@"(?<="")(?:[A-Za-z0-9/_+-]|\\\\u002B){43}=?(?="")")]
    private static partial Regex Hash();
}
