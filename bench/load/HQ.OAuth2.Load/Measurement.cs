using System.Diagnostics;

namespace HQ.OAuth2.Load;

/// <summary>What one scenario cost one server in one round.</summary>
/// <param name="PerCpuSecond">Flows in one second of the server's CPU time.</param>
/// <param name="P50">Median of the time of a flow, in ms.</param>
/// <param name="P99">99th percentile of the same.</param>
/// <param name="KiB">Allocated by the server for each flow.</param>
internal sealed record Measurement(double PerCpuSecond, double P50, double P99, double KiB)
{
    public const int Connections = 16;

    public static Measurement Take(RunningServer server, Scenario scenario, TimeSpan time)
    {
        var gate = new Barrier(Connections + 1);
        var workers = Worker.Start(server, scenario, time, gate);

        // Everyone has made what the flow needs, and has done it once.
        gate.SignalAndWait();
        var allocated = server.Ask("allocated");
        var cpu = server.CpuTime;
        gate.SignalAndWait();
        gate.SignalAndWait();
        cpu = server.CpuTime - cpu;
        allocated = server.Ask("allocated") - allocated;
        var times = workers.SelectMany(w => w.Join()).Order().ToArray();
        return new(
            times.Length / cpu.TotalSeconds,
            Milliseconds(times[times.Length / 2]),
            Milliseconds(times[times.Length * 99 / 100]),
            allocated / 1024.0 / times.Length
        );
    }

    /// <summary>How many database commands a flow has, counted in a few that are not timed, because counting is not free.</summary>
    public static double CountCommands(RunningServer server, Scenario scenario)
    {
        server.Ask("listen");
        // EF Core looks once in a second whether anybody listens.
        if (server.Kind.Store == "sqlite")
            Thread.Sleep(1100);
        var gate = new Barrier(Connections + 1);
        var workers = Worker.Start(server, scenario, TimeSpan.Zero, gate);
        gate.SignalAndWait();
        server.Ask("listen");
        gate.SignalAndWait();
        gate.SignalAndWait();
        var commands = server.Ask("commands");
        return (double)commands / workers.Sum(w => w.Join().Count);
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
