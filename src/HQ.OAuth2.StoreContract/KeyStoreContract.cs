namespace HQ.OAuth2;

/// <summary>The promises of <see cref="IKeyStore"/>: every node signs with the same keys, and one of them makes the next.</summary>
public abstract class KeyStoreContract : StoreContract<IKeyStore>
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);

    /// <summary>An empty store; called before each test.</summary>
    protected abstract ValueTask<IKeyStore> CreateStoreAsync();

    private protected sealed override ValueTask<IKeyStore> OpenAsync() => CreateStoreAsync();

    [Test]
    public async Task An_empty_store_lists_nothing() => await ListsAsync("ListAsync of an empty store is empty");

    [Test]
    public async Task A_key_is_listed_exactly_as_it_was_added()
    {
        KeyRecord[] keys =
        [
            new("signing-1", Start, string.Concat(Enumerable.Repeat("CfDJ8_-/+=äö漢🦊", 300))),
            new("signing-2", Start.AddMilliseconds(1).AddYears(30), "žluťoučký 'quoted' \"twice\" \\ %_"),
            new("encryption-1", Start.AddYears(-50), "x"),
        ];
        foreach (var key in keys)
            await AddAsync(key);

        await ListsAsync("ListAsync returns every key as it was added", keys);
    }

    [Test]
    public async Task An_id_that_is_taken_is_refused_and_its_owner_unchanged()
    {
        var first = new KeyRecord("signing-1", Start, "first");
        await AddAsync(first);

        foreach (var node in Nodes)
        {
            var second = new KeyRecord("signing-1", Start.AddDays(1), "second");
            Assert.That(await node.TryAddAsync(second, default), Is.False, "TryAddAsync of an id that is taken answers false");
            await ListsAsync("TryAddAsync of an id that is taken leaves its owner unchanged", first);
        }
    }

    [Test]
    public async Task Ids_are_compared_ordinally()
    {
        KeyRecord[] keys = [new("signing-1", Start, "a"), new("Signing-1", Start, "b"), new("signing-1 ", Start, "c")];
        foreach (var key in keys)
            await AddAsync(key);

        await ListsAsync("TryAddAsync compares ids ordinally", keys);
        await Store.RemoveAsync("signing-1", default);
        await ListsAsync("RemoveAsync compares ids ordinally", keys[1], keys[2]);
    }

    [Test]
    public async Task Of_fifty_who_add_one_id_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var id = $"signing-{round}";
            var won = await RaceAsync(50, (node, i) => node.TryAddAsync(new(id, Start, $"{i}"), default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryAddAsync of one id exactly one answers true");
            foreach (var node in Nodes)
            {
                var found = (await node.ListAsync(default)).Where(k => k.Id == id).Select(k => k.Data);
                Assert.That(found, Is.EqualTo(new[] { $"{Array.IndexOf(won, true)}" }), "the key is the winner's");
            }
        }
    }

    [Test]
    public async Task A_removed_key_is_gone_and_removing_it_again_is_no_error()
    {
        var other = new KeyRecord("signing-2", Start, "other");
        await AddAsync(new("signing-1", Start, "first"));
        await AddAsync(other);

        await Store.RemoveAsync("signing-1", default);
        await ListsAsync("RemoveAsync removes the one key", other);
        foreach (var node in Nodes)
        {
            var failure = await FailureOfAsync(() => node.RemoveAsync("signing-1", default));
            Assert.That(failure, Is.Null, "RemoveAsync of a key that is gone is no error");
        }

        var anew = new KeyRecord("signing-1", Start.AddDays(1), "anew");
        await AddAsync(anew);
        await ListsAsync("a removed id can be added again", other, anew);
    }

    [Test]
    public async Task What_one_node_wrote_the_other_reads_at_once()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = new KeyRecord($"signing-{i}", Start.AddDays(i), $"{i}");
            Assert.That(await Node(i).TryAddAsync(key, default), Is.True, "TryAddAsync of a new id");
            Assert.That(Parts(await Node(i + 1).ListAsync(default)), Is.EqualTo(Parts([key])), "ListAsync shows what another node added");
            await Node(i + 1).RemoveAsync(key.Id, default);
            Assert.That(await Node(i).ListAsync(default), Is.Empty, "ListAsync shows that another node removed the key");
        }
    }

    [Test]
    public async Task A_cancelled_call_says_so_or_does_all_of_its_work()
    {
        var (key, other) = (new KeyRecord("signing-1", Start, "first"), new KeyRecord("signing-2", Start, "other"));
        await AddAsync(other);

        await CancelledAsync(
            "TryAddAsync",
            async ct =>
            {
                Assert.That(await Store.TryAddAsync(key, ct), Is.True, "TryAddAsync does its work or throws");
                await ListsAsync("TryAddAsync does its work or throws", key, other);
            }
        );
        await CancelledAsync(
            "RemoveAsync",
            async ct =>
            {
                await Store.RemoveAsync(other.Id, ct);
                Assert.That(
                    (await Store.ListAsync(default)).Select(k => k.Id),
                    Has.No.Member(other.Id),
                    "RemoveAsync does its work or throws"
                );
            }
        );
    }

    private async Task AddAsync(KeyRecord key) =>
        Assert.That(await Store.TryAddAsync(key, default), Is.True, $"TryAddAsync of the new id '{key.Id}'");

    private async Task ListsAsync(string promise, params KeyRecord[] expected)
    {
        foreach (var node in Nodes)
            Assert.That(Parts(await node.ListAsync(default)), Is.EquivalentTo(Parts(expected)), promise);
    }

    private static IEnumerable<(string Id, DateTimeOffset ActiveFrom, string Data)> Parts(IEnumerable<KeyRecord> keys) =>
        keys.Select(k => (k.Id, k.ActiveFrom, k.Data));
}
