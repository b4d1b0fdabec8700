using System.Diagnostics;

namespace HQ.OAuth2.Durability;

/// <summary>Codes and refresh tokens that callers contest at several nodes, while the primary of their database is killed and replaced.</summary>
internal sealed class FailOverCommand(NodeGroup nodes, FailOverLoad load, Contest contest, Tally tally, string script)
{
    private const int Lanes = 8;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var count = arguments.Number("nodes", 2);
        var contests = arguments.Number("contests", 10_000);
        var kills = arguments.Number("kills", 5, atLeast: 0);
        var failOvers = arguments.Number("failovers", 5, atLeast: 0);
        var callers = arguments.Number("callers", 3);
        var script =
            Environment.GetEnvironmentVariable("HQ_PATRONI")
            ?? throw new ArgumentException("HQ_PATRONI is not set: it is the script that kills and replaces the primary.");
        arguments.Done();

        var tally = new Tally($"failover: {count} nodes, PostgreSQL under Patroni, {callers} callers at once");
        var contest = new Contest("PostgreSQL under Patroni");
        await using var database = await Database.NewAsync("postgres");
        await using var nodes = await NodeGroup.StartAsync(
            arguments.QuickStart,
            count,
            database.Target,
            // What comes back to life must not hide behind its expiry.
            ("authorizationCodeLifetime", "00:10:00"),
            ("refreshTokenLeeway", "00:10:00")
        );
        var load = new FailOverLoad(nodes, contest, tally, callers);
        await new FailOverCommand(nodes, load, contest, tally, script).RunAsync(contests, kills, failOvers);
        await database.CheckAsync(tally, "at the end");

        Console.WriteLine(contest.Table());
        return Math.Max(tally.Report(), contest.Holds ? 0 : 1);
    }

    private async Task RunAsync(int contests, int kills, int failOvers)
    {
        await load.BeginAsync();
        await tally.PhaseAsync(
            $"{contests} contests, {kills} kills, {failOvers} fail-overs",
            () =>
                contest.RunAsync(
                    contests,
                    Lanes,
                    load.ContestAsync,
                    () => DisturbAsync("kill"),
                    kills,
                    () => DisturbAsync("failover"),
                    failOvers
                )
        );
        await tally.PhaseAsync("what was answered, after the last fail-over", () => load.CheckAsync(Lanes));
        foreach (var node in nodes.Nodes)
            tally.Expect(!node.HasExited, "a node lives through every fail-over", node.LogTail());
    }

    // The next primary is not touched before both others follow it again.
    private async Task DisturbAsync(string how)
    {
        await ScriptAsync(how);
        await ScriptAsync("settle");
    }

    private async Task ScriptAsync(string command)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(script, [command]) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new NodeFailedException($"The database does not come back: {command} ended with exit code {process.ExitCode}. {said}");
        tally.Max($"longest {command} of the database, ms", clock.ElapsedMilliseconds);
    }
}
