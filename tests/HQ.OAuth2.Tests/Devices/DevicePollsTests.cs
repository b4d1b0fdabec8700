using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>How fast a device may poll (RFC 8628 §3.5).</summary>
internal sealed class DevicePollsTests
{
    private readonly TestClock clock = new();
    private readonly DeviceCode code = DeviceCode.New(TestClock.Start);
    private DevicePolls polls = null!;

    [SetUp]
    public void Begin()
    {
        clock.Now = TestClock.Start;
        polls = new(new ServerSettings(Given.Options()), clock);
    }

    [Test]
    public void A_code_that_was_not_found_to_be_genuine_is_not_counted()
    {
        for (var i = 0; i < 10; i++)
            polls.TryKnown(code, Given.Client()).Should().BeNull();
        polls.TryFirst(code, Given.Client()).Should().BeTrue();
    }

    [Test, Rfc("8628-3.5-2")]
    public void The_interval_grows_by_five_seconds_with_each_poll_that_is_too_early()
    {
        polls.TryFirst(code, Given.Client()).Should().BeTrue();

        // Seconds since the last poll, and whether it is in time; the interval is 5, then 10, then 15.
        foreach (
            var (seconds, inTime) in new[] { (5, true), (4, true), (3, false), (10, true), (9, true), (8, false), (14, true), (15, true) }
        )
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            polls.TryKnown(code, Given.Client()).Should().Be(inTime, "after {0} s", seconds);
        }
    }

    [Test]
    public void Another_client_and_another_code_have_a_pace_of_their_own()
    {
        polls.TryFirst(code, Given.Client("a")).Should().BeTrue();

        polls.TryKnown(code, Given.Client("b")).Should().BeNull();
        polls.TryKnown(DeviceCode.New(TestClock.Start), Given.Client("a")).Should().BeNull();
        polls.TryKnown(code, Given.Client("a")).Should().BeFalse();
    }

    [Test]
    public async Task Of_many_first_polls_one_is_in_time()
    {
        var answers = await Racers.AtOnceAsync(50, _ => Task.FromResult(polls.TryFirst(code, Given.Client())));

        answers.Count(a => a).Should().Be(1);
    }

    [Test]
    public void Without_room_a_device_is_not_slowed_down()
    {
        for (var i = 0; i < 10_000; i++)
            polls.TryFirst(DeviceCode.New(TestClock.Start), Given.Client()).Should().BeTrue();

        polls.TryFirst(code, Given.Client()).Should().BeTrue();
        polls.TryFirst(code, Given.Client()).Should().BeTrue();
    }
}
