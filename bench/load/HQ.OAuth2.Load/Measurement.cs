using System.Diagnostics;

namespace HQ.OAuth2.Load;

/// <summary>What one scenario cost one server in one round.</summary>
/// <param name="PerCpuSecond">Flows in one second of the server's CPU time.</param>
/// <param name="P50">Median of the time of a flow, in ms.</param>
/// <param name="P99">99th percentile of the same.</param>
/// <param name="KiB">Allocated by the server for each flow.</param>
/// <param name="Commands">Database commands for each flow.</param>
internal sealed record Measurement(double PerCpuSecond, double P50, double P99, double KiB, double Commands)
{
    public const int Connections = 16;

    /// <summary>What a connection does at least, before and in the time that counts.</summary>
    public const int MinimumFlows = 8;

    private const int CountedFlows = 2;

    public static Measurement Take(RunningServer server, Scenario scenario, TimeSpan time)
    {
        var workers = new Worker[Connections];
        using var gate = new Barrier(Connections + 1);
        for (var i = 0; i < Connections; i++)
            workers[i] = new(server, scenario, time, gate);

        // Everyone has made what the flow needs, and has done it once. In a few more the database commands are counted.
        gate.SignalAndWait();
        if (server.Kind.HasDatabase)
            server.Ask("count");
        gate.SignalAndWait();
        gate.SignalAndWait();
        var commands = server.Kind.HasDatabase ? server.Ask("commands") : 0;

        // What counts.
        var allocated = server.Ask("allocated");
        var cpu = server.CpuTime;
        gate.SignalAndWait();
        gate.SignalAndWait();
        cpu = server.CpuTime - cpu;
        allocated = server.Ask("allocated") - allocated;
        foreach (var worker in workers)
            worker.Join();

        var times = workers.SelectMany(w => w.Times).Order().ToArray();
        return new(
            times.Length / cpu.TotalSeconds,
            Milliseconds(times[times.Length / 2]),
            Milliseconds(times[times.Length * 99 / 100]),
            allocated / 1024.0 / times.Length,
            (double)commands / (Connections * CountedFlows)
        );
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private sealed class Worker
    {
        private readonly Thread thread;
        private Exception? failure;

        public Worker(RunningServer server, Scenario scenario, TimeSpan time, Barrier gate)
        {
            thread = new Thread(() => Work(server, scenario, time, gate), maxStackSize: 256 * 1024);
            thread.Start();
        }

        public List<long> Times { get; } = [];

        public void Join()
        {
            thread.Join();
            if (failure is not null)
                throw new LoadException(failure.Message, failure);
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
            Try(() =>
            {
                for (var i = 0; i < CountedFlows; i++)
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
            var (start, last) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(start) < time && flow())
            {
                var now = Stopwatch.GetTimestamp();
                Times.Add(now - last);
                last = now;
            }
        }

        // Whoever fails goes on to each gate, so that nobody waits for ever.
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
}
