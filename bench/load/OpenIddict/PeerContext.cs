using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2.Load.Peer;

/// <summary>OpenIddict's own tables by its own package.</summary>
internal sealed class PeerContext(DbContextOptions<PeerContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseOpenIddict();
}

internal static class PeerDatabase
{
    public static void UseDatabase(this OpenIddictCoreBuilder core, ServerArguments arguments)
    {
        core.Services.AddDbContextPool<PeerContext>(options =>
            _ = arguments.Store switch
            {
                "sqlite" => options.UseSqlite(arguments.Connection),
                "postgres" => options.UseNpgsql(arguments.Connection),
                var other => throw new ArgumentException($"There is no store {other}."),
            }
        );
        core.UseEntityFrameworkCore().UseDbContext<PeerContext>();
    }
}
