using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HQ.OAuth2.Load;

/// <summary>What run.sh found out about the machine, and the programs that are started on it.</summary>
internal static class Machine
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("HQ_LOAD_ROOT") ?? throw new ArgumentException("Use run.sh.");

    /// <summary>A directory that run.sh removes.</summary>
    public static string Scratch { get; } =
        Environment.GetEnvironmentVariable("HQ_LOAD_SCRATCH") ?? throw new ArgumentException("Use run.sh.");

    /// <summary>The core of the measured servers; null = the machine has one only.</summary>
    public static string? ServerCore { get; } =
        Environment.GetEnvironmentVariable("HQ_LOAD_SERVER_CORE") is { Length: > 0 } core ? core : null;

    /// <summary>What a script or program prints.</summary>
    public static string Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, WorkingDirectory = Root })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new LoadException($"{program} failed with {process.ExitCode}.");
    }

    /// <summary>Starts a program on the core of the servers. It ends when its standard input does.</summary>
    public static Process Start(string program, IEnumerable<string> args, bool isWarm)
    {
        var start = new ProcessStartInfo(
            ServerCore is null ? program : "taskset",
            ServerCore is null ? args : ["-c", ServerCore, program, .. args]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // The compiler's second look begins at once and not only when the server has been quiet for 100 ms, which under load it never is.
        if (isWarm)
            start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>The CPU time that a process has used, those of its threads that have ended included.</summary>
    public static TimeSpan CpuTime(int process)
    {
        // clock_getcpuclockid(3): the clock of the whole process.
        var error = ClockGetTime((~process << 3) | 2, out var time);
        return error == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : throw new LoadException("No clock.");
    }

    /// <summary>The memory of a process that is in RAM.</summary>
    public static double ResidentMiB(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line[6..^2], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
