namespace HQ.OAuth2;

/// <summary>The promises of <see cref="IClientRegistry"/>: derive, make your store, run.</summary>
public abstract class ClientRegistryContract : StoreContract<IClientRegistry>
{
    private static readonly DateTimeOffset made = new(2026, 11, 24, 1, 2, 3, 456, TimeSpan.Zero);
    private static readonly DateOnly day = new(2026, 11, 24);

    /// <summary>FindAsync gives back what TryAddAsync was given.</summary>
    [Test]
    public async Task A_client_is_found_as_it_was_added()
    {
        foreach (var client in new[] { Simple("plain"), Everything("full") })
        {
            Assert.That(await Store.TryAddAsync(client, default), Is.True);
            var found = await Second.FindAsync(client.ClientId, default);
            Assert.That(found?.ToJson(), Is.EqualTo(client.ToJson()), "Every member comes back exactly as it was added, at every node.");
            Assert.That(found?.LastUsedOn, Is.EqualTo(client.LastUsedOn));
        }

        Assert.That(await Store.FindAsync("nobody", default), Is.Null);
    }

    /// <summary>Ids are unique (RFC 6749 §2.2) and compared byte by byte.</summary>
    [Test]
    public async Task An_id_that_is_taken_is_refused_and_its_owner_unchanged()
    {
        Assert.That(await Store.TryAddAsync(Simple("app") with { ClientName = "first" }, default), Is.True);
        Assert.That(await Second.TryAddAsync(Simple("app") with { ClientName = "second" }, default), Is.False);
        Assert.That((await Store.FindAsync("app", default))?.ClientName, Is.EqualTo("first"));

        Assert.That(await Store.FindAsync("APP", default), Is.Null, "Ids that differ in case are different.");
        Assert.That(await Store.FindAsync("app ", default), Is.Null, "Ids that differ in spaces are different.");
        Assert.That(await Store.TryAddAsync(Simple("APP"), default), Is.True);
    }

    /// <summary>Many add one id.</summary>
    [Test]
    public async Task Of_many_that_add_one_id_one_does()
    {
        var answers = await RaceAsync(50, (node, i) => node.TryAddAsync(Simple("app") with { ClientName = $"{i}" }, default));

        Assert.That(answers.Count(won => won), Is.EqualTo(1));
        Assert.That((await Second.FindAsync("app", default))?.ClientName, Is.EqualTo($"{Array.IndexOf(answers, true)}"));
    }

    /// <summary>TryUpdateAsync replaces.</summary>
    [Test]
    public async Task An_update_replaces_everything_but_the_day_of_use_and_never_inserts()
    {
        Assert.That(await Store.TryUpdateAsync(Simple("app"), default), Is.False, "There was no client to replace.");
        Assert.That(await Store.FindAsync("app", default), Is.Null, "TryUpdateAsync must not bring a client into being.");

        await Store.TryAddAsync(Simple("app") with { LastUsedOn = day }, default);
        var next = Everything("app") with { LastUsedOn = day.AddDays(-30) };
        Assert.That(await Store.TryUpdateAsync(next, default), Is.True);

        var found = await Second.FindAsync("app", default);
        Assert.That(found?.ToJson(), Is.EqualTo(next.ToJson()));
        Assert.That(found?.LastUsedOn, Is.EqualTo(day), "The day of use moves by NoteUseAsync only.");
        Assert.That(
            (await Store.ListAsync(new(Org: next.Org), default)).Items,
            Has.Count.EqualTo(1),
            "It is listed under its new organization."
        );
    }

    /// <summary>Whoever disables a client must not be overwritten by somebody who uses it.</summary>
    [Test]
    public async Task An_update_and_a_note_of_use_at_once_both_count()
    {
        for (var round = 0; round < 10; round++)
        {
            var id = $"app{round}";
            await Store.TryAddAsync(Simple(id), default);

            await RaceAsync(
                4,
                async (node, i) =>
                {
                    if (i % 4 < 2)
                        await node.NoteUseAsync(id, day, default);
                    else
                        await node.TryUpdateAsync(Simple(id) with { Disabled = true }, default);
                    return true;
                }
            );

            var found = await Second.FindAsync(id, default);
            Assert.That(
                (found?.Disabled, found?.LastUsedOn),
                Is.EqualTo(((bool?)true, (DateOnly?)day)),
                "Neither loses the other's write."
            );
        }
    }

    /// <summary>The day of use.</summary>
    [Test]
    public async Task Use_is_noted_forward_only_and_touches_nothing_else()
    {
        var client = Everything("app") with { LastUsedOn = null };
        await Store.TryAddAsync(client, default);
        await Store.TryAddAsync(Simple("other"), default);

        foreach (var (noted, expected) in new[] { (day, day), (day.AddDays(-1), day), (day.AddDays(2), day.AddDays(2)) })
        {
            await Store.NoteUseAsync("app", noted, default);
            Assert.That((await Second.FindAsync("app", default))?.LastUsedOn, Is.EqualTo(expected));
        }

        await Store.NoteUseAsync("nobody", day, default);
        Assert.That((await Store.FindAsync("app", default))?.ToJson(), Is.EqualTo(client.ToJson()));
        Assert.That((await Store.FindAsync("other", default))?.LastUsedOn, Is.Null);
        Assert.That(await Store.FindAsync("nobody", default), Is.Null, "NoteUseAsync must not bring a client into being.");
    }

    /// <summary>TryRemoveAsync removes once.</summary>
    [Test]
    public async Task A_client_is_removed_by_one_of_many()
    {
        await Store.TryAddAsync(Simple("app"), default);

        var answers = await RaceAsync(20, (node, _) => node.TryRemoveAsync("app", default));

        Assert.That(answers.Count(won => won), Is.EqualTo(1));
        Assert.That(await Second.FindAsync("app", default), Is.Null);
    }

    /// <summary>The filters.</summary>
    [TestCase(null, null, "a b c d")]
    [TestCase("x", null, "a c")]
    [TestCase(null, ClientProvenance.Dcr, "b c")]
    [TestCase("x", ClientProvenance.Dcr, "c")]
    [TestCase("none", null, "")]
    public async Task Clients_are_listed_by_organization_and_provenance(string? org, ClientProvenance? provenance, string ids)
    {
        await FourClientsAsync();

        var page = await Second.ListAsync(new(org, provenance), default);

        Assert.That(page.Items.Select(c => c.ClientId), Is.EquivalentTo(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.That(page.Next, Is.Null);
    }

    /// <summary>Pages.</summary>
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public async Task Pages_hold_each_client_once_and_end(int limit)
    {
        await FourClientsAsync();
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await Store.ListAsync(new(Limit: limit, After: after), default);
            seen.AddRange(page.Items.Select(c => c.ClientId));
            after = page.Next;
            // The one at the border may go meanwhile.
            await Store.TryRemoveAsync(seen[^1], default);
        } while (after is not null && seen.Count < 10);

        Assert.That(seen, Is.EquivalentTo(new[] { "a", "b", "c", "d" }), "Each client is on one page, and on one only.");
    }

    /// <summary>Pruning by the two ages, and by nothing else.</summary>
    [Test]
    public async Task Clients_that_nobody_uses_are_removed_and_no_others()
    {
        var (old, young) = (made.AddDays(-8), made.AddDays(-6));
        (string Id, ClientProvenance Provenance, DateTimeOffset Made, DateOnly? Used, bool Stays)[] clients =
        [
            ("never approved, a week", ClientProvenance.Dcr, old, null, false),
            ("never approved, days", ClientProvenance.Dcr, young, null, true),
            ("used long ago", ClientProvenance.Dcr, old, day.AddDays(-91), false),
            ("used on the day", ClientProvenance.Dcr, old, day.AddDays(-90), true),
            ("used now", ClientProvenance.Dcr, made.AddDays(-1000), day, true),
            ("by hand, never used", ClientProvenance.Api, old, null, true),
            ("by hand, used long ago", ClientProvenance.Api, old, day.AddDays(-1000), true),
        ];
        foreach (var c in clients)
            await Store.TryAddAsync(Simple(c.Id) with { Provenance = c.Provenance, CreatedAt = c.Made, LastUsedOn = c.Used }, default);

        var first = await Store.RemoveUnusedAsync(made.AddDays(-7), day.AddDays(-90), 1, default);
        var second = await Second.RemoveUnusedAsync(made.AddDays(-7), day.AddDays(-90), 100, default);

        Assert.That((first, second), Is.EqualTo((1, 1)), "No more than the limit, and only those of the two ages.");
        foreach (var c in clients)
            Assert.That(await Store.FindAsync(c.Id, default), c.Stays ? Is.Not.Null : Is.Null, c.Id);
    }

    /// <summary>Nodes prune while clients come to life.</summary>
    [Test]
    public async Task A_client_that_is_used_before_it_is_pruned_stays()
    {
        for (var i = 0; i < 20; i++)
            await Store.TryAddAsync(Simple($"app{i}") with { Provenance = ClientProvenance.Dcr, CreatedAt = made.AddDays(-30) }, default);
        for (var i = 0; i < 20; i += 2)
            await Second.NoteUseAsync($"app{i}", day, default);

        var counts = await RaceAsync(4, (node, _) => node.RemoveUnusedAsync(made.AddDays(-7), day.AddDays(-90), 5, default));
        for (int removed; (removed = await Store.RemoveUnusedAsync(made.AddDays(-7), day.AddDays(-90), 5, default)) > 0; )
            counts = [.. counts, removed];

        Assert.That(counts.Sum(), Is.EqualTo(10));
        Assert.That((await Store.ListAsync(new(), default)).Items.Select(c => c.LastUsedOn), Is.All.EqualTo(day).And.Exactly(10).Items);
    }

    private static Client Simple(string id) =>
        new()
        {
            ClientId = id,
            Type = ClientType.Public,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
            CreatedAt = made,
        };

    private static Client Everything(string id) =>
        new()
        {
            ClientId = id,
            Type = ClientType.Confidential,
            Provenance = ClientProvenance.Dcr,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.ClientSecretPost,
            Secrets =
            [
                new()
                {
                    Hash = "$2a$04$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
                    ExpiresAt = made.AddDays(3),
                    Generated = true,
                },
                new() { Hash = "$2a$04$ABCDEFGHIJKLMNOPQRSTUUabcdefghijklmnopqrstuvwxyz01234" },
            ],
            RedirectUris = ["https://app.example/cb?x=1&y=%C3%A9", "http://127.0.0.1/cb", "com.example.app:/cb"],
            GrantTypes = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken, OAuthGrantTypes.ClientCredentials],
            Scope = ScopeSet.Of("read", "write"),
            Org = "org \u00e9",
            CreatedAt = made,
            LastUsedOn = day.AddDays(-1),
            Disabled = true,
            Trusted = true,
            RequirePkce = false,
            Introspects = ["*", "https://api.example/"],
            ClientName = "App \u00e9\u4e2d\ud83d\ude00 '\"\\<b>",
            ClientUri = "https://app.example/",
            LogoUri = "https://app.example/logo.png",
            TosUri = "https://app.example/tos",
            PolicyUri = "https://app.example/policy",
            Contacts = ["a@app.example", "b@app.example"],
            SoftwareId = "software",
            SoftwareVersion = "1.2.3",
        };

    private async Task FourClientsAsync()
    {
        await Store.TryAddAsync(Simple("d"), default);
        await Store.TryAddAsync(Simple("b") with { Provenance = ClientProvenance.Dcr }, default);
        await Store.TryAddAsync(Simple("c") with { Provenance = ClientProvenance.Dcr, Org = "x" }, default);
        await Store.TryAddAsync(Simple("a") with { Org = "x" }, default);
    }
}
