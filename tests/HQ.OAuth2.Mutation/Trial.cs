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
    private const string TimedOut = "Timeout";

    // A mutant must be noticed without the tests that count, measure or wait.
    private const double Longest = 4;

    // A static initialiser runs once in a process, so a mutant in one needs a process of its own, and nothing says which tests read what it made: it gets
    // the tests that reach other mutants of its file, and all tests of the core that are quicker than this, in seconds.
    private const double Quick = 0.02;

    // The core's tests, and those that start a host. Of these a mutant gets no more than a number: a host takes a tenth of a second.
    private static readonly Dictionary<string, int> suites = new()
    {
        ["HQ.OAuth2.Tests"] = int.MaxValue,
        ["HQ.OAuth2.AspNetCore.Tests"] = 60,
    };

    /// <param name="report">The report of the mutation tool. Mutants that it calls killed are not tried again.</param>
    /// <param name="suite">The suite whose tests are run.</param>
    public static async Task RunAsync(string report, string suite)
    {
        var root = JsonNode.Parse(await File.ReadAllTextAsync(report))!;
        var mutants = new Dictionary<int, Mutant>();
        foreach (var (file, content) in root["files"]!.AsObject())
        {
            foreach (var mutant in content!["mutants"]!.AsArray())
            {
                if (mutant!["status"]!.GetValue<string>() is "Ignored" or "CompileError")
                    continue;
                var id = int.Parse(mutant["id"]!.GetValue<string>(), CultureInfo.InvariantCulture);
                mutants.Add(id, new(file, mutant["static"]?.GetValue<bool>() == true, mutant));
            }
        }

        var left = mutants
            .Where(m => m.Value.Result is not (Killed or TimedOut))
            .OrderBy(m => m.Value.IsStatic)
            .ThenBy(m => m.Key)
            .ToList();
        await TryAsync(
            suite,
            suites[suite],
            left,
            mutants,
            $"{report}.{suite}.cover",
            () => File.WriteAllText(report, root.ToJsonString())
        );
    }

    private static async Task TryAsync(
        string suite,
        int mostTests,
        List<KeyValuePair<int, Mutant>> left,
        Dictionary<int, Mutant> mutants,
        string coverFile,
        Action keep
    )
    {
        var watch = Stopwatch.StartNew();
        var cover = await CoverAsync(suite, coverFile);
        foreach (var test in cover.Where(t => !t.Passes || t.Seconds > Longest))
            await Console.Error.WriteLineAsync(
                $"left out: {test.Name} ({(test.Passes ? $"{test.Seconds:0.0} s" : "fails without a mutant")})"
            );
        var tests = cover.Where(t => t.Passes && t.Seconds <= Longest).ToList();
        var quick = mostTests == int.MaxValue ? tests.Where(t => t.Seconds < Quick).ToList() : [];
        var reach = tests.SelectMany(t => t.Reached.Select(m => (Mutant: m, Test: t))).ToLookup(p => p.Mutant, p => p.Test);
        var ofFile = tests
            .SelectMany(t =>
                t.Reached.Where(mutants.ContainsKey).Select(m => mutants[m].File).Distinct().Select(file => (File: file, Test: t))
            )
            .ToLookup(p => p.File, p => p.Test);
        await Console.Error.WriteLineAsync($"{suite}: {tests.Count} tests, {left.Count} mutants, {watch.Elapsed.TotalSeconds:0} s so far");

        var (queue, gate, tried) = (new ConcurrentQueue<KeyValuePair<int, Mutant>>(left), new Lock(), 0);
        await Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(async _ =>
                {
                    using var worker = new Remote(suite);
                    while (queue.TryDequeue(out var next))
                    {
                        var (id, mutant) = next;
                        var own = Choose(mutant.IsStatic ? ofFile[mutant.File] : reach[id], mostTests);
                        if (mutant.IsStatic)
                            own = [.. own.Union(quick)];
                        var result =
                            own.Count == 0 ? mutant.Result
                            : mutant.IsStatic ? await TryStaticAsync(suite, id, own, worker)
                            : (await worker.TryAsync(id, own)).Result;
                        lock (gate)
                        {
                            mutant.Result = result;
                            if (++tried % 100 != 0)
                                continue;
                            // What is known is kept when the rest is stopped.
                            keep();
                            Console.Error.WriteLine($"{tried} mutants after {watch.Elapsed.TotalSeconds:0} s");
                        }
                    }
                })
        );
        keep();
        await Console.Error.WriteLineAsync($"{suite}: done after {watch.Elapsed.TotalSeconds:0} s");
    }

    /// <summary>The tests for a mutant, the quickest first. Half of them are those that reach the least; the others come from as many fixtures as there are.</summary>
    private static List<Reach> Choose(IEnumerable<Reach> tests, int most)
    {
        var ordered = tests.OrderBy(t => t.Reached.Length).ToList();
        var others = ordered
            .Skip(most / 2)
            .GroupBy(t => t.Fixture)
            .SelectMany(fixture => fixture.Select((test, turn) => (test, turn)))
            .OrderBy(p => p.turn)
            .Select(p => p.test)
            .Take(most - (most / 2));
        return [.. ordered.Take(most / 2).Concat(others).OrderBy(t => t.Seconds)];
    }

    private static async Task<string> TryStaticAsync(string suite, int mutant, List<Reach> tests, Remote unchanged)
    {
        using var worker = new Remote(suite, mutant);
        var (result, failed) = await worker.TryAsync(mutant, tests);
        // The initialiser has run, so the process of a test that failed cannot say whether it passes without the mutant. Another one can.
        var isProof = failed is null || (await unchanged.TryAsync(Switch.None, [.. tests.Where(t => t.Id == failed)])).Result == Survived;
        return isProof ? result : Survived;
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

    /// <summary>A mutant of the report.</summary>
    /// <param name="File">The file of the core that it is in.</param>
    /// <param name="IsStatic">Whether a static initialiser has it.</param>
    /// <param name="Node">Its part of the report.</param>
    private sealed record Mutant(string File, bool IsStatic, JsonNode Node)
    {
        public string Result
        {
            get => Node["status"]!.GetValue<string>();
            set => Node["status"] = value;
        }
    }

    /// <summary>A process that tries one mutant after the other, and is started again after one that hangs or ends it.</summary>
    /// <param name="suite">The tests it runs.</param>
    /// <param name="fromStart">The mutant that is on before anything of the core has run.</param>
    private sealed class Remote(string suite, int fromStart = Switch.None) : IDisposable
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

        /// <summary>Tries a mutant: its result, and the test that failed in a process that the mutant spoilt.</summary>
        public async Task<(string Result, string? Failed)> TryAsync(int mutant, List<Reach> tests)
        {
            // In a process that an earlier mutant spoilt nothing can be said; in a new one a test that fails says it.
            for (var isNew = process is null; ; isNew = true)
            {
                var answer = await AskAsync($"{mutant} {string.Join(' ', tests.Select(t => t.Id))}");
                if (answer == Worker.Killed)
                    return (Killed, null);
                if (answer == Worker.Survived)
                    return (Survived, null);
                Dispose();
                if (isNew && !answer.StartsWith(Worker.Spoilt, StringComparison.Ordinal))
                    return (TimedOut, null);
                if (isNew)
                    return (fromStart == Switch.None ? Survived : Killed, answer[Worker.Spoilt.Length..]);
            }
        }

        private async Task<string> AskAsync(string line)
        {
            process ??= Start("--try", suite, fromStart.ToString(CultureInfo.InvariantCulture));
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
