using HQ.OAuth2.AspNetCore.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>The schema of our own context: the scripts, and nodes that start together.</summary>
internal sealed class SchemaTests(Engine engine) : OnEachDatabase(engine)
{
    [Test]
    public async Task Nodes_that_start_together_make_the_schema_once()
    {
        await Database.DropTablesAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Update().RunAsync(default))));

        (await QueryAsync<int>("select version as \"Value\" from hq_schema")).Should().Equal(SchemaUpdate.Scripts(Scripts).Count);
        await Update().RunAsync(default);
    }

    [Test]
    public async Task The_scripts_make_what_the_model_says()
    {
        await Database.DropTablesAsync();
        await Update().RunAsync(default);

        await using var context = Context();
        var model = context.GetService<IDesignTimeModel>().Model;
        foreach (var type in model.GetEntityTypes())
        {
            var table = type.GetTableName()!;
            var expected = type.GetProperties().Select(p => $"{p.GetColumnName()} {StoreType(p)} {(p.IsNullable ? "null" : "not null")}");
            (await ColumnsAsync(table)).Should().BeEquivalentTo(expected, table);
            type.GetIndexes().Select(i => i.GetDatabaseName()).Should().BeSubsetOf(await IndexesAsync(table), table);
        }
    }

    [Test]
    public void A_script_of_an_update_only_adds_so_that_nodes_of_the_version_before_go_on()
    {
        // docs/upgrading.md: a new column is null or has a default, and an index refuses no row that an older node writes.
        foreach (var statement in SchemaUpdate.Scripts(Scripts).Skip(1).SelectMany(Statements))
            statement
                .Should()
                .MatchRegex(
                    "^(create table |create index |alter table \\w+ add column \\w+ [\\w()]+ (null|(not null )?default [^;]+)$)",
                    statement
                );

        static IEnumerable<string> Statements(string script) =>
            string.Join('\n', script.Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal)))
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    [Test]
    public async Task Clients_of_the_schema_before_get_a_version_and_the_key_of_their_name()
    {
        await Database.DropTablesAsync();
        var old = new Client
        {
            ClientId = "old",
            ClientName = "Garden",
            Type = ClientType.Public,
            TokenEndpointAuthMethod = "none",
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        await using (var context = Context())
        {
            await context.Database.ExecuteSqlRawAsync(SchemaUpdate.Scripts(Scripts)[0]);
            await context.Database.ExecuteSqlRawAsync(
                "create table hq_schema (version integer not null); insert into hq_schema values (1)"
            );
            await context.Database.ExecuteSqlRawAsync(
                "insert into hq_clients values ('old', 'api', null, '1970-01-01 00:00:00', null, {0}), ('dcr', 'dcr', null, '1970-01-01 00:00:00', null, {1})",
                old.ToJson().Replace("\"version\":1,", "", StringComparison.Ordinal),
                (old with { ClientId = "dcr", Provenance = ClientProvenance.Dcr }).ToJson()
            );
        }

        await using var app = await TestApp.StartAsync(on: Database);

        var registry = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        var found = await registry.ListAsync(new(provenance: ClientProvenance.Api) { NameKeys = [old.NameKey] }, default);
        found.Items.Single().ToJson().Should().Be(old.ToJson());
        (await registry.TryUpdateAsync(old with { Version = 2 }, default)).Should().BeTrue();
        (await registry.TryUpdateAsync(old with { Version = 2 }, default)).Should().BeFalse();
        app.Logs.Lines.Should().ContainSingle(l => l.Contains("names of 1 clients were filled in"));
        await using var again = await TestApp.StartAsync(on: Database);
        again.Logs.Lines.Should().NotContain(l => l.Contains("filled in"));
    }

    [Test]
    public async Task A_start_waits_for_another_that_is_at_it_and_goes_on_when_that_one_dies()
    {
        await Database.DropTablesAsync();
        var other = Context();
        await other.Database.BeginTransactionAsync();
        if (Engine != Engine.Sqlite)
            await other.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({SchemaUpdate.Lock})");
        await other.Database.ExecuteSqlAsync($"create table hq_schema (version integer not null)");

        var update = Task.Run(() => Update().RunAsync(default));
        (await Task.WhenAny(update, Task.Delay(500))).Should().NotBe(update);
        await other.DisposeAsync();

        await update.WaitAsync(TimeSpan.FromSeconds(20));
        (await QueryAsync<int>("select version as \"Value\" from hq_schema")).Should().ContainSingle();
    }

    [Test]
    public async Task A_server_that_is_off_touches_no_database()
    {
        await Database.DropTablesAsync();
        await using var app = await TestApp.StartAsync(o => o.Enabled = false, on: Database);

        (await TablesAsync()).Should().BeEmpty();
    }

    private string Scripts => Engine == Engine.Sqlite ? "Sqlite" : "PostgreSql";

    private SchemaUpdate Update() => new(new Factory(Context), NullLogger<SchemaUpdate>.Instance);

    private HqOAuth2DbContext Context()
    {
        var options = new DbContextOptionsBuilder<HqOAuth2DbContext>();
        _ =
            Engine == Engine.Sqlite
                ? options.UseSqlite(Database.ConnectionString).AddInterceptors(new SqlitePragmas(SqliteDurability.Full))
                : options.UseNpgsql(Database.ConnectionString);
        return new(options.Options);
    }

    private static string StoreType(IProperty property) =>
        property.GetColumnType(StoreObjectIdentifier.Create(property.DeclaringType, StoreObjectType.Table)!.Value)!.ToLowerInvariant();

    private Task<List<string>> ColumnsAsync(string table) =>
        QueryAsync<string>(
            Engine == Engine.Sqlite
                ? $"select name || ' ' || lower(type) || case \"notnull\" when 1 then ' not null' else ' null' end as \"Value\" from pragma_table_info('{table}')"
                : $"""
                select attname || ' ' || format_type(atttypid, atttypmod) || case attnotnull when true then ' not null' else ' null' end as "Value"
                from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped
                """
        );

    private Task<List<string>> IndexesAsync(string table) =>
        QueryAsync<string>(
            Engine == Engine.Sqlite
                ? $"select name as \"Value\" from sqlite_master where type = 'index' and tbl_name = '{table}'"
                : $"select indexname as \"Value\" from pg_indexes where tablename = '{table}'"
        );

    private Task<List<string>> TablesAsync() =>
        QueryAsync<string>(
            Engine == Engine.Sqlite
                ? "select name as \"Value\" from sqlite_master where name like 'hq_%'"
                : "select tablename as \"Value\" from pg_tables where tablename like 'hq_%'"
        );

    private async Task<List<T>> QueryAsync<T>(string sql)
    {
        await using var context = Context();
        return await context.Database.SqlQueryRaw<T>(sql).ToListAsync();
    }

    private sealed class Factory(Func<HqOAuth2DbContext> create) : IDbContextFactory<HqOAuth2DbContext>
    {
        public HqOAuth2DbContext CreateDbContext() => create();
    }
}
