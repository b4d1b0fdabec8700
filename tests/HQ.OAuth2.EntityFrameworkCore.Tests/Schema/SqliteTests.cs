using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>What is special about SQLite: one writer, and settings of each connection.</summary>
internal sealed class SqliteTests
{
    [TestCase(SqliteDurability.Full, 2)]
    [TestCase(SqliteDurability.Normal, 1)]
    public async Task A_connection_waits_for_other_writers_and_for_the_disk(SqliteDurability durability, int synchronous)
    {
        await using var database = TestDatabase.Sqlite();
        await using var app = await TestApp.StartAsync(parts: s => s.UseSqlite(database.ConnectionString, durability), inMemory: true);

        await using var context = await app.Services.GetRequiredService<IDbContextFactory<HqOAuth2DbContext>>().CreateDbContextAsync();
        (await PragmaAsync(context, "journal_mode")).Should().Be("wal");
        (await PragmaAsync(context, "synchronous")).Should().Be($"{synchronous}");
        (await PragmaAsync(context, "busy_timeout")).Should().Be("5000");
    }

    [TestCase(SqliteDurability.Full, 2)]
    [TestCase(SqliteDurability.Normal, 1)]
    public async Task A_context_of_the_hosts_own_gets_the_same_settings_by_one_call(SqliteDurability durability, int synchronous)
    {
        await using var database = TestDatabase.Sqlite();
        await using var context = new DbContext(
            new DbContextOptionsBuilder().UseSqlite(database.ConnectionString).UseHqOAuth2SqlitePragmas(durability).Options
        );

        (await PragmaAsync(context, "journal_mode")).Should().Be("wal");
        (await PragmaAsync(context, "synchronous")).Should().Be($"{synchronous}");
        (await PragmaAsync(context, "busy_timeout")).Should().Be("5000");
    }

    [Test]
    public async Task A_hundred_chains_at_two_nodes_are_refreshed_at_once()
    {
        await using var database = TestDatabase.Sqlite();
        await using var first = await TestApp.StartAsync(on: database);
        await using var second = await TestApp.StartAsync(on: database);
        var chains = new List<string>();
        for (var i = 0; i < 100; i++)
            chains.Add((await first.TokensAsync("spa")).RefreshToken());

        var answers = await Task.WhenAll(
            chains.Select((token, i) => Task.Run(() => (i % 2 == 0 ? first : second).RefreshAsync("spa", token)))
        );

        answers.Should().OnlyContain(a => a.Status == 200);
        answers.Select(a => a.RefreshToken()).Should().OnlyHaveUniqueItems();
    }

    private static async Task<string> PragmaAsync(DbContext context, string name)
    {
        await context.Database.OpenConnectionAsync();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "pragma " + name;
        return $"{await command.ExecuteScalarAsync()}";
    }
}
