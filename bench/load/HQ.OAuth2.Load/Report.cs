using System.Globalization;

namespace HQ.OAuth2.Load;

/// <summary>The tables, in Markdown.</summary>
internal static class Report
{
    public static void Print(Settings settings, Run run)
    {
        Console.WriteLine("| scenario | server | flows per server CPU second | p50, ms | p99, ms | KiB | commands | of the floor | to the best peer |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var scenario in settings.Scenarios)
        foreach (var server in settings.Servers)
            Console.WriteLine(Row(scenario, server, settings, run));

        Console.WriteLine();
        Console.WriteLine("| server | start to first answer, ms | idle, MiB |");
        Console.WriteLine("|---|--:|--:|");
        foreach (var server in settings.Servers)
            Console.WriteLine($"| {server.Name} | {Text(run.Starts[server].Milliseconds, "0")} | {Text(run.Starts[server].MiB, "0")} |");

        Console.WriteLine();
        Console.WriteLine(Method(settings, run));
    }

    private static string Row(Scenario scenario, ServerKind server, Settings settings, Run run)
    {
        if (run.Cell(scenario, server) is not { } cell)
            return $"| {scenario.Name} | {server.Name} | - | - | - | - | - | - | - |";
        var same = settings.Servers.Where(s => s.ComparedOn == server.ComparedOn).ToArray();
        var floor = same.Where(s => s.Engine == "floor").Select(s => run.Cell(scenario, s)).FirstOrDefault();
        var best = same.Where(s => s.Engine is not ("floor" or "ours")).Max(s => run.Cell(scenario, s)?.PerCpuSecond);
        return string.Join(
            " | ",
            $"| {scenario.Name}",
            server.Name,
            Text(cell.PerCpuSecond, "#,0"),
            Text(cell.P50, "0.00"),
            Text(cell.P99, "0.00"),
            server.IsDotNet ? Text(cell.KiB, "0.0") : "-",
            server.HasDatabase ? Text(cell.Commands, "0.##") : "-",
            Text(cell.PerCpuSecond / floor?.PerCpuSecond, "0.00"),
            server.Engine == "ours" ? Text(cell.PerCpuSecond / best, "0.00") + " |" : "|"
        );
    }

    private static string Method(Settings settings, Run run)
    {
        var pinned = Machine.ServerCore is null
            ? "one core for everything, so only ratios mean something"
            : $"the servers on core {Machine.ServerCore}, the driver and PostgreSQL on another";
        var node = run.NodeVersion is { } version ? $", Node.js {version}, node-oidc-provider 9.13" : "";
        var fsync = Environment.GetEnvironmentVariable("HQ_PG_FSYNC") ?? "off";
        return $"""
            Medians of {settings.Rounds} interleaved rounds of {Text(settings.Seconds, "0.##")} s, {Measurement.Connections} keep-alive connections, no errors; {pinned}.
            {DateTime.UtcNow:yyyy-MM-dd}, {Environment.GetEnvironmentVariable("HQ_LOAD_COMMIT")}, {Environment.GetEnvironmentVariable("HQ_LOAD_CPU")}, .NET {Environment.Version}, OpenIddict 7.8{node}, PostgreSQL with fsync {fsync}, SQLite with full durability.
            """.ReplaceLineEndings(" ");
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
