using System.Runtime.CompilerServices;
using SharpFuzz;

namespace HQ.OAuth2.Fuzz;

/// <summary>The parts for afl-fuzz, which starts this program and sends it one input after the other.</summary>
internal static class Afl
{
    /// <summary>Makes libraries tell afl-fuzz which branches they take.</summary>
    public static int Instrument(string[] libraries)
    {
        foreach (var library in libraries)
            Fuzzer.Instrument(library, _ => true, Options.Value);
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string name)
    {
        Target? target = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            // Not before: what an instrumented library does needs the memory that this process shares with afl-fuzz.
            target ??= Target.Named(name);
            using var input = new MemoryStream();
            stream.CopyTo(input);
            if (input.Length <= Generator.MaxBytes)
                target.Reads(input.ToArray());
        });
        return 0;
    }
}
