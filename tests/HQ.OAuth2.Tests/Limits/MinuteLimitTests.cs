using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class MinuteLimitTests
{
    private readonly TestClock clock = new();

    [Test]
    public void So_many_in_a_minute_for_each_key_and_then_again()
    {
        var limit = new MinuteLimit(clock);
        Taken(limit, "a", 5).Should().Be(3);
        Taken(limit, "b", 2).Should().Be(2);
        clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        limit.TryTake("a", 3).Should().BeFalse("the minute began with the first");

        clock.Advance(TimeSpan.FromTicks(1));
        Taken(limit, "a", 5).Should().Be(3);
    }

    [Test]
    public void Looking_counts_nothing()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < 9; i++)
            limit.IsReached("a", 1).Should().BeFalse();

        limit.TryTake("a", 1).Should().BeTrue();
        limit.IsReached("a", 1).Should().BeTrue();
        limit.IsReached("b", 1).Should().BeFalse();
    }

    [Test]
    public void Zero_is_no_limit()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < 1000; i++)
            limit.TryTake("a", 0).Should().BeTrue();
        limit.IsReached("a", 0).Should().BeFalse();
    }

    [Test]
    public void Racers_take_no_more_than_there_is()
    {
        var limit = new MinuteLimit(clock);
        limit.TryTake("a", 100);
        var taken = 1;

        Parallel.For(
            0,
            1000,
            _ =>
            {
                if (limit.TryTake("a", 100))
                    Interlocked.Increment(ref taken);
            }
        );

        taken.Should().Be(100);
    }

    [Test]
    public void A_place_given_back_is_free_again_in_its_own_minute_only()
    {
        var limit = new MinuteLimit(clock);
        limit.TryTake("a", 1, out var first).Should().BeTrue();
        limit.TryTake("a", 1, out _).Should().BeFalse();
        first.GiveBack();
        limit.TryTake("a", 1, out var second).Should().BeTrue("who was refused took no place");

        clock.Advance(TimeSpan.FromMinutes(1));
        limit.TryTake("a", 1, out _).Should().BeTrue();
        second.GiveBack();
        limit.TryTake("a", 1, out _).Should().BeFalse("it belonged to the minute before");
    }

    [Test]
    public void Racers_for_a_new_key_take_no_more_than_there_is()
    {
        for (var round = 0; round < 200; round++)
        {
            var (limit, taken) = (new MinuteLimit(clock), 0);
            Parallel.For(
                0,
                30,
                _ =>
                {
                    if (limit.TryTake("a", 10))
                        Interlocked.Increment(ref taken);
                }
            );
            taken.Should().Be(10);
        }
    }

    [Test]
    public void No_flood_of_other_keys_makes_a_limit_forget()
    {
        var limit = new MinuteLimit(clock);
        Taken(limit, "attacker", 5).Should().Be(3);
        for (var i = 0; i < 3 * MinuteLimit.MaxCounters; i++)
            limit.TryTake($"flood {i}", 3);

        limit.TryTake("attacker", 3).Should().BeFalse();
        limit.IsReached("attacker", 3).Should().BeTrue();
    }

    [Test]
    public void Keys_that_come_while_all_counters_are_in_use_are_limited_too_and_begin_anew_a_minute_later()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < MinuteLimit.MaxCounters; i++)
            limit.TryTake($"flood {i}", 3);
        Taken(limit, "late", 5).Should().Be(3);
        limit.IsReached("late", 3).Should().BeTrue();

        clock.Advance(TimeSpan.FromMinutes(1));
        limit.IsReached("late", 3).Should().BeFalse();
        Taken(limit, "late", 5).Should().Be(3);
    }

    [Test]
    public void A_flood_leaves_most_of_those_who_come_late_their_turn()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < MinuteLimit.MaxCounters + 1000; i++)
            limit.TryTake($"flood {i}", 10);

        Enumerable.Range(0, 100).Count(i => limit.TryTake($"late {i}", 10)).Should().BeGreaterThan(90);
    }

    [Test]
    public void A_look_takes_no_counter()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < 2 * MinuteLimit.MaxCounters; i++)
            limit.IsReached($"flood {i}", 3);

        Enumerable.Range(0, MinuteLimit.MaxCounters).Count(i => limit.TryTake($"{i}", 1)).Should().Be(MinuteLimit.MaxCounters);
    }

    [Test]
    public void Keys_that_share_a_counter_share_it_for_the_whole_time_of_the_limit()
    {
        var limit = new MinuteLimit(clock, TimeSpan.FromHours(1));
        for (var i = 0; i < MinuteLimit.MaxCounters; i++)
            limit.TryTake($"flood {i}", 3);
        Taken(limit, "late", 5).Should().Be(3);

        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        limit.TryTake("late", 3).Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        limit.TryTake("late", 3).Should().BeTrue();
    }

    [Test]
    public void However_many_keys_come_late_each_of_them_is_limited()
    {
        var limit = new MinuteLimit(clock);
        for (var i = 0; i < 2 * MinuteLimit.MaxCounters; i++)
            limit.TryTake($"flood {i}", 3);

        for (var i = 0; i < 100; i++)
            Taken(limit, $"late {i}", 5).Should().BeLessThanOrEqualTo(3);
    }

    private static int Taken(MinuteLimit limit, string key, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => limit.TryTake(key, 3));
}
