using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>What a start says about its database.</summary>
internal sealed class StartTests
{
    [Test]
    public async Task A_database_that_cannot_be_reached_stops_the_start_with_the_fix()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "hq.db");
        var start = () => TestApp.StartAsync(parts: s => s.UseSqlite($"Data Source={path}"), inMemory: true);

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*UseSqlite*");
    }

    [Test]
    public async Task A_sqlite_file_that_cannot_be_written_is_told_by_its_path()
    {
        var folder = Directory.CreateTempSubdirectory("hq-start").FullName;
        var plain = Path.Combine(folder, "plain");
        await File.WriteAllTextAsync(plain, "");
        foreach (
            var (path, message) in new[]
            {
                (Path.Combine(folder, "missing", "hq.db"), $"the folder {Path.Combine(folder, "missing")} of the database"),
                (Path.Combine(plain, "hq.db"), $"the folder {plain} of the database"),
                (folder, $"{folder} is a folder"),
                ("/proc/hq.db", "/proc/hq.db or its folder cannot be written"),
            }
        )
        {
            var logs = new CapturedLogs();
            var start = () =>
                TestApp.StartAsync(
                    parts: s => s.UseSqlite($"Data Source={path}").PersistDataProtectionKeys(),
                    host: b => b.Logging.AddProvider(logs),
                    inMemory: true
                );

            (await start.Should().ThrowAsync<InvalidOperationException>())
                .Which.Message.Should()
                .Contain(message)
                .And.Contain("Data Source");
            logs.Lines.Should().NotContain(l => l.Contains("SqliteException"), "the first thing to read is the sentence");
        }

        Directory.Delete(folder, recursive: true);
    }

    [TestCase(true, "Development")]
    [TestCase(true, "Production")]
    [TestCase(false, "Production")]
    [NonParallelizable]
    public async Task A_container_whose_key_ring_ends_with_it_is_warned_about_at_its_first_start(bool isLost, string environment)
    {
        var before = Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER");
        Environment.SetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER", "true");
        try
        {
            await using var database = TestDatabase.Sqlite();
            await using var app = await TestApp.StartAsync(
                o => o.Clients.Clear(),
                s =>
                {
                    if (!isLost)
                        s.PersistDataProtectionKeys("test");
                },
                environment: environment,
                on: database
            );

            app.Logs.Lines.Count(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("runs in a container"))
                .Should()
                .Be(isLost ? 1 : 0);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER", before);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Shared_keys_under_this_machines_protection_are_warned_about_outside_development(bool shared)
    {
        await using var database = TestDatabase.Sqlite();
        await using var app = await TestApp.StartAsync(
            o => o.Clients.Clear(),
            s =>
            {
                if (shared)
                    s.PersistDataProtectionKeys("test");
            },
            environment: "Production",
            on: database
        );

        var warnings = app
            .Logs.Lines.Where(l => l.StartsWith("Warning HQ.OAuth2", StringComparison.Ordinal))
            .Where(l => l.Contains("Data Protection", StringComparison.Ordinal))
            .ToList();
        warnings.Should().HaveCount(shared ? 0 : 1);
        if (!shared)
            warnings[0].Should().Contain("PersistDataProtectionKeys");
    }

    [Test]
    public async Task The_database_that_is_named_last_counts()
    {
        await using var database = TestDatabase.Sqlite();
        await using var app = await TestApp.StartAsync(
            parts: s =>
                s.UsePostgreSql("Host=nowhere.invalid").UseSqlite("Data Source=/nowhere/hq.db").UseSqlite(database.ConnectionString),
            inMemory: true
        );

        (await app.TokensAsync("spa")).Status.Should().Be(200);
    }

    [Test]
    public void A_schema_and_a_collation_of_the_hosts_choice_are_in_its_model()
    {
        using var context = new Chosen();

        var script = context.Database.GenerateCreateScript();

        script.Should().Contain("CREATE TABLE login.hq_authorizations");
        script.Should().MatchRegex("subject character varying\\(192\\) COLLATE \"C\" NOT NULL");
        script.Should().MatchRegex("client_id character varying\\(192\\) COLLATE \"C\" NOT NULL");
    }

    private sealed class Chosen : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql("Host=nowhere");

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseHqOAuth2(schema: "login", collation: "C");
    }
}
