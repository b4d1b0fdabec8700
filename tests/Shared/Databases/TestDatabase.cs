using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HQ.OAuth2.Tests;

/// <summary>A database of a test's own, empty at the start and gone at the end.</summary>
internal abstract class TestDatabase : IAsyncDisposable
{
    public const string NoPostgreSql = "HQ_TEST_PG is not set: ./test.sh starts PostgreSQL, or set it to a connection string";

    public abstract string ConnectionString { get; }

    /// <summary>The database of the kind that HQ_TEST_STORE names; null for the stores in memory.</summary>
    public static async Task<TestDatabase?> OfThisRunAsync() =>
        Environment.GetEnvironmentVariable("HQ_TEST_STORE") switch
        {
            null or "" or "memory" => null,
            "sqlite" => Sqlite(),
            "postgres" => await PostgreSqlAsync(),
            "postgres-serializable" => await PostgreSqlAsync(serializable: true),
            "mariadb" => await MariaDbAsync(),
            var other => throw new InvalidOperationException(
                $"HQ_TEST_STORE = {other} is unknown: use memory, sqlite, postgres, postgres-serializable or mariadb."
            ),
        };

    public static TestDatabase Sqlite() => new SqliteFile();

    /// <summary>A database on the server of HQ_TEST_PG; without it the test is skipped and says so.</summary>
    /// <param name="serializable">
    /// Whether every transaction is serializable: then the database ends some of them with 40001, as CockroachDB, YugabyteDB and Aurora DSQL do.
    /// </param>
    public static Task<TestDatabase> PostgreSqlAsync(bool serializable = false) => PostgreSqlDatabase.RentAsync(serializable);

    /// <summary>A database on the server of HQ_TEST_MARIADB; without it the test is skipped and says so.</summary>
    public static Task<TestDatabase> MariaDbAsync() => MariaDb.RentAsync();

    /// <summary>Drops what this run made on the servers of HQ_TEST_PG and HQ_TEST_MARIADB.</summary>
    public static async Task DropAllAsync()
    {
        await PostgreSqlDatabase.DropMadeAsync();
        await MariaDb.DropMadeAsync();
    }

    /// <summary>Lets a server keep everything in it.</summary>
    public abstract void Use(HqOAuth2Builder server);

    /// <summary>Drops every table, also those that tests before made.</summary>
    public virtual Task DropTablesAsync() => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();

    private sealed class SqliteFile : TestDatabase
    {
        private readonly string path = Path.Combine(Path.GetTempPath(), $"hq-test-{Guid.NewGuid():N}.db");

        public override string ConnectionString => $"Data Source={path}";

        public override void Use(HqOAuth2Builder server) => server.UseSqlite(ConnectionString);

        public override ValueTask DisposeAsync()
        {
            using (var connection = new SqliteConnection(ConnectionString))
                SqliteConnection.ClearPool(connection);
            foreach (var file in new[] { path, path + "-wal", path + "-shm" })
                File.Delete(file);
            return default;
        }
    }

    /// <summary>Making a database takes a while and emptying one does not, so they are used again.</summary>
    private sealed class PostgreSqlDatabase(string name, bool serializable) : TestDatabase
    {
        private static readonly string? server = Environment.GetEnvironmentVariable("HQ_TEST_PG");
        private static readonly ConcurrentBag<string> free = [];
        private static readonly ConcurrentBag<string> made = [];

        public override string ConnectionString =>
            new NpgsqlConnectionStringBuilder(server)
            {
                Database = name,
                MaxPoolSize = 20,
                Options = serializable ? "-c default_transaction_isolation=serializable" : null,
            }.ConnectionString;

        public override void Use(HqOAuth2Builder server) => server.UsePostgreSql(ConnectionString);

        public static async Task<TestDatabase> RentAsync(bool serializable)
        {
            if (string.IsNullOrEmpty(server))
                Assert.Ignore(NoPostgreSql);
            if (free.TryTake(out var name))
                return new PostgreSqlDatabase(name, serializable);
            name = $"hq_test_{Environment.ProcessId}_{Guid.NewGuid():N}";
            await ExecuteAsync(server!, $"create database {name}");
            made.Add(name);
            return new PostgreSqlDatabase(name, serializable);
        }

        public override Task DropTablesAsync() => ExecuteAsync(ConnectionString, "drop schema public cascade; create schema public");

        public override async ValueTask DisposeAsync()
        {
            const string empty = """
                do $$ begin
                  if to_regclass('hq_schema') is not null then
                    truncate hq_authorizations, hq_clients, hq_keys, hq_tickets, hq_data_protection_keys;
                  else
                    drop schema public cascade;
                    create schema public;
                  end if;
                end $$
                """;
            await ExecuteAsync(ConnectionString, empty);
            free.Add(name);
        }

        public static async Task DropMadeAsync()
        {
            NpgsqlConnection.ClearAllPools();
            foreach (var name in made)
                await ExecuteAsync(server!, $"drop database if exists {name} with (force)");
        }

        private static async Task ExecuteAsync(string connectionString, string sql)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
