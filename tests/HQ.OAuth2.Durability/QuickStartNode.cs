using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace HQ.OAuth2.Durability;

/// <summary>Where a node keeps what it must not lose, as QuickStart's command line names it.</summary>
internal sealed record StoreTarget(string Provider, string ConnectionString);

/// <summary>What all nodes of a cluster, and all lives of one node, have in common.</summary>
internal sealed record NodeSettings(string Folder, string Issuer, StoreTarget Store, IReadOnlyList<(string Key, string Value)> Keys)
{
    /// <summary>The program in the folder.</summary>
    public string Program { get; init; } = "QuickStart.dll";

    /// <summary>More of its command line.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
}

/// <summary>One QuickStart process.</summary>
internal sealed class QuickStartNode : IAsyncDisposable
{
    private const int KeptLogLines = 40;

    private static readonly ConcurrentDictionary<int, Process> running = new();

    private readonly Process process;
    private readonly ConcurrentQueue<string> log = new();
    private readonly Stopwatch age = Stopwatch.StartNew();

    private QuickStartNode(Process process, int port)
    {
        this.process = process;
        Name = $"node {port}";
        Http = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                MaxConnectionsPerServer = 64,
            }
        )
        {
            BaseAddress = new($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        Flow = new(Http, Name);
    }

    public string Name { get; }

    public HttpClient Http { get; }

    public bool HasExited => process.HasExited;

    /// <summary>What users and clients do here.</summary>
    public UserFlow Flow { get; }

    /// <summary>Starts the process; it is not ready yet.</summary>
    public static QuickStartNode Start(NodeSettings settings, int port)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = settings.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(settings.Folder, settings.Program),
                "--urls",
                $"http://127.0.0.1:{port}",
                "--store:provider",
                settings.Store.Provider,
                "--store:connectionString",
                settings.Store.ConnectionString,
                // Refusals that the run causes on purpose are not logged.
                "--Logging:LogLevel:Default",
                "Error",
                "--Logging:LogLevel:Microsoft.AspNetCore",
                "Error",
            },
        };
        foreach (
            // The last of two values counts.
            var (key, value) in new[]
            {
                ("issuerURL", settings.Issuer),
                ("limits:registrationsPerMinute", "0"),
                ("bcryptWorkFactor", "4"),
            }.Concat(settings.Keys)
        )
        {
            start.ArgumentList.Add($"--auth:oauth2:authorizationServer:{key}");
            start.ArgumentList.Add(value);
        }

        foreach (var more in settings.More)
            start.ArgumentList.Add(more);

        var process = Process.Start(start)!;
        running[process.Id] = process;
        var node = new QuickStartNode(process, port);
        process.OutputDataReceived += (_, line) => node.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => node.Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    public static void KillAll()
    {
        foreach (var process in running.Values)
            Kill(process);
    }

    /// <summary>Waits until the node answers; how long that took since it was started.</summary>
    public async Task<TimeSpan> ReadyAsync(TimeSpan limit)
    {
        var last = "no answer";
        while (age.Elapsed < limit && !process.HasExited)
        {
            try
            {
                using var response = await Http.GetAsync("/oauth2/jwks");
                if (response.IsSuccessStatusCode)
                    return age.Elapsed;
                last = $"status {(int)response.StatusCode}";
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // Not yet.
            }

            await Task.Delay(10);
        }

        throw new NodeFailedException(
            $"{Name} {(process.HasExited ? $"ended with exit code {process.ExitCode}" : $"is not ready after {age.Elapsed}: {last}")}.\n{LogTail()}"
        );
    }

    /// <summary>SIGKILL: no handler runs, no buffer is flushed.</summary>
    public void Kill() => Kill(process);

    /// <summary>The last lines that it wrote.</summary>
    public string LogTail() => string.Join('\n', log.Select(line => "    | " + line));

    /// <summary>Errors that it logged, to look at: an answer may have hidden them.</summary>
    public IEnumerable<string> LoggedErrors() =>
        log.SkipWhile(l => !l.StartsWith("fail:", StringComparison.Ordinal) && !l.StartsWith("crit:", StringComparison.Ordinal)).Take(6);

    public ValueTask DisposeAsync()
    {
        Kill();
        Http.Dispose();
        process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Kill(Process process)
    {
        if (!running.TryRemove(process.Id, out _))
            return;
        process.Kill();
        process.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrEmpty(line))
            return;
        log.Enqueue(line);
        while (log.Count > KeptLogLines)
            log.TryDequeue(out _);
    }
}

/// <summary>A node did not come up.</summary>
internal sealed class NodeFailedException(string message) : Exception(message);
