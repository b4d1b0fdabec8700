using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
        script.Should().MatchRegex("subject character varying\\(800\\) COLLATE \"C\" NOT NULL");
        script.Should().MatchRegex("client_id character varying\\(800\\) COLLATE \"C\" NOT NULL");
    }

    private sealed class Chosen : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseNpgsql("Host=nowhere");

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseHqOAuth2(schema: "login", collation: "C");
    }
}
