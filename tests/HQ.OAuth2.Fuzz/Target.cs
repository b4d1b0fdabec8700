namespace HQ.OAuth2.Fuzz;

/// <summary>
/// A reader of the server, with an oracle: rules that hold for every input, written a second time from the standard and without the code of the
/// server.
/// </summary>
/// <param name="Name">Its name, and that of the folder of its corpus.</param>
/// <param name="Reads">Reads an input and checks the rules. Returns whether the server accepted it; throws when a rule is broken.</param>
internal sealed record Target(string Name, Func<byte[], bool> Reads)
{
    /// <summary>How many inputs a test run makes; fewer where each is signed.</summary>
    public int Executions { get; init; } = 20_000;

    /// <summary>What an input of no length may allocate; a reader that verifies signatures allocates more.</summary>
    public long Bytes { get; init; } = 300_000;

    /// <summary>What each byte of an input may allocate, so that no reader grows with the square of its input.</summary>
    public long BytesPerByte { get; init; } = 500;

    /// <summary>The longest time an input may take: a bound against hangs, on a machine that is busy with other work. Work is bounded by memory.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    /// <summary>Reads an input within its time and its memory.</summary>
    public bool Run(byte[] input)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Environment.TickCount64);
            var accepted = Reads(input);
            var (took, allocated) = (Environment.TickCount64 - began, GC.GetAllocatedBytesForCurrentThread() - before);
            // The first run of a code path compiles it, and a busy machine is slow once: a fault stays.
            if (took <= Time.TotalMilliseconds && allocated <= Bytes + BytesPerByte * input.Length)
                return accepted;
            if (attempt == 3)
                throw new BrokenRuleException($"{input.Length} bytes took {took} ms and {allocated} bytes of memory.");
        }
    }

    /// <summary>The names of all targets.</summary>
    public static IEnumerable<string> Names => New().Select(t => t.Name);

    /// <summary>A new target of a name: keys are for one thread only.</summary>
    public static Target Named(string name) =>
        New().FirstOrDefault(t => t.Name == name) ?? throw new ArgumentException($"There is no target {name}.");

    private static IReadOnlyList<Target> New() =>
        [
            new("form", FormTarget.Form),
            new("query", FormTarget.Query),
            new("basic", BasicTarget.Basic),
            new("bearer", BearerTarget.Bearer),
            new("dpop", new DpopTarget().Proof) { Executions = 10_000, BytesPerByte = 800 },
            new("jwt", new AssertionTarget().Assertion) { Executions = 10_000, BytesPerByte = 800 },
            new("access-token", new AccessTokenTarget().AccessToken)
            {
                Executions = 5_000,
                Bytes = 1_000_000,
                BytesPerByte = 1_500,
            },
            new("jwks", JwksTarget.Jwks) { BytesPerByte = 2_000 },
            new("registration", MetadataTarget.Registration) { Bytes = 1_000_000, BytesPerByte = 3_000 },
            new("document", MetadataTarget.Document) { Bytes = 1_000_000, BytesPerByte = 3_000 },
            new("redirect-uri", RedirectUriTarget.RedirectUri) { BytesPerByte = 2_000 },
            new("token", TokenTarget.Token),
            new("scope", ScopeTarget.Scope),
            new("user-code", UserCodeTarget.UserCode),
            new("cursor", new CursorTarget().Cursor),
        ];
}

/// <summary>A rule that the server broke.</summary>
internal sealed class BrokenRuleException(string message) : Exception(message);

internal static class Rule
{
    /// <summary>A rule that must hold.</summary>
    public static void Holds(bool isSo, string rule)
    {
        if (!isSo)
            throw new BrokenRuleException(rule);
    }

    /// <summary>Two ways to one answer that must agree.</summary>
    public static void Agrees<T>(T server, T reference, string what) =>
        Holds(EqualityComparer<T>.Default.Equals(server, reference), $"{what}: the server says {server}, the reference {reference}.");

    /// <summary>Two lists that must agree.</summary>
    public static void ListsAgree<T>(IEnumerable<T> server, IEnumerable<T> reference, string what) =>
        Holds(
            server.SequenceEqual(reference),
            $"{what}: the server has [{string.Join('|', server)}], the reference [{string.Join('|', reference)}]."
        );
}
