using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// Updates the schema of our own context at start: numbered scripts, each once, all in one transaction under the database's own lock. So nodes
/// that start together wait for each other, and a node that is killed leaves neither an incomplete schema nor a lock.
/// </summary>
internal sealed class SchemaUpdate(IDbContextFactory<HqOAuth2DbContext> contexts, ILogger<SchemaUpdate> logger)
{
    // Any number is right if no other program takes an advisory lock with it.
    internal const long Lock = 0x68712D6F61757468;

    public async Task RunAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var isSqlite = context.Database.IsSqlite();
        var scripts = Scripts(isSqlite ? "Sqlite" : "PostgreSql");
        await context.Database.OpenConnectionAsync(ct);
        var connection = context.Database.GetDbConnection();
        if (isSqlite)
            await ExecuteAsync(connection, "pragma journal_mode = wal", ct);
        // A normal start finds the schema up to date and takes no lock.
        if (await VersionAsync(connection, isSqlite, ct) >= scripts.Count)
            return;

        // On SQLite this is the write lock, on PostgreSQL the advisory one; both end with the connection, also when it breaks.
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!isSqlite)
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({Lock})"), ct);
        var version = await VersionAsync(connection, isSqlite, ct);
        if (version >= scripts.Count)
            return;
        if (version == 0)
            await ExecuteAsync(connection, "create table hq_schema (version integer not null); insert into hq_schema values (0)", ct);
        foreach (var script in scripts.Skip(version))
            await ExecuteAsync(connection, script, ct);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"update hq_schema set version = {scripts.Count}"), ct);
        await transaction.CommitAsync(ct);
        logger.SchemaUpdated(version, scripts.Count);
    }

    /// <summary>The scripts of a database, in their order.</summary>
    public static IReadOnlyList<string> Scripts(string database)
    {
        var assembly = typeof(SchemaUpdate).Assembly;
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(database, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }),
        ];
    }

    private static async Task<int> VersionAsync(DbConnection connection, bool isSqlite, CancellationToken ct)
    {
        var exists = isSqlite
            ? "select count(*) from sqlite_master where type = 'table' and name = 'hq_schema'"
            : "select count(*) from pg_catalog.pg_class where oid = to_regclass('hq_schema')";
        return Convert.ToInt64(await ScalarAsync(connection, exists, ct), CultureInfo.InvariantCulture) == 0
            ? 0
            : Convert.ToInt32(await ScalarAsync(connection, "select max(version) from hq_schema", ct), CultureInfo.InvariantCulture);
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(ct);
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }
}
