using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>
/// Many nodes over one key store, through months, with clocks that are up to a quarter of the lead time ahead or behind, and nodes that
/// cannot reach the store for a while. Every other node can verify a token of a node until it expires.
/// </summary>
internal sealed class KeyNodesTests
{
    private static readonly TimeSpan lifetime = TimeSpan.FromDays(6);
    private static readonly TimeSpan lead = TimeSpan.FromDays(1);
    private static readonly TimeSpan refreshEvery = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan tokenLifetime = TimeSpan.FromHours(1);

    // Clocks of two nodes differ by half the lead time at most, or not at all; an outage may last as long as the rest of it.
    [TestCase(1, 0.25, 0.5)]
    [TestCase(2, 0.25, 0.5)]
    [TestCase(3, 0.25, 0.5)]
    [TestCase(4, 0.01, 0.9)]
    [TestCase(5, 0, 1)]
    [TestCase(6, 0, 1)]
    [Rfc("9068-4-1")]
    public async Task A_token_of_one_node_verifies_at_every_other_until_it_expires(int seed, double skew, double outage)
    {
        var random = new Random(seed);
        var store = new RememberingKeyStore();
        var nodes = Enumerable.Range(0, 5).Select(_ => new Node(store, lead * skew * (2 * random.NextDouble() - 1))).ToList();
        var tokens = new Queue<(string Signing, string Encryption, DateTimeOffset Until)>();
        var signers = new HashSet<string>();

        for (var now = TestClock.Start; now < TestClock.Start + 20 * lifetime; now += refreshEvery)
        {
            foreach (var node in nodes.OrderBy(_ => random.Next()))
            {
                if (now > TestClock.Start && random.Next(200) == 0)
                    node.Break(until: now + (lead * outage - 2 * refreshEvery) * random.NextDouble());
                await node.LiveAsync(now);
            }

            foreach (var node in nodes)
            {
                var (signing, encryption) = await node.SignAsync();
                signers.Add(signing);
                tokens.Enqueue((signing, encryption, now + tokenLifetime));
            }

            while (tokens.Peek().Until <= now)
                tokens.Dequeue();
            foreach (var token in tokens)
            {
                foreach (var node in nodes)
                {
                    if (!await node.KnowsAsync(token.Signing, token.Encryption))
                        Assert.Fail($"Seed {seed}, {now:O}: a node does not know a key of a token that lives.");
                }
            }

            if (store.Count > 6)
                Assert.Fail($"Seed {seed}, {now:O}: more than three keys of each kind.");
        }

        store.Added.Should().OnlyHaveUniqueItems();
        store.Added.Count(id => id.StartsWith("signing", StringComparison.Ordinal)).Should().BeInRange(19, 22);
        signers.Should().HaveCountGreaterThan(18, "keys did rotate");
        nodes.Sum(n => n.Outages).Should().BeGreaterThan(50);
        nodes.ForEach(n => n.Dispose());
    }

    private sealed class Node : IDisposable
    {
        private readonly TestClock clock = new();
        private readonly ScriptedKeyStore store;
        private readonly TokenKeys keys;
        private readonly TimeSpan skew;
        private DateTimeOffset downUntil = DateTimeOffset.MinValue;

        public Node(IKeyStore shared, TimeSpan skew)
        {
            (this.skew, store) = (skew, new(shared));
            keys = new(
                store,
                new(Convert.ToBase64String, Convert.FromBase64String),
                new ServerSettings(
                    Given.Options(o =>
                    {
                        o.SigningKeyLifetime = lifetime;
                        o.SigningKeyLeadTime = lead;
                        o.CacheKeysFor = refreshEvery;
                        o.AccessTokenLifetime = tokenLifetime;
                    })
                ),
                clock,
                NullLogger<TokenKeys>.Instance
            );
        }

        public int Outages { get; private set; }

        public void Break(DateTimeOffset until)
        {
            // One outage is over before the next begins.
            if (store.Failure is not null)
                return;
            downUntil = until;
            Outages++;
        }

        public async Task LiveAsync(DateTimeOffset now)
        {
            clock.Now = now + skew;
            store.Failure = now < downUntil ? new IOException("down") : null;
            try
            {
                await keys.RefreshAsync(default);
            }
            catch (IOException) when (store.Failure is not null)
            {
                // It goes on with what it knows.
            }
        }

        public async Task<(string Signing, string Encryption)> SignAsync()
        {
            var ring = await keys.CurrentAsync(default);
            return (
                KeyRotation.ActiveAt(ring.Signing, clock.Now).Credentials.Key.KeyId,
                KeyRotation.ActiveAt(ring.Encryption, clock.Now).Credentials.Key.KeyId
            );
        }

        /// <summary>Whether it knows both keys: at once, or after one look again.</summary>
        public async Task<bool> KnowsAsync(string signing, string encryption)
        {
            var ring = await keys.CurrentAsync(default);
            if (store.Failure is null && !(ring.Knows(signing) && ring.Knows(encryption)))
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                ring = await keys.LookAgainAsync(default);
            }

            return ring.Knows(signing) && ring.Knows(encryption);
        }

        public void Dispose() => keys.Dispose();
    }

    /// <summary>Knows each key that was ever added.</summary>
    private sealed class RememberingKeyStore : IKeyStore
    {
        private readonly Dictionary<string, KeyRecord> keys = [];

        public List<string> Added { get; } = [];

        public int Count => keys.Count;

        public ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct) => new([.. keys.Values]);

        public ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct)
        {
            if (!keys.TryAdd(key.Id, key))
                return new(false);
            Added.Add(key.Id);
            return new(true);
        }

        public ValueTask RemoveAsync(string id, CancellationToken ct)
        {
            keys.Remove(id);
            return default;
        }
    }
}
