using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class BoundedCacheTests
{
    private static readonly DateTimeOffset now = TestClock.Start;
    private static readonly TimeSpan life = TimeSpan.FromSeconds(10);

    private BoundedCache<string> cache = null!;

    [SetUp]
    public void A_cache_of_three() => cache = new(limit: 3, life);

    [TestCase(0L, true)]
    [TestCase(99_999_999L, true)]
    [TestCase(100_000_000L, false)]
    [TestCase(-1L, true)]
    public void A_value_is_kept_until_its_instant_and_not_at_it(long ticks, bool kept)
    {
        cache.Set("a", "A", now);

        cache.TryGet("a", now.AddTicks(ticks), out var value).Should().Be(kept);
        value.Should().Be(kept ? "A" : null);
        cache.TryGet("A", now, out _).Should().BeFalse("keys are compared ordinally");
    }

    [Test]
    public void A_life_of_zero_keeps_nothing()
    {
        cache = new(3, TimeSpan.Zero);
        cache.Set("a", "A", now);

        Kept().Should().BeEmpty();
    }

    [Test]
    public void A_value_is_replaced_and_forgotten()
    {
        cache.Set("a", "A", now);
        cache.Set("a", "B", now);
        cache.TryGet("a", now, out var value).Should().BeTrue();
        value.Should().Be("B");
        cache.Forget("a");
        cache.Forget("a");

        Kept().Should().BeEmpty();
    }

    [Test]
    public void A_value_that_is_changed_is_kept_no_longer_and_one_that_is_gone_stays_gone()
    {
        cache.Set("a", "A", now);

        cache.Update("a", value => value + "!");
        cache.Update("b", value => value + "!");

        cache.TryGet("a", now.AddSeconds(9), out var changed).Should().BeTrue();
        changed.Should().Be("A!");
        Kept(now.AddSeconds(10)).Should().BeEmpty();
        Kept().Should().Equal("a");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_value_that_is_forgotten_or_replaced_during_a_change_is_left_alone(bool isReplaced)
    {
        cache.Set("a", "A", now);

        cache.Update(
            "a",
            value =>
            {
                cache.Forget("a");
                if (isReplaced)
                    cache.Set("a", "B", now);
                return value + "!";
            }
        );

        cache.TryGet("a", now, out var value).Should().Be(isReplaced);
        value.Should().Be(isReplaced ? "B" : null);
    }

    [Test]
    public void A_value_that_has_ended_makes_room_first()
    {
        cache.Set("a", "A", now);
        cache.Set("b", "B", now.AddSeconds(1));
        cache.Set("c", "C", now.AddSeconds(1));
        // Set anew, it is the youngest.
        cache.Set("a", "A", now.AddSeconds(2));

        cache.Set("d", "D", now.AddSeconds(11));

        Kept(now.AddSeconds(11)).Should().Equal("a", "d");
        Kept(now).Should().Equal("a", "d");
    }

    [Test]
    public void At_the_limit_the_oldest_goes_and_no_other()
    {
        foreach (var key in new[] { "a", "b", "c", "a", "d" })
            cache.Set(key, key, now);

        Kept().Should().Equal("a", "c", "d");
        cache.Set("e", "e", now);
        Kept().Should().Equal("a", "d", "e");
    }

    [Test]
    public void A_value_is_added_once_and_drops_none_that_lives()
    {
        Added("a", "A", now).Should().Be("A");
        Added("a", "B", now).Should().Be("A");
        Added("b", "B", now.AddSeconds(1)).Should().Be("B");
        Added("c", "C", now.AddSeconds(1)).Should().Be("C");
        Added("d", "D", now.AddSeconds(1)).Should().BeNull("three live");
        Added("b", "X", now.AddSeconds(1)).Should().Be("B");

        Added("d", "D", now + life).Should().Be("D", "one has ended");
        Kept(now + life).Should().Equal("b", "c", "d");
        Added("b", "again", now.AddSeconds(11)).Should().Be("again", "what has ended is added anew");
    }

    [Test]
    public void Where_there_is_no_room_no_value_is_given_out()
    {
        foreach (var key in new[] { "a", "b", "c" })
            cache.Set(key, key, now);

        cache.TryGetOrAdd("d", "D", now, out var value).Should().BeFalse();

        value.Should().BeNull();
    }

    [Test]
    public void A_value_is_taken_once()
    {
        cache.Set("a", "A", now);

        cache.TryTake("a", now, out var first).Should().BeTrue();
        first.Should().Be("A");
        cache.TryTake("a", now, out var second).Should().BeFalse();
        second.Should().BeNull();
        Kept().Should().BeEmpty();
    }

    [Test]
    public void A_value_that_was_read_before_a_change_is_not_kept()
    {
        var before = cache.Ticket;
        cache.Forget("a");
        cache.Fill("a", "old", before, now);
        Kept().Should().BeEmpty();

        cache.Fill("a", "new", cache.Ticket, now);
        Kept().Should().Equal("a");
    }

    [Test]
    public void Racers_for_one_key_get_one_value()
    {
        var values = new object?[300];
        var shared = new BoundedCache<object>(10, life);

        Parallel.For(0, 300, n => values[n] = shared.TryGetOrAdd("a", new(), now, out var value) ? value : null);

        values.Distinct().Should().ContainSingle().Which.Should().NotBeNull();
    }

    [Test]
    public async Task Many_at_once_never_get_a_value_of_another_key_nor_fill_the_cache_beyond_its_limit()
    {
        var shared = new BoundedCache<string>(limit: 20, life);
        var wrong = await Racers.AtOnceAsync(
            300,
            n =>
            {
                var (random, bad) = (new Random(n), 0);
                for (var i = 0; i < 500; i++)
                {
                    var key = random.Next(40).ToString(System.Globalization.CultureInfo.InvariantCulture);
                    var at = now.AddSeconds(random.Next(30));
                    var ticket = shared.Ticket;
                    switch (random.Next(10))
                    {
                        case < 3:
                            shared.Set(key, key, at);
                            break;
                        case 3:
                            shared.Forget(key);
                            break;
                        case 4:
                            shared.Update(key, value => value);
                            break;
                        case 5:
                            shared.Fill(key, key, ticket, at);
                            break;
                        case 6:
                            bad += shared.TryGetOrAdd(key, key, at, out var added) && added != key ? 1 : 0;
                            break;
                        default:
                            bad += shared.TryGet(key, at, out var value) && value != key ? 1 : 0;
                            break;
                    }
                }

                return Task.FromResult(bad);
            }
        );

        wrong.Should().OnlyContain(bad => bad == 0);
        // Long before its end an entry counts, whenever it was set.
        Enumerable.Range(0, 40).Count(k => shared.TryGet($"{k}", now.AddDays(-1), out _)).Should().BeInRange(1, 20);
    }

    private string? Added(string key, string value, DateTimeOffset at) => cache.TryGetOrAdd(key, value, at, out var kept) ? kept : null;

    private IEnumerable<string> Kept(DateTimeOffset? at = null) =>
        new[] { "a", "b", "c", "d", "e" }.Where(k => cache.TryGet(k, at ?? now, out _));
}
