using System.Data.Common;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace HQ.OAuth2;

/// <summary>A server of the cluster shows and changes a row only after it has applied what the others committed before.</summary>
internal sealed class WaitForGalera : DbConnectionInterceptor
{
    // 1: SELECT, 2: UPDATE and DELETE, 4: INSERT.
    private const string Wait = "set session wsrep_sync_wait = 7";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Wait;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Wait;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A database on the servers of HQ_TEST_GALERA (connection strings, one a line); each node that is opened uses the next one.</summary>
internal sealed class GaleraDatabase : TestDatabase
{
    private const string Name = "hq_test_galera";

    private static bool isMade;

    private int opened;

    public static string[] Servers { get; } =
        (Environment.GetEnvironmentVariable("HQ_TEST_GALERA") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ConnectionString => Of(0);

    public override void Use(HqOAuth2Builder server)
    {
        var own = Of(opened++ % Servers.Length);
        server.Services.AddPooledDbContextFactory<MariaDbContext>(options =>
            options.UseMySQL(own).AddInterceptors(new DeleteForMariaDb(), new WaitForGalera())
        );
        server.AddEntityFrameworkStores<MariaDbContext>();
    }

    public static async Task<TestDatabase> OpenAsync()
    {
        var database = new GaleraDatabase();
        if (!isMade)
        {
            await ExecuteAsync(Servers[0], $"drop database if exists {Name}; create database {Name} character set utf8mb4");
            await using var context = new MariaDbContext(
                new DbContextOptionsBuilder<MariaDbContext>().UseMySQL(database.ConnectionString).Options
            );
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
            isMade = true;
        }

        return database;
    }

    public override async ValueTask DisposeAsync() =>
        await ExecuteAsync(
            ConnectionString,
            "set session wsrep_sync_wait = 7; delete from hq_authorizations; delete from hq_clients; delete from hq_keys; delete from hq_tickets"
        );

    private static string Of(int server) =>
        new MySqlConnectionStringBuilder(Servers[server])
        {
            Database = Name,
            CharacterSet = "utf8mb4",
            DefaultCommandTimeout = 10,
        }.ConnectionString;

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
