using System.Diagnostics;

namespace HQ.OAuth2.Soak;

/// <summary>What the process holds, after a full collection.</summary>
/// <param name="Heap">Bytes of the managed heap.</param>
/// <param name="WorkingSet">Bytes of memory of the process.</param>
/// <param name="Files">Open handles that are no sockets.</param>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Threads">Threads of the process.</param>
/// <param name="Requests">Requests since the start.</param>
/// <param name="CpuSeconds">Processor time since the start.</param>
/// <param name="Errors">Errors that were logged.</param>
/// <param name="FirstErrors">The first of them.</param>
/// <param name="Failures">Answers from 500 up, by status and route.</param>
/// <param name="Held">Every collection of the server.</param>
internal sealed record Measurement(
    long Heap,
    long WorkingSet,
    int Files,
    int Sockets,
    int Threads,
    long Requests,
    double CpuSeconds,
    int Errors,
    IReadOnlyCollection<string> FirstErrors,
    IReadOnlyDictionary<string, int> Failures,
    IReadOnlyDictionary<string, Held> Held
)
{
    public static Measurement Take(
        IServiceProvider services,
        IEnumerable<ServiceDescriptor> descriptors,
        LoggedErrors errors,
        Traffic traffic
    )
    {
        var held = HeldObjects.Count(HeldObjects.Roots(services, descriptors));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var handles = Directory.GetFiles("/proc/self/fd").Select(Target).ToList();
        var sockets = handles.Count(h => h.StartsWith("socket:", StringComparison.Ordinal));
        return new(
            GC.GetTotalMemory(forceFullCollection: false),
            process.WorkingSet64,
            handles.Count - sockets,
            sockets,
            process.Threads.Count,
            traffic.Requests,
            process.TotalProcessorTime.TotalSeconds,
            errors.Count,
            errors.First,
            traffic.Failures,
            held
        );
    }

    // A handle may be closed meanwhile, as is the one of the folder itself.
    private static string Target(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
