using Microsoft.EntityFrameworkCore;

namespace CustomClientStore;

/// <summary>The host's own database: its table of apps, and beside it the tables of the authorization server.</summary>
internal sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    public DbSet<App> Apps => Set<App>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<App>().HasKey(a => a.Key);
        modelBuilder.UseHqOAuth2();
    }
}

/// <summary>An app as this host has known it since before it had an authorization server.</summary>
internal sealed class App
{
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string BcryptOfSecret { get; init; }

    /// <summary>Where it may be redirected to, one URI a line; empty for a service.</summary>
    public string Callbacks { get; init; } = "";
    public required DateTime AddedAt { get; init; }
    public bool IsBlocked { get; set; }
}
