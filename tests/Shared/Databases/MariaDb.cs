using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace HQ.OAuth2.Tests;

/// <summary>A host's own context, as docs/storage.md has it for MariaDB.</summary>
internal sealed class MariaDbContext(DbContextOptions<MariaDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseHqOAuth2(collation: "utf8mb4_nopad_bin");
}

/// <summary>
/// MariaDB before 11.6 knows no alias in a DELETE of one table, which MySQL's provider writes: the same in the form for several tables.
/// </summary>
internal sealed class DeleteForMariaDb : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        const string delete = "DELETE FROM ";
        var text = command.CommandText;
        var alias = text.IndexOf(" AS ", StringComparison.Ordinal);
        if (text.StartsWith(delete, StringComparison.Ordinal) && alias > 0)
            command.CommandText = $"DELETE {text[(alias + 4)..].Split((char[])[' ', '\r', '\n'], 2)[0]} FROM {text[delete.Length..]}";
        return new(result);
    }
}

/// <summary>A database on the server of HQ_TEST_MARIADB, used again by the next test.</summary>
internal sealed class MariaDb(string name) : TestDatabase
{
    private const string Missing = "HQ_TEST_MARIADB is not set: ./test.sh starts MariaDB, or set it to a connection string";
    private static readonly string? server = Environment.GetEnvironmentVariable("HQ_TEST_MARIADB");
    private static readonly ConcurrentBag<string> free = [];
    private static readonly ConcurrentBag<string> made = [];

    public override string ConnectionString =>
        new MySqlConnectionStringBuilder(server) { Database = name, CharacterSet = "utf8mb4" }.ConnectionString;

    public override void Use(HqOAuth2Builder server)
    {
        server.Services.AddPooledDbContextFactory<MariaDbContext>(options =>
            options.UseMySQL(ConnectionString).AddInterceptors(new DeleteForMariaDb())
        );
        server.AddEntityFrameworkStores<MariaDbContext>();
    }

    public static async Task<TestDatabase> RentAsync()
    {
        if (string.IsNullOrEmpty(server))
            Assert.Ignore(Missing);
        if (free.TryTake(out var name))
            return new MariaDb(name);
        name = $"hq_test_{Environment.ProcessId}_{Guid.NewGuid():N}";
        await ExecuteAsync(server!, $"create database {name} character set utf8mb4");
        made.Add(name);
        var database = new MariaDb(name);
        await using var context = new MariaDbContext(
            new DbContextOptionsBuilder<MariaDbContext>().UseMySQL(database.ConnectionString).Options
        );
        await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        return database;
    }

    public override async ValueTask DisposeAsync()
    {
        await ExecuteAsync(
            ConnectionString,
            "delete from hq_authorizations; delete from hq_clients; delete from hq_keys; delete from hq_tickets"
        );
        free.Add(name);
    }

    public static async Task DropMadeAsync()
    {
        MySqlConnection.ClearAllPools();
        foreach (var name in made)
            await ExecuteAsync(server!, $"drop database if exists {name}");
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
