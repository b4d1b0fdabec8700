using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HQ.OAuth2.Mutation;

/// <summary>Tries every mutant of a report, several at once, each in a process that may hang or die.</summary>
internal static class Trial
{
    private const string Killed = "Killed";
    private const string Survived = "Survived";
    private const string NotReached = "NoCoverage";

    // A mutant must be noticed without the tests that count, measure or wait.
    private const double Longest = 4;

    // The core's tests, and those that start a host. Of these a mutant gets the ones that reach the least: a host takes a tenth of a second.
    private static readonly (string Name, int MostTests)[] suites = [("HQ.OAuth2.Tests", int.MaxValue), ("HQ.OAuth2.AspNetCore.Tests", 40)];

    public static async Task RunAsync(string report)
    {
        var root = JsonNode.Parse(await File.ReadAllTextAsync(report))!;
        var mutants = root["files"]!
            .AsObject()
            .SelectMany(file => file.Value!["mutants"]!.AsArray())
            .Where(m => m!["status"]!.GetValue<string>() is not ("Ignored" or "CompileError"))
            .ToDictionary(m => int.Parse(m!["id"]!.GetValue<string>(), CultureInfo.InvariantCulture), m => m!);
        var results = mutants.Keys.ToDictionary(id => id, _ => NotReached);
        foreach (var (suite, mostTests) in suites)
        {
            int[] left = [.. results.Where(r => r.Value is Survived or NotReached).Select(r => r.Key).Order()];
            if (left.Length == 0)
                break;
            foreach (var (id, result) in await TryAsync(suite, mostTests, left, $"{report}.{suite}.cover"))
            {
                if (result != NotReached)
                    results[id] = result;
            }

            // What is known is kept when the next suite is stopped.
            foreach (var (id, mutant) in mutants)
            {
                // A static initialiser runs once in a process, with no mutant on.
                var isMissed = results[id] is Survived or NotReached && mutant["static"]?.GetValue<bool>() == true;
                (mutant["status"], mutant["statusReason"]) = isMissed ? ("Ignored", "static") : (results[id], "");
            }

            await File.WriteAllTextAsync(report, root.ToJsonString());
        }
    }

    private static async Task<IReadOnlyDictionary<int, string>> TryAsync(string suite, int mostTests, int[] mutants, string coverFile)
    {
        var watch = Stopwatch.StartNew();
        var cover = await CoverAsync(suite, coverFile);
        foreach (var left in cover.Where(t => !t.Passes || t.Seconds > Longest))
            await Console.Error.WriteLineAsync(
                $"left out: {left.Name} ({(left.Passes ? $"{left.Seconds:0.0} s" : "fails without a mutant")})"
            );
        var tests = cover.Where(t => t.Passes && t.Seconds <= Longest).ToList();
        var reach = tests.SelectMany(t => t.Reached.Select(m => (Mutant: m, Test: t))).ToLookup(p => p.Mutant, p => p.Test);
        await Console.Error.WriteLineAsync(
            $"{suite}: {tests.Count} tests, {mutants.Length} mutants, {watch.Elapsed.TotalSeconds:0} s so far"
        );

        var (queue, results) = (new ConcurrentQueue<int>(mutants), new ConcurrentDictionary<int, string>());
        await Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(async _ =>
                {
                    using var worker = new Remote(suite);
                    while (queue.TryDequeue(out var mutant))
                    {
                        var own = reach[mutant].OrderBy(t => t.Reached.Length).Take(mostTests).OrderBy(t => t.Seconds).ToList();
                        results[mutant] = own.Count > 0 ? await worker.TryAsync(mutant, own) : NotReached;
                        if (results.Count % 250 == 0)
                            await Console.Error.WriteLineAsync($"{results.Count} mutants after {watch.Elapsed.TotalSeconds:0} s");
                    }
                })
        );
        await Console.Error.WriteLineAsync($"{suite}: done after {watch.Elapsed.TotalSeconds:0} s");
        return results;
    }

    private static async Task<Reach[]> CoverAsync(string suite, string file)
    {
        using var process = Remote.Start("--cover", suite, file);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Reach[]>(await File.ReadAllTextAsync(file))!
            : throw new InvalidOperationException($"The tests did not run: {await output}");
    }

    /// <summary>A process that tries one mutant after the other, and is started again after one that hangs or ends it.</summary>
    private sealed class Remote(string suite) : IDisposable
    {
        // A process in which no test ends for so long hangs. It covers the start of the process, too.
        private static readonly TimeSpan patience = TimeSpan.FromSeconds(15);

        private Process? process;

        public static Process Start(params string[] arguments) =>
            Process.Start(
                new ProcessStartInfo(Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], .. arguments])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            )!;

        public async Task<string> TryAsync(int mutant, List<Reach> tests)
        {
            // In a process that an earlier mutant spoilt nothing can be said; in a new one a test that fails says it.
            for (var isNew = process is null; ; isNew = true)
            {
                var answer = await AskAsync($"{mutant} {string.Join(' ', tests.Select(t => t.Id))}");
                if (answer == Worker.Killed)
                    return Killed;
                if (answer == Worker.Survived)
                    return Survived;
                Dispose();
                if (isNew)
                    return answer == Worker.Spoilt ? Survived : "Timeout";
            }
        }

        private async Task<string> AskAsync(string line)
        {
            process ??= Start("--try", suite);
            try
            {
                await process.StandardInput.WriteLineAsync(line);
                while (true)
                {
                    var answer = await process.StandardOutput.ReadLineAsync().WaitAsync(patience);
                    if (answer != Worker.Test)
                        return answer ?? "";
                }
            }
            catch (Exception e) when (e is TimeoutException or IOException)
            {
                // It hangs, or is gone.
                return "";
            }
        }

        public void Dispose()
        {
            process?.Kill(entireProcessTree: true);
            process?.Dispose();
            process = null;
        }
    }
}
