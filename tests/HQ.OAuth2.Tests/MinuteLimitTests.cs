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
    public async Task Racers_that_begin_a_minute_count_together()
    {
        for (var round = 0; round < 50; round++)
        {
            var limit = new MinuteLimit(clock);
            var taken = await Racers.AtOnceAsync(8, _ => Task.FromResult(limit.TryTake("a", 3)));
            taken.Count(t => t).Should().Be(3);
        }
    }

    private static int Taken(MinuteLimit limit, string key, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => limit.TryTake(key, 3));
}
