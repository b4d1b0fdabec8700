using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace HQ.OAuth2;

/// <summary>The context of <c>UseSqlite</c> and <c>UsePostgreSql</c>, for hosts without a context of their own.</summary>
internal sealed class HqOAuth2DbContext(DbContextOptions<HqOAuth2DbContext> options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Tables.AddTo(modelBuilder, schema: null, collation: null);
        modelBuilder.Entity<DataProtectionKey>(key =>
        {
            key.ToTable("hq_data_protection_keys");
            key.Property(k => k.Id).HasColumnName("id");
            key.Property(k => k.FriendlyName).HasColumnName("friendly_name");
            key.Property(k => k.Xml).HasColumnName("xml");
        });
    }
}
