using System.Diagnostics;

namespace HQ.OAuth2.Load;

/// <summary>One connection on a thread of its own. It passes the gate when it is ready, when the time begins, and at its end.</summary>
internal sealed class Worker
{
    /// <summary>What a worker does at least, however short the time is.</summary>
    public const int MinimumFlows = 4;

    private readonly List<long> times = [];
    private readonly Thread thread;
    private Exception? failure;

    private Worker(RunningServer server, Scenario scenario, TimeSpan time, Barrier gate)
    {
        thread = new Thread(() => Work(server, scenario, time, gate), maxStackSize: 256 * 1024) { IsBackground = true };
        thread.Start();
    }

    public static Worker[] Start(RunningServer server, Scenario scenario, TimeSpan time, Barrier gate) =>
        [.. Enumerable.Range(0, Measurement.Connections).Select(_ => new Worker(server, scenario, time, gate))];

    /// <summary>Waits for the end, and returns the time of each flow, in ticks of the stopwatch.</summary>
    public IReadOnlyList<long> Join()
    {
        thread.Join();
        return failure is null ? times : throw new LoadException(failure.Message, failure);
    }

    private void Work(RunningServer server, Scenario scenario, TimeSpan time, Barrier gate)
    {
        Connection? connection = null;
        Flow flow = () => false;
        Try(() =>
        {
            connection = new Connection(server.Address);
            flow = scenario.Prepare(new Visitor(server, connection), time);
            flow();
        });
        gate.SignalAndWait();
        gate.SignalAndWait();
        Try(() => Repeat(flow, time));
        gate.SignalAndWait();
        connection?.Dispose();
    }

    private void Repeat(Flow flow, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var last = start;
        while ((times.Count < MinimumFlows || Stopwatch.GetElapsedTime(start) < time) && flow())
        {
            var now = Stopwatch.GetTimestamp();
            times.Add(now - last);
            last = now;
        }
    }

    // A connection that failed still passes each gate, so that the others do not wait for ever.
    private void Try(Action act)
    {
        try
        {
            if (failure is null)
                act();
        }
#pragma warning disable CA1031 // It is thrown again by Join.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }
    }
}
