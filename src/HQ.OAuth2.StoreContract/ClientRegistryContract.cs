using System.Text.Json.Nodes;

namespace HQ.OAuth2;

/// <summary>
/// The promises of <see cref="IClientRegistry"/>. Anybody can register a client and every node notes its use, so adding, updating and
/// pruning meet each other here all the time.
/// </summary>
public abstract class ClientRegistryContract : StoreContract<IClientRegistry>
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 23);

    /// <summary>An empty registry; called before each test.</summary>
    protected abstract ValueTask<IClientRegistry> CreateStoreAsync();

    private protected sealed override ValueTask<IClientRegistry> OpenAsync() => CreateStoreAsync();

    [Test]
    public async Task A_client_is_found_with_every_member_as_it_was_added()
    {
        Client[] clients =
        [
            Everything(),
            New("defaults"),
            New("empty") with
            {
                GrantTypes = [],
                Scope = ScopeSet.Empty,
                RequirePkce = false,
            },
            New("unicode/ключ 漢🦊") with
            {
                ClientName = "Zoë 'quoted' \"twice\" \\ 漢字 🦊 \n 100%",
                Contacts = ["mailto:žofie@example.com"],
            },
            New("https://app.example.com/client.json") with
            {
                Provenance = ClientProvenance.Cimd,
            },
            New("used", ClientProvenance.Dcr) with
            {
                LastUsedOn = Today,
            },
        ];
        foreach (var client in clients)
            Assert.That(await Store.TryAddAsync(client, default), Is.True, $"TryAddAsync of the new id '{client.ClientId}'");

        foreach (var client in clients)
        {
            foreach (var node in Nodes)
                AssertClient(await node.FindAsync(client.ClientId, default), client, "FindAsync returns every member as it was added");
        }

        var listed = (await Second.ListAsync(new(), default)).Items;
        Assert.That(listed.Select(TextOf), Is.EquivalentTo(clients.Select(TextOf)), "ListAsync returns every member as it was added");
    }

    [Test]
    public async Task An_unknown_id_is_null()
    {
        await AddAsync("app");

        Assert.That(await Store.FindAsync("other", default), Is.Null, "FindAsync of an unknown id is null");
    }

    [Test]
    public async Task An_id_that_is_taken_is_refused_and_its_owner_unchanged()
    {
        var first = await AddAsync("app", c => c with { ClientName = "first", LastUsedOn = Today });

        foreach (var node in Nodes)
        {
            var second = Everything() with { ClientId = "app" };
            Assert.That(await node.TryAddAsync(second, default), Is.False, "TryAddAsync of an id that is taken answers false");
            AssertClient(await node.FindAsync("app", default), first, "TryAddAsync of an id that is taken leaves its owner unchanged");
        }
    }

    [Test]
    public async Task Ids_are_compared_ordinally()
    {
        string[] ids = ["app", "App", "APP", "app ", " app", "ap", "a%", "_pp", "äpp"];
        foreach (var id in ids)
        {
            Assert.That(await Store.FindAsync(id, default), Is.Null, $"FindAsync compares ids ordinally: '{id}'");
            Assert.That(await Store.TryAddAsync(Named(id), default), Is.True, $"TryAddAsync compares ids ordinally: '{id}' is another");
        }

        foreach (var id in ids)
            AssertClient(await Second.FindAsync(id, default), Named(id), $"FindAsync compares ids ordinally: '{id}'");
        Assert.That(await Store.TryRemoveAsync("app", default), Is.True, "TryRemoveAsync of a client that is there");
        foreach (var id in ids.Skip(1))
            AssertClient(await Second.FindAsync(id, default), Named(id), $"TryRemoveAsync compares ids ordinally: '{id}' is another");

        static Client Named(string id) => New(id) with { ClientName = $"name of '{id}'" };
    }

    [Test]
    public async Task Of_fifty_who_add_one_id_one_wins()
    {
        for (var round = 0; round < 3; round++)
        {
            var id = $"app-{round}";
            var won = await RaceAsync(50, (node, i) => node.TryAddAsync(New(id) with { ClientName = $"{i}" }, default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryAddAsync of one id exactly one answers true");
            foreach (var node in Nodes)
            {
                var found = await node.FindAsync(id, default);
                Assert.That(found?.ClientName, Is.EqualTo($"{Array.IndexOf(won, true)}"), "the client is the winner's");
            }
        }
    }

    [Test]
    public async Task An_update_never_inserts()
    {
        foreach (var version in new[] { 1, 2 })
        {
            var next = New("app") with { Version = version };
            Assert.That(await Store.TryUpdateAsync(next, default), Is.False, "TryUpdateAsync of no client answers false");
            Assert.That(await Store.FindAsync("app", default), Is.Null, "TryUpdateAsync never inserts");
        }

        var removed = await AddAsync("app");
        await Store.TryRemoveAsync("app", default);
        foreach (var node in Nodes)
        {
            Assert.That(await node.TryUpdateAsync(Next(removed), default), Is.False, "TryUpdateAsync of a removed client answers false");
            Assert.That(await node.FindAsync("app", default), Is.Null, "TryUpdateAsync never brings a client back");
        }
    }

    [Test]
    public async Task An_update_for_another_version_changes_nothing()
    {
        var client = await AddAsync("app", c => c with { Version = 7 });
        foreach (var node in Nodes)
        {
            foreach (var version in new[] { 0, 1, 6, 7, 9, 10, long.MaxValue })
            {
                var other = Everything() with { ClientId = "app", Version = version };
                Assert.That(
                    await node.TryUpdateAsync(other, default),
                    Is.False,
                    $"TryUpdateAsync with version {version} where 7 is stored answers false"
                );
                AssertClient(await node.FindAsync("app", default), client, "TryUpdateAsync for another version changes nothing");
            }
        }

        Assert.That(await Second.TryUpdateAsync(Next(client), default), Is.True, "TryUpdateAsync with the next version");
    }

    [Test]
    public async Task Of_fifty_who_update_one_version_one_wins()
    {
        var client = await AddAsync("app");
        for (var round = 0; round < 3; round++)
        {
            var next = Next(client);
            var won = await RaceAsync(50, (node, i) => node.TryUpdateAsync(next with { ClientName = $"{round}-{i}" }, default));

            Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryUpdateAsync with one version exactly one answers true");
            client = next with { ClientName = $"{round}-{Array.IndexOf(won, true)}" };
            foreach (var node in Nodes)
                AssertClient(await node.FindAsync("app", default), client, "the client is the winner's");
        }
    }

    [Test]
    public async Task A_client_removed_while_it_is_updated_stays_removed()
    {
        for (var round = 0; round < 10; round++)
        {
            var client = await AddAsync($"app-{round}");
            await RaceAsync(
                20,
                (node, i) =>
                    i == 10
                        ? node.TryRemoveAsync(client.ClientId, default)
                        : node.TryUpdateAsync(Next(client) with { ClientName = $"{i}" }, default)
            );
            foreach (var node in Nodes)
                Assert.That(await node.FindAsync(client.ClientId, default), Is.Null, "TryUpdateAsync never brings a removed client back");
        }
    }

    [Test]
    public async Task An_update_replaces_everything_except_the_day_of_the_last_use()
    {
        var (all, other) = (Everything(), await AddAsync("other"));
        var bare = New(all.ClientId) with { CreatedAt = all.CreatedAt.AddDays(1) };
        await Store.TryAddAsync(bare, default);
        var version = bare.Version;

        await UpdatesAsync(all with { LastUsedOn = Today }, null);
        await Store.NoteUseAsync(all.ClientId, Today, default);
        await UpdatesAsync(bare with { LastUsedOn = null }, Today);
        await UpdatesAsync(all with { LastUsedOn = Today.AddDays(-1) }, Today);
        await UpdatesAsync(bare with { LastUsedOn = Today.AddDays(1) }, Today);
        AssertClient(await Store.FindAsync("other", default), other, "TryUpdateAsync touches one client only");

        async Task UpdatesAsync(Client client, DateOnly? stays)
        {
            var next = client with { Version = ++version };
            Assert.That(await Store.TryUpdateAsync(next, default), Is.True, "TryUpdateAsync of a client that is there");
            foreach (var node in Nodes)
            {
                AssertClient(
                    await node.FindAsync(next.ClientId, default),
                    next with
                    {
                        LastUsedOn = stays,
                    },
                    "TryUpdateAsync replaces every member except LastUsedOn, which stays"
                );
            }
        }
    }

    [Test]
    public async Task An_updated_client_is_listed_by_what_it_is_now()
    {
        var client = await AddAsync("app", c => c with { Org = "before" });
        await Store.TryUpdateAsync(Next(client) with { Org = "after", Provenance = ClientProvenance.Dcr }, default);

        await ListsAsync(new("before"));
        await ListsAsync(new("after"), "app");
        await ListsAsync(new(provenance: ClientProvenance.Api));
        await ListsAsync(new(provenance: ClientProvenance.Dcr), "app");
    }

    [Test]
    public async Task An_update_and_a_use_at_the_same_time_lose_neither()
    {
        var client = await AddAsync("app");
        for (var round = 1; round <= 20; round++)
        {
            var next = Next(client) with { ClientName = $"{round}" };
            var day = Today.AddDays(round);
            await RaceAsync(
                4,
                async (node, i) =>
                {
                    if (i == round % 4)
                        Assert.That(await node.TryUpdateAsync(next, default), Is.True, "TryUpdateAsync while its use is noted");
                    else
                        await node.NoteUseAsync("app", day, default);
                    return true;
                }
            );

            client = next with { LastUsedOn = day };
            AssertClient(
                await Second.FindAsync("app", default),
                client,
                "TryUpdateAsync and NoteUseAsync at the same time lose neither what was updated nor the day"
            );
        }
    }

    [Test]
    public async Task A_client_is_removed_once()
    {
        var (_, other) = (await AddAsync("app"), await AddAsync("other"));

        var won = await RaceAsync(20, (node, _) => node.TryRemoveAsync("app", default));

        Assert.That(won.Count(w => w), Is.EqualTo(1), "of many TryRemoveAsync of one client exactly one answers true");
        foreach (var node in Nodes)
        {
            Assert.That(await node.FindAsync("app", default), Is.Null, "TryRemoveAsync removes");
            Assert.That(await node.TryRemoveAsync("app", default), Is.False, "TryRemoveAsync of no client answers false");
            AssertClient(await node.FindAsync("other", default), other, "TryRemoveAsync removes one client only");
        }
    }

    [Test]
    public async Task An_id_added_and_removed_at_once_is_there_as_often_as_it_was_added_and_not_removed()
    {
        var changes = await RaceAsync(
            8,
            async (node, i) =>
            {
                var sum = 0;
                for (var step = 0; step < 8; step++)
                {
                    if (i < 4)
                        sum += await node.TryAddAsync(New("app"), default) ? 1 : 0;
                    else
                        sum -= await node.TryRemoveAsync("app", default) ? 1 : 0;
                }

                return sum;
            }
        );

        var left = await Store.FindAsync("app", default) is null ? 0 : 1;
        Assert.That(changes.Sum(), Is.EqualTo(left), "TryAddAsync and TryRemoveAsync at the same time each say what they did");
    }

    [Test]
    public async Task What_one_node_wrote_the_other_reads_at_once()
    {
        var client = New("app");
        Assert.That(await Store.TryAddAsync(client, default), Is.True, "TryAddAsync of a new id");
        for (var i = 0; i < 20; i++)
        {
            AssertClient(await Node(i + 1).FindAsync("app", default), client, "FindAsync shows what another node wrote");
            client = Next(client) with { ClientName = $"{i}" };
            await Node(i).TryUpdateAsync(client, default);
        }

        await Store.TryRemoveAsync("app", default);
        Assert.That(await Second.FindAsync("app", default), Is.Null, "FindAsync shows that another node removed the client");
    }

    [Test]
    public async Task Clients_are_listed_by_organization_and_provenance()
    {
        await AddAsync("d");
        await AddAsync("b", c => c with { Provenance = ClientProvenance.Dcr });
        await AddAsync("c", c => c with { Provenance = ClientProvenance.Dcr, Org = "x" });
        await AddAsync("a", c => c with { Org = "x" });
        await AddAsync("e", c => c with { Org = "y" });

        await ListsAsync(new(), "a", "b", "c", "d", "e");
        await ListsAsync(new("x"), "a", "c");
        await ListsAsync(new(provenance: ClientProvenance.Dcr), "b", "c");
        await ListsAsync(new(provenance: ClientProvenance.Api), "a", "d", "e");
        await ListsAsync(new("x", ClientProvenance.Dcr), "c");
        await ListsAsync(new("y", ClientProvenance.Dcr));
        await ListsAsync(new("none"));
    }

    [Test]
    public async Task Clients_are_listed_by_the_keys_of_their_names()
    {
        await AddAsync("a", c => c with { ClientName = "Garden" });
        await AddAsync("b", c => c with { ClientName = "g a r d e n" });
        await AddAsync("c", c => c with { ClientName = "Garden", Provenance = ClientProvenance.Dcr });
        await AddAsync("garden");
        var changed = await AddAsync("e", c => c with { ClientName = "Kitchen" });
        var removed = await AddAsync("f", c => c with { ClientName = "Garden" });
        await Store.TryUpdateAsync(Next(changed) with { ClientName = "GARDEN!" }, default);
        await Store.TryRemoveAsync(removed.ClientId, default);

        var garden = New("x") with { ClientName = "Garden" };
        await ListsAsync(Named(garden), "a", "b", "e", "garden");
        await ListsAsync(Named(changed));
        await ListsAsync(Named(changed, garden, garden), "a", "b", "e", "garden");
        await ListsAsync(Named());

        static ClientFilter Named(params Client[] clients) =>
            new(provenance: ClientProvenance.Api) { NameKeys = [.. clients.Select(c => c.NameKey)] };
    }

    [Test]
    public async Task Clients_are_counted_by_provenance()
    {
        for (var i = 0; i < 3; i++)
            await AddAsync($"dcr-{i}", c => c with { Provenance = ClientProvenance.Dcr });
        await AddAsync("api");
        await Second.TryRemoveAsync("dcr-0", default);
        foreach (var node in Nodes)
        {
            Assert.That(await node.CountAsync(ClientProvenance.Dcr, default), Is.EqualTo(2), "CountAsync of dcr clients");
            Assert.That(await node.CountAsync(ClientProvenance.Api, default), Is.EqualTo(1), "CountAsync of api clients");
            Assert.That(await node.CountAsync(ClientProvenance.Cimd, default), Is.Zero, "CountAsync where there are none");
        }
    }

    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended_although_clients_come_and_go()
    {
        for (var i = 0; i < 12; i++)
            await AddAsync($"client-{i:d2}", c => c with { Org = "x" });
        var (seen, all) = (new List<string>(), Enumerable.Range(0, 12).Select(i => $"client-{i:d2}"));
        string? after = null;
        do
        {
            var page = await Store.ListAsync(new("x", limit: 3, after: after), default);
            Assert.That(page.Items, Has.Count.LessThanOrEqualTo(3), "ListAsync returns no more than its limit");
            seen.AddRange(page.Items.Select(c => c.ClientId));
            Assert.That(seen, Has.Count.LessThanOrEqualTo(40), "ListAsync comes to an end");
            after = page.Next;
            if (seen.Count > 9)
                continue;
            // The last client of a page is where the next one begins; it may be gone by then.
            await Second.TryRemoveAsync(page.Items[^1].ClientId, default);
            await AddAsync($"a-{seen.Count}", c => c with { Org = "x" });
            await AddAsync($"client-05-{seen.Count}", c => c with { Org = "x" });
        } while (after is not null);

        Assert.That(seen, Is.Unique, "ListAsync shows no client on two pages");
        Assert.That(all.Except(seen), Is.Empty, "ListAsync shows every client that was there when its page was made");
    }

    [TestCase(4, 2)]
    [TestCase(5, 2)]
    [TestCase(3, 3)]
    [TestCase(2, 3)]
    public async Task The_last_page_says_that_it_is_the_last(int clients, int limit)
    {
        for (var i = 0; i < clients; i++)
            await AddAsync($"{i}");

        var (seen, pages) = (0, 0);
        string? after = null;
        do
        {
            var page = await Store.ListAsync(new(limit: limit, after: after), default);
            (seen, pages, after) = (seen + page.Items.Count, pages + 1, page.Next);
        } while (after is not null && pages < 10);

        Assert.That(seen, Is.EqualTo(clients), "the pages of ListAsync together have every client once");
        Assert.That(pages, Is.EqualTo((clients + limit - 1) / limit), "Next is null on the last page, also when it is full");
    }

    [TestCase(0, 1)]
    [TestCase(-5, 1)]
    [TestCase(1, 1)]
    [TestCase(1000, 3)]
    [TestCase(int.MaxValue, 3)]
    public async Task The_limit_of_a_page_is_bounded(int limit, int count)
    {
        for (var i = 0; i < 3; i++)
            await AddAsync($"{i}");

        var page = await Store.ListAsync(new(limit: limit), default);

        Assert.That(page.Items, Has.Count.EqualTo(count), $"ListAsync takes a limit of {limit} as 1 to 1000");
    }

    [Test]
    public async Task The_day_of_the_last_use_moves_forward_only_and_nothing_else_moves()
    {
        var (client, other) = (Everything() with { LastUsedOn = null }, await AddAsync("other"));
        await Store.TryAddAsync(client, default);

        await NotesAsync(Today, Today);
        await NotesAsync(Today, Today);
        await NotesAsync(Today.AddDays(-1), Today);
        await NotesAsync(Today.AddDays(1), Today.AddDays(1));
        await NotesAsync(new(2400, 2, 29), new(2400, 2, 29));
        await NotesAsync(Today, new(2400, 2, 29));
        AssertClient(await Store.FindAsync("other", default), other, "NoteUseAsync touches one client only");

        async Task NotesAsync(DateOnly day, DateOnly then)
        {
            await Store.NoteUseAsync(client.ClientId, day, default);
            foreach (var node in Nodes)
            {
                AssertClient(
                    await node.FindAsync(client.ClientId, default),
                    client with
                    {
                        LastUsedOn = then,
                    },
                    "NoteUseAsync moves LastUsedOn forward to the day, never back, and touches nothing else"
                );
            }
        }
    }

    [Test]
    public async Task The_latest_of_many_uses_noted_at_once_stays()
    {
        await AddAsync("app");

        await RaceAsync(
            20,
            async (node, i) =>
            {
                await node.NoteUseAsync("app", Today.AddDays(i * 7 % 20), default);
                return true;
            }
        );

        var found = await Store.FindAsync("app", default);
        Assert.That(found?.LastUsedOn, Is.EqualTo(Today.AddDays(19)), "of many NoteUseAsync at once the latest day stays");
    }

    [Test]
    public async Task The_use_of_an_unknown_client_is_no_error_and_adds_none()
    {
        var failure = await FailureOfAsync(() => Store.NoteUseAsync("unknown", Today, default));

        Assert.That(failure, Is.Null, "NoteUseAsync of an unknown client is no error");
        Assert.That(await Store.FindAsync("unknown", default), Is.Null, "NoteUseAsync adds no client");
    }

    [Test]
    public async Task Unused_clients_are_removed_by_their_two_ages_and_none_of_the_hosts_own()
    {
        Client[] unused =
        [
            New("never-used", ClientProvenance.Dcr) with
            {
                CreatedAt = Start.AddMilliseconds(-1),
            },
            New("long-unused", ClientProvenance.Dcr) with
            {
                CreatedAt = Start.AddDays(-100),
                LastUsedOn = Today.AddDays(-1),
            },
            // Once it was used, when it was made has no part in it.
            New("made-late-and-long-unused", ClientProvenance.Dcr) with
            {
                CreatedAt = Start.AddDays(1),
                LastUsedOn = Today.AddDays(-100),
            },
        ];
        Client[] goes = [.. unused, .. unused.Select(c => c with { ClientId = $"cimd-{c.ClientId}", Provenance = ClientProvenance.Cimd })];
        Client[] stays =
        [
            New("made-just-now", ClientProvenance.Dcr) with
            {
                CreatedAt = Start,
            },
            New("used-on-the-day", ClientProvenance.Dcr) with
            {
                CreatedAt = Start.AddDays(-100),
                LastUsedOn = Today,
            },
            New("made-late", ClientProvenance.Dcr) with
            {
                CreatedAt = Start.AddDays(1),
            },
            .. unused.Select(c => c with { ClientId = $"api-{c.ClientId}", Provenance = ClientProvenance.Api }),
        ];
        foreach (var client in goes.Concat(stays))
            await Store.TryAddAsync(client, default);

        Assert.That(await Store.RemoveUnusedAsync(Start, Today, 100, default), Is.EqualTo(6), "RemoveUnusedAsync returns how many");

        foreach (var client in goes)
            Assert.That(await Second.FindAsync(client.ClientId, default), Is.Null, $"RemoveUnusedAsync removes '{client.ClientId}'");
        foreach (var client in stays)
            AssertClient(await Second.FindAsync(client.ClientId, default), client, $"RemoveUnusedAsync leaves '{client.ClientId}'");
        Assert.That(await Second.RemoveUnusedAsync(Start, Today, 100, default), Is.Zero, "RemoveUnusedAsync with nothing to remove");
    }

    [Test]
    public async Task No_more_unused_clients_are_removed_than_asked()
    {
        for (var i = 0; i < 3; i++)
        {
            await AddAsync($"never-{i}", c => c with { Provenance = ClientProvenance.Dcr, CreatedAt = Start.AddDays(-1) });
            await AddAsync($"long-{i}", c => c with { Provenance = ClientProvenance.Dcr, LastUsedOn = Today.AddDays(-1) });
        }

        var left = 6;
        foreach (var (limit, count) in new[] { (1, 1), (3, 3), (100, 2) })
        {
            Assert.That(
                await Store.RemoveUnusedAsync(Start, Today, limit, default),
                Is.EqualTo(count),
                $"RemoveUnusedAsync(limit: {limit}) where {left} are unused"
            );
            left -= count;
            Assert.That(
                (await Store.ListAsync(new(), default)).Items,
                Has.Count.EqualTo(left),
                "as many are gone as RemoveUnusedAsync says"
            );
        }
    }

    [Test]
    public async Task A_client_that_is_used_meanwhile_stays()
    {
        for (var i = 0; i < 20; i++)
            await AddAsync($"{i}", c => c with { Provenance = ClientProvenance.Dcr, CreatedAt = Start.AddDays(-1) });
        await AddAsync("used-before", c => c with { Provenance = ClientProvenance.Dcr, CreatedAt = Start.AddDays(-1) });
        await Second.NoteUseAsync("used-before", Today, default);

        var (removed, used) = (0, new HashSet<string>());
        await RaceAsync(
            2,
            async (node, i) =>
            {
                if (i == 0)
                {
                    removed = await node.RemoveUnusedAsync(Start, Today, 100, default);
                    return true;
                }

                for (var client = 19; client >= 0; client--)
                {
                    await node.NoteUseAsync($"{client}", Today, default);
                    // Seen with its new day, it was still there when it was used.
                    if (await node.FindAsync($"{client}", default) is { LastUsedOn: { } day } && day == Today)
                        used.Add($"{client}");
                }

                return true;
            }
        );

        foreach (var id in used.Append("used-before"))
        {
            var found = await Store.FindAsync(id, default);
            Assert.That(found?.LastUsedOn, Is.EqualTo(Today), $"RemoveUnusedAsync leaves a client that is used meanwhile: '{id}'");
        }

        var left = (await Store.ListAsync(new(), default)).Items.Count;
        Assert.That(removed + left, Is.EqualTo(21), "RemoveUnusedAsync returns how many it removed");
    }

    [Test]
    public async Task Nodes_that_prune_at_once_remove_every_client_once()
    {
        for (var i = 0; i < 20; i++)
            await AddAsync($"{i}", c => c with { Provenance = ClientProvenance.Dcr, CreatedAt = Start.AddDays(-1) });

        var removed = await RaceAsync(4, (node, _) => node.RemoveUnusedAsync(Start, Today, 8, default));

        var left = (await Store.ListAsync(new(), default)).Items.Count;
        Assert.That(removed, Has.All.LessThanOrEqualTo(8), "RemoveUnusedAsync removes no more than its limit");
        Assert.That(removed.Sum() + left, Is.EqualTo(20), "the counts of RemoveUnusedAsync on several nodes add up");
    }

    [Test]
    public async Task A_cancelled_call_says_so_or_does_all_of_its_work()
    {
        var client = await AddAsync("app");
        var next = Everything() with { ClientId = "app", LastUsedOn = null, Version = client.Version + 1 };

        await CancelledAsync(
            "TryAddAsync",
            async ct =>
            {
                Assert.That(await Store.TryAddAsync(New("new"), ct), Is.True, "TryAddAsync does its work or throws");
                AssertClient(await Store.FindAsync("new", default), New("new"), "TryAddAsync does its work or throws");
            }
        );
        await CancelledAsync(
            "TryUpdateAsync",
            async ct => Assert.That(await Store.TryUpdateAsync(next, ct), Is.True, "TryUpdateAsync does its work or throws")
        );
        Assert.That(
            TextOf(await Store.FindAsync("app", default)),
            Is.EqualTo(TextOf(client)).Or.EqualTo(TextOf(next)),
            "TryUpdateAsync replaces all of a client or nothing"
        );
        await CancelledAsync(
            "TryRemoveAsync",
            async ct =>
            {
                Assert.That(await Store.TryRemoveAsync("app", ct), Is.True, "TryRemoveAsync does its work or throws");
                Assert.That(await Store.FindAsync("app", default), Is.Null, "TryRemoveAsync does its work or throws");
            }
        );
    }

    private static Client Next(Client client) => client with { Version = client.Version + 1 };

    private static Client New(string id, ClientProvenance provenance = ClientProvenance.Api) =>
        new()
        {
            ClientId = id,
            Type = ClientType.Public,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
            Provenance = provenance,
            CreatedAt = Start,
        };

    /// <summary>No member has the value that a forgotten column would give.</summary>
    private static Client Everything()
    {
        var typed = new Client
        {
            ClientId = "everything",
            Type = ClientType.Confidential,
            Provenance = ClientProvenance.Dcr,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.ClientSecretPost,
            Secrets =
            [
                new() { Hash = "$2a$04$abcdefghijklmnopqrstuuO1u3dVv9y0k1VhN1n9J9m1cI9Qp0b3e", ExpiresAt = Start.AddDays(1) },
                new() { Hash = "$2b$04$bcdefghijklmnopqrstuvuO1u3dVv9y0k1VhN1n9J9m1cI9Qp0b3e" },
            ],
            RedirectUris = ["https://app.example.com/cb?x=1", "http://127.0.0.1/cb", "com.example.app:/cb"],
            GrantTypes = [OAuthGrantTypes.ClientCredentials, OAuthGrantTypes.RefreshToken],
            Scope = ScopeSet.Of("read", "write"),
            Version = 7,
            Org = "Örg-1",
            CreatedAt = Start.AddMilliseconds(321),
            LastUsedOn = Today.AddDays(-3),
            Disabled = true,
            Trusted = true,
            RequirePkce = true,
            Introspects = ["https://api.example.com", "*"],
            ClientName = "Näme 李",
            ClientUri = "https://app.example.com",
            LogoUri = "https://app.example.com/logo.png",
            TosUri = "https://app.example.com/tos",
            PolicyUri = "https://app.example.com/policy",
            Contacts = ["a@example.com", "b@example.com"],
            SoftwareId = "software",
            SoftwareVersion = "1.2.3",
            ApplicationType = "native",
            TokenEndpointAuthSigningAlg = "ES256",
            JwksUri = "https://app.example.com/jwks",
            Jwks = """{"keys":[{"kty":"RSA","n":"sXch","e":"AQAB"}]}""",
            RequirePushedAuthorizationRequests = true,
            DpopBoundAccessTokens = true,
        };
        // Members that only the server sets are in the JSON alone.
        var json = JsonNode.Parse(typed.ToJson())!;
        json["secrets"]![1]!["generated"] = true;
        json["scope_is_ceiling"] = true;
        json["registration_access_token_hash"] = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
        json["document_hash"] = "N7xI0VniQq83vEjRWeJAq83vEjRWeJCrze8SNFZ4kKs=";
        return Client.FromJson(json.ToJsonString()) with { LastUsedOn = typed.LastUsedOn };
    }

    private static string? TextOf(Client? client) => client is null ? null : $"{client.LastUsedOn:O} {client.ToJson()}";

    private static void AssertClient(Client? found, Client expected, string promise) =>
        Assert.That(TextOf(found), Is.EqualTo(TextOf(expected)), promise);

    private async Task<Client> AddAsync(string id, Func<Client, Client>? with = null)
    {
        var client = with is null ? New(id) : with(New(id));
        Assert.That(await Store.TryAddAsync(client, default), Is.True, $"TryAddAsync of the new id '{id}'");
        return client;
    }

    private async Task ListsAsync(ClientFilter by, params string[] expected)
    {
        foreach (var node in Nodes)
        {
            var page = await node.ListAsync(by, default);
            var ids = page.Items.Select(c => c.ClientId).ToList();
            Assert.That(
                ids,
                Is.EquivalentTo(expected),
                $"ListAsync by organization '{by.Org}', provenance '{by.Provenance}' and names '{string.Join(", ", by.NameKeys ?? [])}'"
            );
            Assert.That(page.Next, Is.Null, "Next is null when there is nothing more");
            Assert.That(
                (await node.ListAsync(by, default)).Items.Select(c => c.ClientId),
                Is.EqualTo(ids),
                "the order of ListAsync is stable"
            );
        }
    }
}
