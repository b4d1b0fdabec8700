using System.Text.RegularExpressions;
using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The model for databases that fold case and have short index keys: SQL Server, MySQL and MariaDB.</summary>
internal sealed class ShortIndexTests
{
    private static readonly string longest = string.Concat(Enumerable.Repeat("long", 200));

    [Test]
    public void On_sql_server_every_key_fits_900_bytes_and_every_index_1700()
    {
        using var context = new Host("Latin1_General_100_BIN2", options => options.UseSqlServer("Server=nowhere"));

        foreach (var (name, columns, isKey) in Indexes(context))
            // nvarchar has two bytes a character.
            columns.Sum(c => BytesOf(c, 2)).Should().BeLessThanOrEqualTo(isKey ? 900 : 1700, name);
        ExpectCollation(context, @"\[(id|subject|client_id|org|name_key|key|value)\] nvarchar\(\w+\)", "Latin1_General_100_BIN2");
    }

    [Test]
    public void On_mysql_and_mariadb_every_index_fits_3072_bytes_and_the_collation_is_in_the_script()
    {
        using var context = new Host("utf8mb4_nopad_bin", options => options.UseMySQL("Server=nowhere"));

        foreach (var (name, columns, _) in Indexes(context))
            columns.Sum(c => BytesOf(c, 4)).Should().BeLessThanOrEqualTo(3072, name);
        ExpectCollation(context, @"`(id|subject|client_id|org|name_key|key|value)` (varchar\(\d+\)|longtext)", "utf8mb4_nopad_bin");
    }

    [Test]
    public async Task Long_identifiers_are_kept_found_and_listed_exactly_on_mariadb()
    {
        await using var database = await TestDatabase.MariaDbAsync();
        await using var app = await TestApp.StartAsync(on: database);
        var rows = app.Services.GetRequiredService<IAuthorizationStore>();
        var clients = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        var tickets = app.Services.GetRequiredService<ITicketStore>();
        // The last three differ behind everything that a shortened column could show, in case, and in a space at the end.
        string[] ids = [longest, longest[..^1] + "G", longest[..^1] + "x", longest[..191], longest[..192], longest[..192] + " "];

        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            var row = new AuthorizationRecord($"{i:x32}", 1, id, id, app.Clock.Now.AddDays(1), "{}");
            await rows.AddAsync(row, default);
            (await rows.FindAsync(row.Id, default)).Should().Be(row);
            (await clients.TryAddAsync(Named(id), default)).Should().BeTrue();
            (await clients.TryAddAsync(Named(id), default)).Should().BeFalse();
            (await tickets.TryAddAsync(id, $"{i}", app.Clock.Now.AddMinutes(1), default)).Should().BeTrue();
        }

        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            (await rows.ListAsync(new(id, null), default)).Items.Single().Subject.Should().Be(id);
            (await rows.ListAsync(new(null, id), default)).Items.Single().ClientId.Should().Be(id);
            (await clients.FindAsync(id, default))!.ClientId.Should().Be(id);
            (await clients.ListAsync(new(org: id), default)).Items.Single().Org.Should().Be(id);
            (await tickets.FindAsync(id, default)).Should().Be($"{i}");
        }

        var listed = new List<string>();
        for (string? after = null; ; )
        {
            var page = await clients.ListAsync(new(limit: 2, after: after), default);
            listed.AddRange(page.Items.Select(c => c.ClientId));
            if ((after = page.Next) is null)
                break;
        }

        listed.Should().BeEquivalentTo(ids);
        app.Clock.Advance(TimeSpan.FromDays(2));
        (await tickets.RemoveExpiredAsync(100, default)).Should().Be(ids.Length);
        (await clients.RemoveUnusedAsync(app.Clock.Now, new(2026, 1, 1), 100, default)).Should().Be(ids.Length);

        static Client Named(string id) =>
            new()
            {
                ClientId = id,
                Org = id,
                Provenance = ClientProvenance.Dcr,
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                CreatedAt = DateTimeOffset.UnixEpoch,
            };
    }

    [Test]
    public void Different_texts_have_different_keys_and_the_key_of_a_key_is_the_key()
    {
        var pair = "🦊";
        string[] texts =
        [
            "",
            "a",
            "a ",
            " ",
            "  ",
            longest,
            longest + " ",
            longest[..191],
            longest[..192],
            longest[..126] + pair + longest,
            string.Concat(Enumerable.Repeat(pair, 400)),
            "a" + string.Concat(Enumerable.Repeat(pair, 399)),
        ];
        var keys = texts.Select(IndexText.Of).ToList();

        keys.Should().OnlyHaveUniqueItems().And.OnlyContain(k => k.Length <= IndexText.Length && !k.EndsWith(' '));
        keys.Select(IndexText.Of).Should().Equal(keys);
        foreach (var (text, key) in texts.Zip(keys))
        {
            (IndexText.Beside(text) ?? key).Should().Be(text);
            System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(key)).Should().Be(key, "no half of a pair is left");
        }
    }

    private static IEnumerable<(string Name, IReadOnlyList<IProperty> Columns, bool IsKey)> Indexes(DbContext context)
    {
        foreach (var type in context.GetService<IDesignTimeModel>().Model.GetEntityTypes())
        {
            yield return (type.GetTableName()!, type.FindPrimaryKey()!.Properties, true);
            foreach (var index in type.GetIndexes())
                yield return (index.GetDatabaseName()!, index.Properties, false);
        }
    }

    private static int BytesOf(IProperty column, int bytesOfACharacter) =>
        column.GetTypeMapping().Converter?.ProviderClrType == typeof(string) || column.ClrType == typeof(string)
            ? column.GetMaxLength()!.Value * bytesOfACharacter
            : 8;

    private static void ExpectCollation(DbContext context, string column, string collation)
    {
        var script = context.Database.GenerateCreateScript();
        var columns = Regex.Matches(script, column);
        columns.Should().HaveCountGreaterThanOrEqualTo(9);
        foreach (var match in columns.AsEnumerable())
            script[(match.Index + match.Length)..].Should().StartWith($" COLLATE {collation}", match.Value);
    }

    private sealed class Host(string collation, Action<DbContextOptionsBuilder> use) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => use(optionsBuilder);

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseHqOAuth2(collation: collation);
    }
}
