using System.Security.Cryptography;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class TokenKeysTests
{
    private static readonly TimeSpan lead = TimeSpan.FromDays(1);

    private readonly TestClock clock = new();
    private readonly List<TokenKeys> nodes = [];
    private InMemoryKeyStore shared = null!;
    private ScriptedKeyStore store = null!;
    private RecordingLogger<TokenKeys> log = null!;

    [SetUp]
    public void An_empty_store()
    {
        clock.Now = TestClock.Start;
        (shared, log) = (new(), new());
        store = new(shared);
    }

    [TearDown]
    public void Nodes_end()
    {
        nodes.ForEach(n => n.Dispose());
        nodes.Clear();
    }

    [Test]
    public async Task Twenty_nodes_that_start_at_once_have_the_same_keys()
    {
        var rings = await Racers.AtOnceAsync(20, _ => Node().CurrentAsync(default).AsTask());

        (await shared.ListAsync(default)).Select(k => k.Id).Should().BeEquivalentTo("signing-1", "encryption-1");
        rings.Select(r => r.Published.Single().Kid).Distinct().Should().ContainSingle();
        rings.Select(r => r.Decryption.Single().KeyId).Distinct().Should().ContainSingle();
        rings.Should().OnlyContain(r => r.Signing.Single().ActiveFrom == TestClock.Start);
        log.Lines.Where(l => l.Contains("made", StringComparison.Ordinal)).Should().HaveCount(2, "of many nodes one makes each");
    }

    [Test]
    public async Task Requests_of_one_node_that_come_at_once_read_the_store_once()
    {
        var node = Node();
        await Racers.AtOnceAsync(20, _ => node.CurrentAsync(default).AsTask());

        store.Reads.Should().Be(2, "one look, and one after the keys were made");
    }

    [Test]
    public async Task Stored_keys_are_protected_by_the_host_and_show_nothing()
    {
        var protection = new FakeProtection("host");
        var ring = await Node(protection).CurrentAsync(default);

        protection.Protected.Should().HaveCount(2);
        protection.Unprotected.Should().Be(2);
        foreach (var record in await shared.ListAsync(default))
        {
            record.Data.Should().NotContainAny(protection.Protected.Select(m => Convert.ToBase64String(m)[..20]));
            record.ToString().Should().NotContain(record.Data);
        }

        var other = await Node(protection).CurrentAsync(default);
        other.Published.Should().BeEquivalentTo(ring.Published);
        protection.Unprotected.Should().Be(4, "each node reads for itself");
    }

    [Test]
    public async Task A_key_that_was_read_once_is_not_read_again()
    {
        var protection = new FakeProtection("host");
        var node = Node(protection);
        var before = await node.CurrentAsync(default);

        var after = await node.RefreshAsync(default);

        after.Should().NotBeSameAs(before);
        after.Signing.Single().Should().BeSameAs(before.Signing.Single());
        protection.Unprotected.Should().Be(2);
    }

    [TestCase("signing-1")]
    [TestCase("encryption-1")]
    public async Task A_key_that_cannot_be_unprotected_stops_the_start_with_its_name_and_the_fix(string id)
    {
        await Node(new FakeProtection("another host")).CurrentAsync(default);
        foreach (var key in await shared.ListAsync(default))
        {
            if (key.Id != id)
                await shared.RemoveAsync(key.Id, default);
        }

        var start = () => Node(new FakeProtection("host")).CurrentAsync(default).AsTask();

        (await start.Should().ThrowAsync<InvalidOperationException>())
            .WithMessage($"*{id}*cannot be unprotected*PersistDataProtectionKeys*remove that key*")
            .WithInnerException<CryptographicException>();
        // The fix of the message.
        await shared.RemoveAsync(id, default);
        (await Node(new FakeProtection("host")).CurrentAsync(default)).Signing.Should().ContainSingle();
    }

    [TestCase("signing-2", "not base64")]
    [TestCase("signing-2", "AAAA")]
    [TestCase("encryption-2", "AAAA")]
    public async Task A_key_that_cannot_be_read_later_is_logged_and_skipped(string id, string data)
    {
        var node = Node();
        var before = await node.CurrentAsync(default);
        await shared.TryAddAsync(new(id, clock.Now, data), default);

        var after = await node.RefreshAsync(default);

        after.Signing.Should().Equal(before.Signing);
        after.Encryption.Should().Equal(before.Encryption);
        log.Lines.Should().ContainSingle(l => l.StartsWith("Error", StringComparison.Ordinal)).Which.Should().Contain(id);
    }

    [Test]
    public async Task When_no_key_of_the_store_can_be_read_any_more_the_known_ones_go_on()
    {
        var node = Node();
        var before = await node.CurrentAsync(default);
        foreach (var key in await shared.ListAsync(default))
        {
            await shared.RemoveAsync(key.Id, default);
            await shared.TryAddAsync(new(key.Id, key.ActiveFrom.AddMinutes(1), "unreadable"), default);
        }

        (await node.RefreshAsync(default)).Signing.Should().Equal(before.Signing);
    }

    [Test]
    public async Task A_store_that_is_down_after_the_start_stops_no_request()
    {
        var node = Node();
        var ring = await node.CurrentAsync(default);
        store.Failure = new IOException("down");
        clock.Advance(TimeSpan.FromDays(400));

        (await node.CurrentAsync(default)).Should().BeSameAs(ring);
        await node.Awaiting(n => n.RefreshAsync(default)).Should().ThrowAsync<IOException>();
        (await node.CurrentAsync(default)).Should().BeSameAs(ring);

        store.Failure = null;
        (await node.RefreshAsync(default)).Signing.Should().HaveCount(2, "the next key was due long ago");
    }

    [Test]
    public async Task A_store_that_is_down_at_the_start_stops_it_and_the_next_try_works()
    {
        store.Failure = new IOException("down");
        var node = Node();
        await node.Awaiting(n => n.CurrentAsync(default).AsTask()).Should().ThrowAsync<IOException>();

        store.Failure = null;
        (await node.CurrentAsync(default)).Signing.Should().ContainSingle();
    }

    [Test]
    public async Task A_flood_of_unknown_keys_reads_the_store_once_a_second()
    {
        var node = Node();
        await node.CurrentAsync(default);
        var before = store.Reads;

        await Racers.AtOnceAsync(100, _ => node.LookAgainAsync(default).AsTask());
        store.Reads.Should().Be(before, "it was read in this second");
        for (var second = 1; second <= 50; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Racers.AtOnceAsync(100, _ => node.LookAgainAsync(default).AsTask());
            store.Reads.Should().Be(before + second);
        }
    }

    [Test]
    public async Task A_flood_of_unknown_keys_reads_a_store_that_is_down_once_a_second_too_and_is_no_answer()
    {
        var node = Node();
        await node.CurrentAsync(default);
        var before = store.Reads;
        store.Failure = new IOException("down");
        for (var second = 1; second <= 50; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var failed = await Racers.AtOnceAsync(
                100,
                async _ =>
                {
                    try
                    {
                        await node.LookAgainAsync(default);
                        return false;
                    }
                    catch (IOException)
                    {
                        return true;
                    }
                }
            );
            failed.Should().OnlyContain(f => f, "nobody knows whether the token is good");
            store.Reads.Should().Be(before + second);
        }

        store.Failure = null;
        clock.Advance(TimeSpan.FromSeconds(1));
        (await node.LookAgainAsync(default)).Signing.Should().ContainSingle();
    }

    [Test]
    public async Task A_store_is_asked_again_after_a_second_whether_it_answered_or_not()
    {
        var node = Node();
        var known = await node.CurrentAsync(default);
        var before = store.Reads;

        (await node.LookAgainAsync(default)).Should().BeSameAs(known);
        store.Reads.Should().Be(before);
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Failure = new IOException("down");
        foreach (var _ in new[] { "asks", "does not ask" })
        {
            await node.Awaiting(n => n.LookAgainAsync(default).AsTask()).Should().ThrowAsync<IOException>();
            store.Reads.Should().Be(before + 1);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        store.Failure = null;
        (await node.LookAgainAsync(default)).Should().NotBeSameAs(known);
        store.Reads.Should().Be(before + 2);
    }

    [Test]
    public async Task A_caller_that_waited_for_anothers_refresh_uses_its_result()
    {
        var node = Node();
        await node.CurrentAsync(default);
        clock.Advance(TimeSpan.FromSeconds(1));
        var before = store.Reads;

        clock.Meanwhile = () => node.RefreshAsync(default).Wait();
        await node.LookAgainAsync(default);
        store.Reads.Should().Be(before + 1);

        clock.Advance(TimeSpan.FromSeconds(1));
        store.Failure = new IOException("down");
        clock.Meanwhile = () => node.Awaiting(n => n.RefreshAsync(default)).Should().ThrowAsync<IOException>().Wait();
        await node.Awaiting(n => n.LookAgainAsync(default).AsTask()).Should().ThrowAsync<IOException>();
        store.Reads.Should().Be(before + 2);
    }

    [Test]
    public async Task A_key_that_another_node_made_is_found_by_looking_again()
    {
        var (here, there) = (Node(), Node());
        await here.CurrentAsync(default);
        await there.CurrentAsync(default);
        clock.Advance(TimeSpan.FromDays(89));
        var kid = (await there.RefreshAsync(default)).Published[1].Kid;

        (await here.CurrentAsync(default)).Knows(kid).Should().BeFalse();
        (await here.LookAgainAsync(default)).Knows(kid).Should().BeTrue();
    }

    [Test]
    public async Task Keys_rotate_and_retired_ones_are_forgotten_everywhere()
    {
        var (here, there) = (Node(), Node());
        var first = (await here.CurrentAsync(default)).Published.Single().Kid;
        await there.CurrentAsync(default);
        clock.Advance(TimeSpan.FromDays(89));
        var published = (await here.RefreshAsync(default)).Published.Select(k => k.Kid).ToList();
        published.Should().HaveCount(2).And.Contain(first);
        await there.RefreshAsync(default);

        clock.Advance(2 * lead + TimeSpan.FromHours(2));
        (await here.RefreshAsync(default)).Published.Select(k => k.Kid).Should().Equal(published[1]);
        (await there.RefreshAsync(default)).Knows(first).Should().BeFalse();
        log.Lines.Should().Contain(l => l.Contains("signing-1 retired", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_key_that_an_operator_removes_is_gone_at_the_next_look()
    {
        var node = Node();
        await node.CurrentAsync(default);
        clock.Advance(TimeSpan.FromDays(89));
        var first = (await node.RefreshAsync(default)).Published[0].Kid;

        await shared.RemoveAsync("signing-1", default);

        (await node.RefreshAsync(default)).Knows(first).Should().BeFalse();
    }

    [Test]
    public async Task A_store_that_an_operator_emptied_gets_new_keys_that_are_used_at_once()
    {
        var (here, there) = (Node(), Node());
        var lost = (await here.CurrentAsync(default)).Published.Single().Kid;
        await there.CurrentAsync(default);
        foreach (var key in await shared.ListAsync(default))
            await shared.RemoveAsync(key.Id, default);
        clock.Advance(TimeSpan.FromSeconds(5));

        var ring = await here.RefreshAsync(default);

        ring.Knows(lost).Should().BeFalse();
        ring.Signing.Should().ContainSingle().Which.ActiveFrom.Should().Be(clock.Now);
        (await there.LookAgainAsync(default)).Published.Should().BeEquivalentTo(ring.Published);
        (await there.CurrentAsync(default)).Knows(lost).Should().BeFalse();
    }

    [Test]
    public async Task Keys_are_stale_after_three_times_their_life_in_the_cache()
    {
        var node = Node();
        var ring = await node.CurrentAsync(default);
        var life = Given.Options().CacheKeysFor;

        clock.Advance(3 * life);
        node.IsStale(ring).Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        node.IsStale(ring).Should().BeTrue();
    }

    [Test]
    public async Task A_key_that_cannot_be_read_later_is_named_in_the_ring()
    {
        var node = Node();
        (await node.CurrentAsync(default)).Unreadable.Should().BeEmpty();
        await shared.TryAddAsync(new("signing-2", clock.Now, "AAAA"), default);

        (await node.RefreshAsync(default)).Unreadable.Should().Equal("signing-2");
    }

    private TokenKeys Node(FakeProtection? protection = null)
    {
        protection ??= new("host");
        var node = new TokenKeys(store, new(protection.Protect, protection.Unprotect), new ServerSettings(Given.Options()), clock, log);
        lock (nodes)
            nodes.Add(node);
        return node;
    }

    /// <summary>Masks what it protects; what another host protected it refuses, as Data Protection does.</summary>
    private sealed class FakeProtection(string host)
    {
        private int unprotected;

        public List<byte[]> Protected { get; } = [];

        public int Unprotected => unprotected;

        public string Protect(byte[] material)
        {
            lock (Protected)
                Protected.Add(material);
            return Convert.ToBase64String([.. Seal, .. material.Select(b => (byte)(b ^ 0x5a))]);
        }

        public byte[] Unprotect(string text)
        {
            var sealedMaterial = Convert.FromBase64String(text);
            if (!sealedMaterial.AsSpan().StartsWith(Seal))
                throw new CryptographicException("The key was not found in the key ring.");
            Interlocked.Increment(ref unprotected);
            return [.. sealedMaterial[Seal.Length..].Select(b => (byte)(b ^ 0x5a))];
        }

        private byte[] Seal => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(host));
    }
}
