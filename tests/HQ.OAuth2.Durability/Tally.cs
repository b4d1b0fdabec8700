using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>What was counted, what took how long, and every violation of a property by its kind.</summary>
internal sealed class Tally(string title)
{
    private const int ShownOfAKind = 10;

    private readonly ConcurrentDictionary<string, long> counts = new();
    private readonly ConcurrentDictionary<string, (int Done, int Failed)> flows = new();
    private readonly ConcurrentQueue<(string Kind, string Detail)> violations = new();
    private readonly List<string> order = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    public void Count(string name, long by = 1)
    {
        if (counts.AddOrUpdate(name, by, (_, n) => n + by) == by)
            Remember(name);
    }

    /// <summary>Counts a flow that was done, or refused.</summary>
    public void Flow(string name, bool isDone) =>
        flows.AddOrUpdate(name, _ => isDone ? (1, 0) : (0, 1), (_, n) => isDone ? (n.Done + 1, n.Failed) : (n.Done, n.Failed + 1));

    public IReadOnlyDictionary<string, (int Done, int Failed)> Flows() =>
        new SortedDictionary<string, (int, int)>(flows.ToDictionary(), StringComparer.Ordinal);

    public void Max(string name, long value)
    {
        counts.AddOrUpdate(name, value, (_, n) => Math.Max(n, value));
        Remember(name);
    }

    /// <param name="kind">Which property does not hold.</param>
    /// <param name="detail">Enough to find out why; never a code, a token or a secret.</param>
    public void Violation(string kind, string detail) =>
        violations.Enqueue((kind, string.Create(CultureInfo.InvariantCulture, $"at {clock.Elapsed.TotalSeconds:0.00} s: {detail}")));

    public void Expect(bool holds, string kind, string detail)
    {
        if (!holds)
            Violation(kind, detail);
    }

    /// <summary>Runs a phase and prints how long it took.</summary>
    public async Task PhaseAsync(string name, Func<Task> phase)
    {
        var begun = clock.Elapsed;
        await phase();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {(clock.Elapsed - begun).TotalSeconds:0.0} s"));
    }

    /// <summary>Prints everything; the exit code.</summary>
    public int Report()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title} ({clock.Elapsed.TotalSeconds:0} s)"));
        foreach (var name in order)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {counts[name]}"));
        Console.WriteLine($"  violations: {violations.Count}");
        foreach (var kind in violations.GroupBy(v => v.Kind))
        {
            Console.WriteLine($"    {kind.Key}: {kind.Count()}");
            foreach (var (_, detail) in kind.Take(ShownOfAKind))
                Console.WriteLine($"      {detail}");
            if (kind.Count() > ShownOfAKind)
                Console.WriteLine($"      and {kind.Count() - ShownOfAKind} more");
        }

        return violations.IsEmpty ? 0 : 1;
    }

    private void Remember(string name)
    {
        lock (order)
        {
            if (!order.Contains(name))
                order.Add(name);
        }
    }
}
