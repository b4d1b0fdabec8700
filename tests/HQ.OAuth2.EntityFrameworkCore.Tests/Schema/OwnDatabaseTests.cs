using HQ.OAuth2.AspNetCore.Tests;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>A context of the host's own: what a start says of its tables, and its Data Protection keys.</summary>
internal sealed class OwnDatabaseTests(Engine engine) : OnEachDatabase(engine)
{
    [Test]
    public async Task A_start_without_the_hosts_migration_names_the_commands()
    {
        await Database.DropTablesAsync();
        var start = () => StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>())
            .Which.Message.Should()
            .Contain("dotnet ef migrations add")
            .And.Contain("dotnet ef database update")
            .And.Contain("UseHqOAuth2()");
    }

    [Test]
    public async Task Data_protection_keys_live_in_the_hosts_context_by_the_call_that_the_error_names()
    {
        await Database.DropTablesAsync();
        var call = () => StartAsync(s => s.PersistDataProtectionKeys("app"));
        (await call.Should().ThrowAsync<InvalidOperationException>())
            .Which.Message.Should()
            .Contain("PersistKeysToDbContext<YourContext>()")
            .And.Contain("IDataProtectionKeyContext")
            .And.Contain("UseSqlite");

        using (var services = new ServiceCollection().AddDbContext<OwnDb>(Use).BuildServiceProvider())
        {
            var context = services.GetRequiredService<OwnDb>();
            await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        }

        await using var first = await StartAsync(Persist);
        var tokens = await first.TokensAsync("spa");
        await using var second = await StartAsync(Persist);

        (await second.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        second.Logs.Lines.Should().NotContain(l => l.Contains("PersistKeysToDbContext"));
        await using var scope = second.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<OwnDb>().DataProtectionKeys.CountAsync()).Should().Be(1);

        static void Persist(HqOAuth2Builder s) => s.Services.AddDataProtection().PersistKeysToDbContext<OwnDb>().SetApplicationName("app");
    }

    [Test]
    public async Task Columns_that_the_host_fills_when_it_saves_are_filled()
    {
        await Database.DropTablesAsync();
        using var services = new ServiceCollection().AddDbContext<TenantDb>(Use).BuildServiceProvider();
        var context = services.GetRequiredService<TenantDb>();
        await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        await using var app = await StartAsync<TenantDb>();

        var tokens = await app.RefreshAsync("spa", (await app.TokensAsync("spa")).RefreshToken());

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await context.Database.SqlQueryRaw<string>("select \"Tenant\" as \"Value\" from \"Allowed Apps\"").ToListAsync())
            .Should()
            .Equal("acme");
    }

    [Test]
    public async Task Names_that_the_host_gave_are_in_the_statements_of_a_login_and_a_refresh()
    {
        await Database.DropTablesAsync();
        using var services = new ServiceCollection().AddDbContext<RenamedDb>(Use).BuildServiceProvider();
        var context = services.GetRequiredService<RenamedDb>();
        await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        await using var app = await StartAsync<RenamedDb>();

        var tokens = await app.RefreshAsync("spa", (await app.TokensAsync("spa")).RefreshToken());

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await context.Database.SqlQueryRaw<long>("select \"Row Version\" as \"Value\" from \"Allowed Apps\"").ToListAsync())
            .Should()
            .Equal([3L], "one insert and two swaps");
    }

    private Task<TestApp> StartAsync(Action<HqOAuth2Builder>? parts = null) => StartAsync<OwnDb>(parts);

    private Task<TestApp> StartAsync<TContext>(Action<HqOAuth2Builder>? parts = null)
        where TContext : DbContext =>
        TestApp.StartAsync(
            parts: s =>
            {
                s.Services.AddDbContext<TContext>(Use);
                s.AddEntityFrameworkStores<TContext>();
                parts?.Invoke(s);
            },
            inMemory: true
        );

    private void Use(DbContextOptionsBuilder options)
    {
        if (Engine == Engine.Sqlite)
            options.UseSqlite(Database.ConnectionString).UseHqOAuth2SqlitePragmas();
        else
            options.UseNpgsql(Database.ConnectionString);
    }

    private sealed class OwnDb(DbContextOptions<OwnDb> options) : DbContext(options), IDataProtectionKeyContext
    {
        public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseHqOAuth2();
    }

    private class RenamedDb(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.UseHqOAuth2();
            modelBuilder.Entity<AuthorizationRow>().ToTable("Allowed Apps").Property(r => r.Version).HasColumnName("Row Version");
        }
    }

    private sealed class TenantDb(DbContextOptions<TenantDb> options) : RenamedDb(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
                entity.AddProperty("Tenant", typeof(string)).IsNullable = false;
        }

        public override Task<int> SaveChangesAsync(CancellationToken cancellationToken = default)
        {
            foreach (var added in ChangeTracker.Entries())
                added.Property("Tenant").CurrentValue = "acme";
            return base.SaveChangesAsync(cancellationToken);
        }
    }
}
