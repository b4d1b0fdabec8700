using System.Data;
using Npgsql;

namespace HQ.OAuth2;

/// <summary>
/// A database whose transactions are serializable ends some of them with 40001 (PostgreSQL when it is told to, CockroachDB, YugabyteDB and Aurora
/// DSQL always). Each test causes one: the store looks again. (The fixtures of StoreContractTests run on such a database too.)
/// </summary>
internal sealed class SerializationFailureTests
{
    private const string Data = "{}";

    // A transaction that reads a table from its beginning to its end has read every row of it.
    private const string ByIndex = "set enable_seqscan = off;";

    private readonly Nodes nodes = new(Engine.Serializable);
    private NpgsqlConnection other = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        var store = await nodes.OpenAsync<IAuthorizationStore>();
        foreach (var id in (string[])["x", "y"])
            await store.AddAsync(new(id, 1, "alice", "app", DateTimeOffset.UnixEpoch, Data), default);
        other = new(nodes.ConnectionString);
        await other.OpenAsync();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await other.DisposeAsync();
        await nodes.DisposeAsync();
    }

    [Test]
    public async Task A_write_that_another_transaction_disturbed_is_decided_anew()
    {
        var store = await nodes.OpenAsync<IAuthorizationStore>();
        var swaps = new Func<ValueTask<bool>>[]
        {
            () => store.TryUpdateAsync(new("x", 2, "alice", "app", DateTimeOffset.UnixEpoch, "swapped"), default),
            () => store.TryUpdateAsync(new("y", 2, "alice", "app", DateTimeOffset.UnixEpoch, "swapped"), default),
        };

        // Another transaction has changed x, but not its version, and y with its version.
        var answers = await DisturbedAsync(
            "update hq_authorizations set subject = 'bob' where id = 'x'; update hq_authorizations set version = 2 where id = 'y'",
            swaps
        );

        answers.Should().Equal(true, false);
        (await store.FindAsync("x", default))
            .Should()
            .Be(new AuthorizationRecord("x", 2, "bob", "app", DateTimeOffset.UnixEpoch, "swapped"));
        (await store.FindAsync("y", default))!.Data.Should().Be(Data);
    }

    [Test]
    public async Task A_removal_that_another_transaction_disturbed_happens()
    {
        var store = await nodes.OpenAsync<IAuthorizationStore>();

        await DisturbedAsync("update hq_authorizations set version = 7 where id = 'x'", [RemoveAsync]);

        (await store.FindAsync("x", default)).Should().BeNull();

        async ValueTask<bool> RemoveAsync()
        {
            await store.RemoveAsync("x", default);
            return true;
        }
    }

    [Test]
    public async Task Pruning_that_another_transaction_disturbed_leaves_what_lives_now()
    {
        var store = await nodes.OpenAsync<IAuthorizationStore>();
        var removed = 0;

        await DisturbedAsync("update hq_authorizations set prune_after = now() where id = 'x'", [PruneAsync]);

        removed.Should().Be(1);
        (await store.FindAsync("x", default)).Should().NotBeNull();

        async ValueTask<bool> PruneAsync()
        {
            removed = await store.RemoveExpiredAsync(DateTimeOffset.UnixEpoch.AddDays(1), 10, default);
            return true;
        }
    }

    [Test]
    public async Task An_insert_that_another_transaction_disturbed_finds_its_key_taken()
    {
        var tickets = await nodes.OpenAsync<ITicketStore>();
        var keys = await nodes.OpenAsync<IKeyStore>();
        var registry = (IClientRegistry)await nodes.OpenAsync<IClientStore>();
        var client = new Client
        {
            ClientId = "c",
            Type = ClientType.Public,
            TokenEndpointAuthMethod = "none",
        };

        var answers = await DisturbedAsync(
            """
            insert into hq_tickets values ('t', 'theirs', now() + interval '1 day');
            insert into hq_keys values ('k', now(), 'theirs');
            insert into hq_clients (client_id, version, provenance, created_at, data) values ('c', 1, 'dcr', now(), '{}')
            """,
            [
                () => tickets.TryAddAsync("t", "ours", DateTimeOffset.UtcNow.AddDays(1), default),
                () => keys.TryAddAsync(new("k", DateTimeOffset.UtcNow, "ours"), default),
                () => registry.TryAddAsync(client, default),
            ],
            // PostgreSQL names the key; others end the transaction.
            refused: "23505"
        );

        answers.Should().Equal(false, false, false);
        (await tickets.FindAsync("t", default)).Should().Be("theirs");
    }

    [Test]
    public async Task A_read_that_the_database_ended_is_done_again()
    {
        var store = await nodes.OpenAsync<IAuthorizationStore>();
        using var sent = new SqlCommands();
        var transaction = await other.BeginTransactionAsync(IsolationLevel.Serializable);
        // The other transaction read y before it was changed, so it comes before the change; our read does not see what it wrote, so it comes
        // before the other. But our read began after the change: no order is right.
        await ExecuteAsync(ByIndex + "select * from hq_authorizations where id = 'y'");
        await using (var change = new NpgsqlConnection(nodes.ConnectionString))
        {
            await change.OpenAsync();
            await ExecuteAsync(ByIndex, change);
            await ExecuteAsync("update hq_authorizations set data = 'changed' where id = 'y'", change);
        }

        await ExecuteAsync("lock table hq_authorizations in access exclusive mode");
        var read = Task.Run(() => store.FindAsync("x", default).AsTask());
        await OneWaitsAsync();
        await ExecuteAsync("update hq_authorizations set data = 'changed' where id = 'x'");
        await transaction.CommitAsync();

        (await read)!.Data.Should().Be("changed");
        sent.Refused("40001").Should().Be(1, "the database ended the first read");
    }

    // Runs the calls while another transaction has written and not committed; it commits when all of them wait for it.
    private async Task<bool[]> DisturbedAsync(string sql, Func<ValueTask<bool>>[] calls, string refused = "40001")
    {
        using var sent = new SqlCommands();
        var transaction = await other.BeginTransactionAsync(IsolationLevel.Serializable);
        await ExecuteAsync(sql);
        var answers = calls.Select(c => Task.Run(() => c().AsTask())).ToList();
        await OneWaitsAsync(calls.Length);
        await transaction.CommitAsync();
        var all = await Task.WhenAll(answers);
        sent.Refused(refused).Should().BePositive("the database ended the first try");
        return all;
    }

    private async Task OneWaitsAsync(int count = 1)
    {
        await using var observer = new NpgsqlConnection(nodes.ConnectionString);
        await observer.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            observer
        );
        for (var look = 0; look < 500; look++)
        {
            if ((long)(await command.ExecuteScalarAsync())! >= count)
                return;
            await Task.Delay(10);
        }

        Assert.Fail("nothing waits for the other transaction");
    }

    private async Task ExecuteAsync(string sql, NpgsqlConnection? connection = null)
    {
#pragma warning disable CA2100
        await using var command = new NpgsqlCommand(sql, connection ?? other);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
