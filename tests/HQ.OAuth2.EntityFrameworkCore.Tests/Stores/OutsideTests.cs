using System.Transactions;
using HQ.OAuth2.AspNetCore.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>A host's context behind the stores: neither its transaction nor its pending entities have a part in what they write.</summary>
internal sealed class OutsideTests(Engine engine) : OnEachDatabase(engine)
{
    public enum Registration
    {
        Context,
        Pool,
        Factory,
        PooledFactory,
    }

    [Test]
    public async Task A_hosts_rollback_revives_no_spent_code_and_its_pending_entities_are_not_saved([Values] Registration how)
    {
        await Database.DropTablesAsync();
        await using var app = await StartAsync(how);

        // Every request runs in a transaction of the host's that is never completed, with an entity of the host's waiting in its context.
        var code = await app.CodeAsync("spa");
        var tokens = await app.RedeemAsync("spa", code);
        tokens.Status.Should().Be(200, tokens.Body);
        var refreshed = await app.RefreshAsync("spa", tokens.RefreshToken());
        refreshed.Status.Should().Be(200, refreshed.Body);
        (await app.IsActiveAsync(refreshed.AccessToken())).Should().BeTrue();

        using (var scope = app.Services.CreateScope())
            (await scope.ServiceProvider.GetRequiredService<HostContext>().Things.CountAsync()).Should().Be(0);

        (await app.RedeemAsync("spa", code)).ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(refreshed.AccessToken()))
            .Should()
            .BeFalse("the replay ended it, whatever became of the host's transaction");
    }

    private Task<TestApp> StartAsync(Registration how) =>
        TestApp.StartAsync(
            parts: server =>
            {
                Add(server.Services, how);
                server.AddEntityFrameworkStores<HostContext>();
            },
            host: builder =>
            {
                builder.Services.AddSingleton<IStartupFilter, EverythingIsRolledBack>();
                using var services = new ServiceCollection().AddDbContext<HostContext>(Use).BuildServiceProvider();
                using var context = services.GetRequiredService<HostContext>();
                context.Database.ExecuteSqlRaw(context.Database.GenerateCreateScript());
            },
            inMemory: true
        );

    private void Add(IServiceCollection services, Registration how)
    {
        _ = how switch
        {
            Registration.Context => services.AddDbContext<HostContext>(Use),
            Registration.Pool => services.AddDbContextPool<HostContext>(Use),
            Registration.Factory => services.AddDbContextFactory<HostContext>(Use),
            _ => services
                .AddPooledDbContextFactory<HostContext>(Use)
                .AddScoped(s => s.GetRequiredService<IDbContextFactory<HostContext>>().CreateDbContext()),
        };
    }

    private void Use(DbContextOptionsBuilder options)
    {
        if (Engine == Engine.Sqlite)
            options.UseSqlite(Database.ConnectionString);
        else
            options.UseNpgsql(Database.ConnectionString);
    }

    internal sealed class HostContext(DbContextOptions<HostContext> options) : DbContext(options)
    {
        public DbSet<Thing> Things => Set<Thing>();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.UseHqOAuth2();
            modelBuilder.Entity<Thing>().ToTable("things_of_the_host");
        }
    }

    internal sealed class Thing
    {
        public int Id { get; set; }
    }

    private sealed class EverythingIsRolledBack : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (http, rest) =>
                    {
                        using var transaction = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
                        http.RequestServices.GetRequiredService<HostContext>().Add(new Thing());
                        await rest(http);
                    }
                );
                next(app);
            };
    }
}
