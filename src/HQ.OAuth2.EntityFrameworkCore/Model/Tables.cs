using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HQ.OAuth2;

/// <summary>The four tables of the authorization server in a model.</summary>
internal static class Tables
{
    // The core refuses longer subjects and client ids.
    private const int MaxKey = 800;

    // MySQL's own provider (MySql.EntityFrameworkCore) writes no other collation into its scripts.
    private const string MySqlCollation = "MySQL:Collation";

    private static readonly ValueConverter<string, string> indexText = new(text => IndexText.Of(text), key => key);

    private static readonly ValueConverter<DateTimeOffset, DateTime> utc = new(
        time => time.UtcDateTime,
        time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
    );

    private static readonly ValueConverter<DateOnly, DateTime> startOfDay = new(
        day => day.ToDateTime(TimeOnly.MinValue),
        time => DateOnly.FromDateTime(time)
    );

    public static ModelBuilder AddTo(ModelBuilder model, string? schema, string? collation)
    {
        model.Entity<AuthorizationRow>(row =>
        {
            row.ToTable("hq_authorizations", schema).HasKey(r => r.Id);
            Key(row.Property(r => r.Id).HasColumnName("id").HasMaxLength(32));
            row.Property(r => r.Version).HasColumnName("version");
            Long(row.Property(r => r.Subject).HasColumnName("subject"));
            Long(row.Property(r => r.ClientId).HasColumnName("client_id"));
            if (collation is null)
            {
                row.Ignore(r => r.LongSubject).Ignore(r => r.LongClientId);
            }
            else
            {
                row.Property(r => r.LongSubject).HasColumnName("long_subject").HasMaxLength(MaxKey);
                row.Property(r => r.LongClientId).HasColumnName("long_client_id").HasMaxLength(MaxKey);
            }

            row.Property(r => r.PruneAfter).HasColumnName("prune_after").HasConversion(utc);
            row.Property(r => r.Data).HasColumnName("data");
            // With the id at the end of the index a page of a list is one range of the index.
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
            Long(row.Property(r => r.ClientId).HasColumnName("client_id"));
            // Rows that are older than the column are at their first version.
            row.Property(r => r.Version).HasColumnName("version").HasDefaultValue(1L);
            row.Property(r => r.Provenance).HasColumnName("provenance").HasMaxLength(8);
            Long(row.Property(r => r.Org).HasColumnName("org"));
            Key(row.Property(r => r.NameKey).HasColumnName("name_key").HasMaxLength(256));
            row.Property(r => r.CreatedAt).HasColumnName("created_at").HasConversion(utc);
            var day = row.Property(r => r.LastUsedOn).HasColumnName("last_used_on");
            // MySQL's own provider cannot read a nullable DateOnly.
            if (collation is not null)
                day.HasConversion(startOfDay);
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
            Long(row.Property(r => r.Key).HasColumnName("key"));
            Key(row.Property(r => r.Value).HasColumnName("value"));
            row.Property(r => r.Until).HasColumnName("until").HasConversion(utc);
            row.HasIndex(r => r.Until).HasDatabaseName("hq_tickets_by_age");
        });
        return model;

        void Key(PropertyBuilder property)
        {
            if (collation is not null)
                property.HasAnnotation(RelationalAnnotationNames.Collation, collation).HasAnnotation(MySqlCollation, collation);
        }

        void Long(PropertyBuilder property)
        {
            property.HasMaxLength(collation is null ? MaxKey : IndexText.Length);
            if (collation is not null)
                property.HasConversion(indexText);
            Key(property);
        }
    }
}
