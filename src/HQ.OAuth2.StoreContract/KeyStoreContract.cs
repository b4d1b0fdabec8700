namespace HQ.OAuth2;

/// <summary>The promises of <see cref="IKeyStore"/>: derive, make your store, run.</summary>
public abstract class KeyStoreContract : StoreContract<IKeyStore>
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, 456, TimeSpan.Zero);

    /// <summary>ListAsync gives back what TryAddAsync was given, at every node.</summary>
    [Test]
    public async Task Keys_are_listed_as_they_were_added()
    {
        Assert.That(await Store.ListAsync(default), Is.Empty);
        KeyRecord[] keys = [new("signing-1", now, new string('a', 4000)), new("encryption-1", now.AddDays(1), "b+/=")];
        foreach (var key in keys)
            Assert.That(await Store.TryAddAsync(key, default), Is.True);

        foreach (var node in new[] { Store, Second })
            Assert.That(
                await node.ListAsync(default),
                Is.EquivalentTo(keys),
                "Every node sees every key at once, exactly as it was added."
            );
    }

    /// <summary>Many nodes start at once and one makes the key.</summary>
    [Test]
    public async Task Of_many_that_add_one_id_one_does()
    {
        for (var round = 1; round <= 5; round++)
        {
            var answers = await RaceAsync(50, (node, i) => node.TryAddAsync(new($"signing-{round}", now, $"{i}"), default));

            Assert.That(answers.Count(won => won), Is.EqualTo(1), "Of 50 nodes that add a key exactly one may be told that it did.");
            var kept = (await Second.ListAsync(default)).Single(k => k.Id == $"signing-{round}");
            Assert.That(kept.Data, Is.EqualTo($"{Array.IndexOf(answers, true)}"), "The key is the winner's.");
        }
    }

    /// <summary>TryAddAsync adds.</summary>
    [Test]
    public async Task An_id_that_is_taken_is_refused_and_its_key_unchanged()
    {
        await Store.TryAddAsync(new("signing-1", now, "first"), default);

        Assert.That(await Second.TryAddAsync(new("signing-1", now.AddDays(1), "second"), default), Is.False);
        Assert.That((await Store.ListAsync(default)).Single(), Is.EqualTo(new KeyRecord("signing-1", now, "first")));
    }

    /// <summary>A retired key is gone for everybody.</summary>
    [Test]
    public async Task A_removed_key_is_gone_and_removing_it_twice_is_no_error()
    {
        await Store.TryAddAsync(new("signing-1", now, "1"), default);
        await Store.TryAddAsync(new("signing-2", now, "2"), default);

        await Store.RemoveAsync("signing-1", default);
        await Second.RemoveAsync("signing-1", default);

        Assert.That((await Second.ListAsync(default)).Select(k => k.Id), Is.EqualTo(new[] { "signing-2" }));
        Assert.That(await Store.TryAddAsync(new("signing-1", now, "anew"), default), Is.True);
    }
}
