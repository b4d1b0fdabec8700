namespace HQ.OAuth2.Load;

/// <summary>The servers of one command, and what was measured of them.</summary>
internal sealed class Run(Settings settings) : IDisposable
{
    private readonly Stores stores = new();
    private readonly Lazy<string> node = new(() => Machine.Run("tests/node.sh", "bench/load/node"));
    private readonly List<RunningServer> servers = [];
    private readonly Dictionary<(string Scenario, ServerKind Server), List<Measurement>> cells = [];
    private readonly Dictionary<(string Scenario, ServerKind Server), double> commands = [];

    public Dictionary<ServerKind, (double Milliseconds, double MiB)> Starts { get; } = [];

    public string? NodeVersion => node.IsValueCreated ? Machine.Run(node.Value, "--version") : null;

    /// <summary>The medians of one scenario on one server; null = the server has no such thing.</summary>
    public Measurement? Cell(Scenario scenario, ServerKind server) =>
        cells.TryGetValue((scenario.Name, server), out var rounds)
            ? new(Median(rounds, r => r.PerCpuSecond), Median(rounds, r => r.P50), Median(rounds, r => r.P99), Median(rounds, r => r.KiB))
            : null;

    /// <summary>The database commands of one flow; null where there is no database.</summary>
    public double? Commands(Scenario scenario, ServerKind server) =>
        commands.TryGetValue((scenario.Name, server), out var count) ? count : null;

    /// <summary>Times the start of each server alone, then starts it once more for the measurement.</summary>
    public void StartServers()
    {
        foreach (var kind in settings.Servers)
        {
            Say($"Starting {kind.Name}.");
            var connection = stores.ConnectionTo(kind);
            var starts = new List<(double Milliseconds, double MiB)>();
            // The first makes the tables, and is not timed.
            if (kind.HasDatabase)
                Start(kind, connection, isWarm: false).Dispose();
            for (var i = 0; i < settings.Starts; i++)
            {
                using var server = Start(kind, connection, isWarm: false);
                Thread.Sleep(500);
                starts.Add((server.StartedAfter.TotalMilliseconds, server.ResidentMiB));
            }

            Starts[kind] = (Median(starts, s => s.Milliseconds), Median(starts, s => s.MiB));
            servers.Add(Start(kind, connection, isWarm: true));
        }
    }

    /// <summary>All is warmed up before the first round; a round takes the servers in turn, so that a slow minute meets them all.</summary>
    public void Measure()
    {
        foreach (var (scenario, server) in Pairs("Warming up"))
        {
            if (server.Kind.HasDatabase)
                commands[(scenario.Name, server.Kind)] = Checked(server, scenario, Measurement.CountCommands);
            Take(server, scenario, settings.WarmUp);
            cells[(scenario.Name, server.Kind)] = [];
        }

        for (var round = 1; round <= settings.Rounds; round++)
            foreach (var (scenario, server) in Pairs($"Round {round}"))
                cells[(scenario.Name, server.Kind)].Add(Take(server, scenario, settings.Seconds));
    }

    private IEnumerable<(Scenario Scenario, RunningServer Server)> Pairs(string what)
    {
        foreach (var scenario in settings.Scenarios)
        {
            Say($"{what}: {scenario.Name}.");
            foreach (var server in servers.Where(scenario.IsOffered))
                yield return (scenario, server);
        }
    }

    public void Dispose()
    {
        foreach (var server in servers)
            server.Dispose();
    }

    private RunningServer Start(ServerKind kind, string connection, bool isWarm) =>
        RunningServer.Start(kind, connection, () => node.Value, isWarm);

    private static Measurement Take(RunningServer server, Scenario scenario, double seconds) =>
        Checked(server, scenario, (on, what) => Measurement.Take(on, what, TimeSpan.FromSeconds(seconds)));

    private static T Checked<T>(RunningServer server, Scenario scenario, Func<RunningServer, Scenario, T> measure)
    {
        try
        {
            return measure(server, scenario);
        }
        catch (LoadException e)
        {
            throw new LoadException($"{scenario.Name} on {server.Kind.Name} failed. {e.Message}", e);
        }
    }

    private static double Median<T>(List<T> values, Func<T, double> value)
    {
        var sorted = values.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
