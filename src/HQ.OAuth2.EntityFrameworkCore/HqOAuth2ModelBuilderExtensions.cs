using HQ.OAuth2;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Puts the tables of the authorization server into a host's own model.</summary>
public static class HqOAuth2ModelBuilderExtensions
{
    // The core lets no longer subject and client id in; short enough for an index of every database.
    private const int MaxKey = 800;

    private static readonly ValueConverter<DateTimeOffset, DateTime> utc = new(
        time => time.UtcDateTime,
        time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
    );

    /// <summary>Maps the four tables; call it in <c>OnModelCreating</c>, then add a migration.</summary>
    /// <param name="model">The host's model.</param>
    /// <param name="schema">The database schema of the tables; null = the model's own.</param>
    /// <param name="collation">
    /// A collation that compares text byte by byte, for a database that folds case by default (SQL Server:
    /// <c>Latin1_General_100_BIN2</c>; MySQL: <c>utf8mb4_bin</c>): identifiers are compared exactly (RFC 6749 §1.9). Null = the
    /// database's own, right for SQLite and PostgreSQL.
    /// </param>
    public static ModelBuilder UseHqOAuth2(this ModelBuilder model, string? schema = null, string? collation = null)
    {
        model.Entity<AuthorizationRow>(row =>
        {
            row.ToTable("hq_authorizations", schema).HasKey(r => r.Id);
            Key(row.Property(r => r.Id).HasColumnName("id").HasMaxLength(32));
            row.Property(r => r.Version).HasColumnName("version");
            Key(row.Property(r => r.Subject).HasColumnName("subject").HasMaxLength(MaxKey));
            Key(row.Property(r => r.ClientId).HasColumnName("client_id").HasMaxLength(MaxKey));
            row.Property(r => r.PruneAfter).HasColumnName("prune_after").HasConversion(utc);
            row.Property(r => r.Data).HasColumnName("data");
            // The id behind makes a page of a list one step through the index.
            row.HasIndex(r => new
                {
                    r.Subject,
                    r.ClientId,
                    r.Id,
                })
                .HasDatabaseName("hq_authorizations_by_subject");
            row.HasIndex(r => new { r.ClientId, r.Id }).HasDatabaseName("hq_authorizations_by_client");
            row.HasIndex(r => r.PruneAfter).HasDatabaseName("hq_authorizations_by_age");
        });
        model.Entity<ClientRow>(row =>
        {
            row.ToTable("hq_clients", schema).HasKey(r => r.ClientId);
            Key(row.Property(r => r.ClientId).HasColumnName("client_id").HasMaxLength(MaxKey));
            // Rows that were there before the column are at their first version.
            row.Property(r => r.Version).HasColumnName("version").HasDefaultValue(1L);
            row.Property(r => r.Provenance).HasColumnName("provenance").HasMaxLength(8);
            Key(row.Property(r => r.Org).HasColumnName("org").HasMaxLength(MaxKey));
            Key(row.Property(r => r.NameKey).HasColumnName("name_key").HasMaxLength(256));
            row.Property(r => r.CreatedAt).HasColumnName("created_at").HasConversion(utc);
            row.Property(r => r.LastUsedOn).HasColumnName("last_used_on");
            row.Property(r => r.Data).HasColumnName("data");
            row.HasIndex(r => new { r.Org, r.ClientId }).HasDatabaseName("hq_clients_by_org");
            row.HasIndex(r => new { r.NameKey, r.ClientId }).HasDatabaseName("hq_clients_by_name");
            row.HasIndex(r => new
                {
                    r.Provenance,
                    r.LastUsedOn,
                    r.CreatedAt,
                })
                .HasDatabaseName("hq_clients_by_use");
        });
        model.Entity<KeyRow>(row =>
        {
            row.ToTable("hq_keys", schema).HasKey(r => r.Id);
            Key(row.Property(r => r.Id).HasColumnName("id").HasMaxLength(40));
            row.Property(r => r.ActiveFrom).HasColumnName("active_from").HasConversion(utc);
            row.Property(r => r.Data).HasColumnName("data");
        });
        model.Entity<TicketRow>(row =>
        {
            row.ToTable("hq_tickets", schema).HasKey(r => r.Key);
            Key(row.Property(r => r.Key).HasColumnName("key").HasMaxLength(MaxKey));
            row.Property(r => r.Value).HasColumnName("value");
            row.Property(r => r.Until).HasColumnName("until").HasConversion(utc);
            row.HasIndex(r => r.Until).HasDatabaseName("hq_tickets_by_age");
        });
        return model;

        void Key<T>(PropertyBuilder<T> property)
        {
            if (collation is not null)
                property.UseCollation(collation);
        }
    }
}
