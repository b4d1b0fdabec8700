using System.Collections.Concurrent;
using System.Globalization;

namespace HQ.OAuth2;

/// <summary>Many redemptions and refreshes that callers contest, servers that are killed meanwhile, and what came of it as a table.</summary>
/// <param name="engine">The name of the engine in the table.</param>
internal sealed class Contest(string engine)
{
    private const int Shown = 10;

    private readonly ConcurrentQueue<string> details = new();
    private int redemptions;
    private int refreshes;
    private int kills;
    private int failOvers;
    private int lost;
    private int doubled;
    private long longest;

    /// <summary>Nothing was lost, and nothing was spent twice.</summary>
    public bool Holds => lost == 0 && doubled == 0;

    public void Redemption() => Interlocked.Increment(ref redemptions);

    public void Refresh() => Interlocked.Increment(ref refreshes);

    /// <summary>A success that was answered is not there any more, or there was no success at all.</summary>
    public void Lost(string what) => Add(ref lost, $"lost: {what}");

    /// <summary>What may be spent once was spent by two.</summary>
    public void Doubled(string what) => Add(ref doubled, $"doubled: {what}");

    /// <summary>A caller was told for so long that the store cannot be reached.</summary>
    public void Outage(TimeSpan time)
    {
        for (var seen = Interlocked.Read(ref longest); time.Ticks > seen; )
        {
            var before = Interlocked.CompareExchange(ref longest, time.Ticks, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    /// <summary>
    /// Runs the contests in lanes. They are dealt out to the disturbances: each disturbance comes in the midst of its contests, and the next ones
    /// begin when it is over.
    /// </summary>
    public async Task RunAsync(
        int count,
        int lanes,
        Func<int, Task> one,
        Func<Task>? kill,
        int killed,
        Func<Task>? failOver,
        int failedOver
    )
    {
        // In turn, as long as there are some of both.
        var disturbances = Enumerable
            .Range(0, killed)
            .Select(i => (Order: 2 * i, Run: kill, IsKill: true))
            .Concat(Enumerable.Range(0, failedOver).Select(i => (Order: (2 * i) + 1, Run: failOver, IsKill: false)))
            .OrderBy(d => d.Order)
            .ToList();
        if (disturbances.Count == 0)
            await LanesAsync(0, count, lanes, one, _ => { });
        for (var d = 0; d < disturbances.Count; d++)
        {
            var (from, to) = (count * d / disturbances.Count, count * (d + 1) / disturbances.Count);
            var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var contests = LanesAsync(from, to, lanes, one, n => Begin(n, from + ((to - from) / 4), underWay));
            await Task.WhenAny(underWay.Task, contests);
            try
            {
                await disturbances[d].Run!();
            }
            finally
            {
                // No caller goes on when the test is over. Their own failure comes after that of the disturbance, if there is none.
                await Task.WhenAny(contests);
            }

            Interlocked.Increment(ref disturbances[d].IsKill ? ref kills : ref failOvers);
            await contests;
        }

        static void Begin(int n, int at, TaskCompletionSource underWay)
        {
            if (n >= at)
                underWay.TrySetResult();
        }
    }

    /// <summary>The table in Markdown, and the first things that went wrong.</summary>
    public string Table()
    {
        var outage = TimeSpan.FromTicks(longest).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return string.Join(
            '\n',
            (IEnumerable<string>)
                [
                    "| engine | contested redemptions | contested refreshes | kills | fail-overs | lost | doubled | longest outage |",
                    "|---|---|---|---|---|---|---|---|",
                    $"| {engine} | {redemptions} | {refreshes} | {kills} | {failOvers} | {lost} | {doubled} | {outage} s |",
                    .. details.Take(Shown),
                ]
        );
    }

    private static Task LanesAsync(int from, int to, int lanes, Func<int, Task> one, Action<int> begins) =>
        Parallel.ForEachAsync(
            Enumerable.Range(from, to - from),
            new ParallelOptions { MaxDegreeOfParallelism = lanes },
            async (n, _) =>
            {
                begins(n);
                await one(n);
            }
        );

    private void Add(ref int count, string detail)
    {
        Interlocked.Increment(ref count);
        details.Enqueue(detail);
    }
}
