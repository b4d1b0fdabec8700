using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>No step reads a whole table, by PostgreSQL's own count of sequential scans.</summary>
internal sealed class ScanTests
{
    [Test]
    public async Task No_statement_of_a_store_reads_a_whole_table()
    {
        await using var database = await TestDatabase.PostgreSqlAsync();
        // One connection, so that its counts are in when they are asked for.
        await using var app = await TestApp.StartAsync(
            parts: s => s.UsePostgreSql(database.ConnectionString + ";Maximum Pool Size=1"),
            inMemory: true
        );
        await using (var context = await ContextAsync(app))
            await context.Database.ExecuteSqlRawAsync(
                """
                insert into hq_authorizations
                  select md5(i::text), 1, 'user-' || i % 4000, 'client-' || i % 500, timestamptz '2026-11-24' + i % 300 * interval '1 day', '{{}}'
                  from generate_series(1, 20000) i;
                insert into hq_clients
                  select 'client-' || i, case when i % 100 = 0 then 'api' else 'dcr' end, 'org-' || i % 50, timestamptz '2026-11-24' - i % 200 * interval '1 hour',
                         case when i % 2 = 0 then date '2026-11-24' - i % 200 end,
                         '{{"client_id":"client-' || i || '","type":"Public","provenance":"Dcr","token_endpoint_auth_method":"none","created_at":0,"grant_types":[]}}'
                  from generate_series(1, 10000) i;
                insert into hq_tickets select 'ticket-' || i, '', timestamptz '2026-11-24' + i * interval '1 minute' from generate_series(1, 10000) i;
                update hq_clients set name_key = 'name-' || client_id where provenance = 'api';
                analyze;
                """
            );
        var before = await ScansAsync(app);

        var rows = app.Services.GetRequiredService<IAuthorizationStore>();
        var row = (await rows.ListAsync(new("user-7", null), default)).Items[0];
        (await rows.ListAsync(new(null, "client-7", 20), default)).Items.Should().HaveCount(20);
        (await rows.ListAsync(new(row.Subject, row.ClientId), default)).Items.Should().NotBeEmpty();
        (await rows.TryUpdateAsync((await rows.FindAsync(row.Id, default))! with { Version = 2 }, default)).Should().BeTrue();
        await rows.RemoveAsync(row.Id, default);
        (await rows.RemoveExpiredAsync(new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero), 100, default)).Should().Be(100);

        var clients = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        (await clients.TryUpdateAsync((await clients.FindAsync("client-7", default))! with { Version = 2 }, default)).Should().BeTrue();
        await clients.NoteUseAsync("client-9", new(2026, 11, 24), default);
        (await clients.ListAsync(new(org: "org-7", limit: 20), default)).Items.Should().HaveCount(20);
        (await clients.ListAsync(new(limit: 20), default)).Items.Should().HaveCount(20);
        (await clients.RemoveUnusedAsync(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), new(2026, 8, 1), 100, default)).Should().Be(100);
        (await clients.RemoveUnusedAsync(DateTimeOffset.MinValue, new(2026, 8, 1), 100, default)).Should().Be(100);

        var looks = await LooksByNameAsync(app);
        var named = new ClientFilter(provenance: ClientProvenance.Api, limit: 1) { NameKeys = ["name-client-700", "name-none"] };
        (await clients.ListAsync(named, default)).Items.Single().ClientId.Should().Be("client-700");
        (await LooksByNameAsync(app)).Should().BeGreaterThan(looks, "imitators are looked for by the index of names");

        var tickets = app.Services.GetRequiredService<ITicketStore>();
        await tickets.FindAsync("ticket-9000", default);
        (await tickets.RemoveExpiredAsync(100, default)).Should().Be(0, "the clock of the test is a day behind");
        (await tickets.TryAddAsync("ticket-9000", "", app.Clock.Now.AddYears(1), default)).Should().BeFalse();

        (await ScansAsync(app)).Should().Equal(before);
    }

    private static Task<HqOAuth2DbContext> ContextAsync(TestApp app) =>
        app.Services.GetRequiredService<IDbContextFactory<HqOAuth2DbContext>>().CreateDbContextAsync();

    private static async Task<long> LooksByNameAsync(TestApp app)
    {
        await using var context = await ContextAsync(app);
        await context.Database.ExecuteSqlRawAsync("select pg_stat_force_next_flush()");
        return await context
            .Database.SqlQueryRaw<long>("select idx_scan as \"Value\" from pg_stat_user_indexes where indexrelname = 'hq_clients_by_name'")
            .SingleAsync();
    }

    private static async Task<List<string>> ScansAsync(TestApp app)
    {
        await using var context = await ContextAsync(app);
        await context.Database.ExecuteSqlRawAsync("select pg_stat_force_next_flush()");
        return await context
            .Database.SqlQueryRaw<string>(
                """
                select relname || ' ' || seq_scan as "Value" from pg_stat_user_tables
                where relname in ('hq_authorizations', 'hq_clients', 'hq_tickets') order by relname
                """
            )
            .ToListAsync();
    }
}
