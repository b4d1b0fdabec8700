using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace HQ.OAuth2.Durability;

/// <summary>A database of its own for one run, looked into directly, and gone afterwards.</summary>
internal sealed class Database : IAsyncDisposable
{
    private static readonly string[] jsonTables = ["hq_authorizations", "hq_clients"];

    private readonly Func<DbConnection> connect;
    private readonly Func<ValueTask> remove;

    private Database(StoreTarget target, Func<DbConnection> connect, Func<ValueTask> remove)
    {
        (Target, this.connect, this.remove) = (target, connect, remove);
    }

    public StoreTarget Target { get; }

    private bool IsMemory => Target.Provider == "memory";

    private bool IsSqlite => Target.Provider == "sqlite";

    public static Task<Database> NewAsync(string provider) =>
        provider switch
        {
            "postgres" => NewPostgresAsync(),
            "sqlite" => Task.FromResult(NewSqlite()),
            _ => Task.FromResult(new Database(new("memory", ""), () => throw new NotSupportedException(), () => default)),
        };

    public async Task<DbConnection> OpenAsync()
    {
        var connection = connect();
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Whether somebody else has come to it: its file is there, or a server process works for him.</summary>
    public async Task<bool> IsInUseAsync()
    {
        if (IsMemory)
            return true;
        await using var connection = connect();
        if (IsSqlite)
            return File.Exists(connection.DataSource);
        await connection.OpenAsync();
        return await CountAsync(connection, "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()") > 0;
    }

    public async Task<long> CountAsync(string table)
    {
        await using var connection = await OpenAsync();
        return await CountAsync(connection, table);
    }

    /// <summary>The database itself is whole: one schema, every row readable, no key twice, and SQLite finds no damage.</summary>
    public async Task CheckAsync(Tally tally, string when)
    {
        if (IsMemory)
            return;
        try
        {
            await using var connection = await OpenAsync();
            var schemas = await CountAsync(connection, "hq_schema");
            tally.Expect(schemas == 1, "hq_schema has one row", $"{when}: it has {schemas}");
            foreach (var table in jsonTables)
                await CheckDataAsync(connection, table, tally, when);
            // Keys of one kind are numbered: two with one time were made by two nodes at once.
            var doubles = await CountAsync(
                connection,
                "(select active_from from hq_keys where id like 'signing-%' group by active_from having count(*) > 1) d"
            );
            tally.Expect(doubles == 0, "racing nodes make one key of a kind", $"{when}: {doubles} times of hq_keys stand twice");
            if (!IsSqlite)
                return;
            await using var command = Command(connection, "pragma integrity_check");
            var verdict = (string?)await command.ExecuteScalarAsync();
            tally.Expect(verdict == "ok", "SQLite's integrity check is ok", $"{when}: {verdict}");
        }
        catch (DbException e)
        {
            tally.Violation("the database can be read", $"{when}: {e.Message}");
        }
    }

    public ValueTask DisposeAsync() => remove();

    private static async Task CheckDataAsync(DbConnection connection, string table, Tally tally, string when)
    {
        await using var command = Command(connection, $"select data from {table}");
        await using var rows = await command.ExecuteReaderAsync();
        for (var row = 1; await rows.ReadAsync(); row++)
        {
            try
            {
                JsonDocument.Parse(rows.GetString(0)).Dispose();
            }
            catch (Exception e) when (e is JsonException or InvalidCastException)
            {
                tally.Violation("every row's data is JSON", $"{when}: {table}, row {row}: {e.Message}");
            }
        }
    }

    private static async Task<long> CountAsync(DbConnection connection, string table)
    {
        await using var command = Command(connection, $"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // Table names and pragmas cannot be parameters; every text here is ours.
    public static DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static Database NewSqlite()
    {
        var folder = Directory.CreateTempSubdirectory("hq-durability-").FullName;
        var file = Path.Combine(folder, "oauth2.db");
        return new(
            new("sqlite", $"Data Source={file}"),
            // A pooled connection would hold the file of a database that is gone.
            () => new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False"),
            () =>
            {
                Directory.Delete(folder, recursive: true);
                return default;
            }
        );
    }

    private static async Task<Database> NewPostgresAsync()
    {
        var server =
            Environment.GetEnvironmentVariable("HQ_TEST_PG")
            ?? throw new ArgumentException("HQ_TEST_PG is not set: it names the PostgreSQL server to make databases on.");
        var name = $"hq_durability_{Guid.CreateVersion7():N}";
        await RunAsync(server, $"create database {name}");
        var own = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        return new(
            new("postgres", own),
            () => new NpgsqlConnection(new NpgsqlConnectionStringBuilder(own) { Pooling = false, CommandTimeout = 0 }.ConnectionString),
            async () => await RunAsync(server, $"drop database if exists {name} with (force)")
        );
    }

    private static async Task RunAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }
}
