using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class BoundedMemoryTests
{
    private static readonly DateTimeOffset now = TestClock.Start;
    private static readonly TimeSpan life = TimeSpan.FromSeconds(10);

    private readonly BoundedMemory<string> memory = new(limit: 3);

    [SetUp]
    public void Nothing_is_kept() => new[] { "a", "b", "c", "d", "e" }.ToList().ForEach(memory.Forget);

    [TestCase(0L, true)]
    [TestCase(99_999_999L, true)]
    [TestCase(100_000_000L, false)]
    [TestCase(-1L, true)]
    public void A_value_is_kept_until_its_instant_and_not_at_it(long ticks, bool kept)
    {
        memory.Set("a", "A", now, life);

        memory.TryGet("a", now.AddTicks(ticks), out var value).Should().Be(kept);
        value.Should().Be(kept ? "A" : null);
        memory.TryGet("A", now, out _).Should().BeFalse("keys are compared ordinally");
    }

    [Test]
    public void A_life_of_zero_keeps_nothing()
    {
        memory.Set("a", "A", now, TimeSpan.Zero);

        Kept().Should().BeEmpty();
    }

    [Test]
    public void A_value_is_replaced_and_forgotten()
    {
        memory.Set("a", "A", now, life);
        memory.Set("a", "B", now, life);
        memory.TryGet("a", now, out var value).Should().BeTrue();
        value.Should().Be("B");
        memory.Forget("a");
        memory.Forget("a");

        Kept().Should().BeEmpty();
    }

    [Test]
    public void A_value_that_is_changed_is_kept_no_longer_and_one_that_is_gone_stays_gone()
    {
        memory.Set("a", "A", now, life);

        memory.Update("a", value => value + "!");
        memory.Update("b", value => value + "!");

        memory.TryGet("a", now.AddSeconds(9), out var changed).Should().BeTrue();
        changed.Should().Be("A!");
        Kept(now.AddSeconds(10)).Should().BeEmpty();
        Kept().Should().Equal("a");
    }

    [Test]
    public void What_is_over_makes_room_first()
    {
        memory.Set("a", "A", now, life);
        memory.Set("b", "B", now, 3 * life);
        memory.Set("c", "C", now, 3 * life);

        memory.Set("d", "D", now + life, life);

        Kept(now + life).Should().BeEquivalentTo("b", "c", "d");
        Kept(now).Should().NotContain("a", "it is gone, not only over");
    }

    [Test]
    public void When_everything_lives_all_of_it_goes()
    {
        foreach (var key in new[] { "a", "b", "c", "d" })
            memory.Set(key, key, now, life);

        Kept().Should().Equal("d");
    }

    [Test]
    public async Task Many_at_once_never_get_a_value_of_another_key()
    {
        var shared = new BoundedMemory<string>(limit: 20);
        var wrong = await Racers.AtOnceAsync(
            16,
            n =>
            {
                var (random, bad) = (new Random(n), 0);
                for (var i = 0; i < 5000; i++)
                {
                    var key = random.Next(40).ToString(System.Globalization.CultureInfo.InvariantCulture);
                    var at = now.AddSeconds(random.Next(30));
                    if (random.Next(3) == 0)
                        shared.Set(key, key, at, life);
                    else if (random.Next(20) == 0)
                        shared.Forget(key);
                    else if (shared.TryGet(key, at, out var value) && value != key)
                        bad++;
                }

                return Task.FromResult(bad);
            }
        );

        wrong.Should().OnlyContain(bad => bad == 0);
        Enumerable.Range(0, 40).Count(k => shared.TryGet($"{k}", now, out _)).Should().BeLessThanOrEqualTo(20 + 16);
    }

    private IEnumerable<string> Kept(DateTimeOffset? at = null) =>
        new[] { "a", "b", "c", "d", "e" }.Where(k => memory.TryGet(k, at ?? now, out _));
}
