namespace HQ.OAuth2.Tests;

public sealed class PatienceTests
{
    [Test]
    public async Task Work_that_is_done_leaves_no_timer_behind()
    {
        var time = new CountedTimers();

        (await Patience.WaitAsync(() => Task.CompletedTask, time)).Should().BeTrue();

        (time.Made, time.Live).Should().Be((1, 0));
    }

    [Test]
    public async Task Work_that_takes_longer_goes_on_without_the_caller()
    {
        var (time, work) = (new CountedTimers { Ends = true }, new TaskCompletionSource());

        (await Patience.WaitAsync(() => work.Task, time)).Should().BeFalse();

        work.SetResult();
    }

    private sealed class CountedTimers : TimeProvider
    {
        private int live;

        public bool Ends { get; init; }

        public int Made { get; private set; }

        public int Live => live;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            dueTime.Should().Be(Patience.Longest);
            Made++;
            live++;
            return new Counted(this, System.CreateTimer(callback, state, Ends ? TimeSpan.Zero : dueTime, period));
        }

        private sealed class Counted(CountedTimers all, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

            public void Dispose()
            {
                Interlocked.Decrement(ref all.live);
                inner.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
