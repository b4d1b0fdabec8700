using System.Globalization;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Load;

/// <summary>The tables, in Markdown.</summary>
internal static class Report
{
    public static void Print(Settings settings, Run run)
    {
        Console.WriteLine(
            "| scenario | server | flows per server CPU second | p50, ms | p99, ms | KiB | commands | of the floor | to the best peer |"
        );
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
            Text(run.Commands(scenario, server), "0.##"),
            Ratio(cell.PerCpuSecond / floor?.PerCpuSecond),
            server.Engine == "ours" ? Ratio(cell.PerCpuSecond / best) + " |" : "|"
        );
    }

    private static string Method(Settings settings, Run run)
    {
        var cores = Machine.ServerCore is { } core
            ? $"the servers on core {core}, the driver and PostgreSQL on another"
            : "one core for everything";
        string?[] facts =
        [
            $"Medians of {settings.Rounds} interleaved rounds of {Text(settings.Seconds, "0.##")} s",
            $"{Measurement.Connections} keep-alive connections",
            "no errors",
            cores,
            $"PostgreSQL with fsync {Environment.GetEnvironmentVariable("HQ_PG_FSYNC") ?? "off"}",
            "SQLite with full durability",
            $"{DateTime.UtcNow:yyyy-MM-dd}",
            Environment.GetEnvironmentVariable("HQ_LOAD_CPU"),
            $".NET {Environment.Version}",
            "OpenIddict " + Version("Directory.Packages.props", "OpenIddict.Server.AspNetCore\" Version=\"([^\"]+)"),
            run.NodeVersion is { } node ? $"Node.js {node}" : null,
            "node-oidc-provider " + Version("bench/load/node/package.json", "\"oidc-provider\": \"([^\"]+)"),
            "commit " + Environment.GetEnvironmentVariable("HQ_LOAD_COMMIT"),
        ];
        return string.Join(", ", facts.OfType<string>()) + ".";
    }

    private static string Version(string file, string pattern) =>
        Regex.Match(File.ReadAllText(Path.Combine(Machine.Root, file)), pattern).Groups[1].Value;

    private static string Ratio(double? value) => Text(value, value < 0.1 ? "0.000" : "0.00");

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
