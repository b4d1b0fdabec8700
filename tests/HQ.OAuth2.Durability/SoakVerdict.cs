using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>
/// Judges the measurements of one store. The first third of the run warms up: caches fill, code is compiled. The rest is cut into three parts, and
/// the median of the last part is compared to the median of the first: a single high value says nothing, what grows steadily shows.
/// </summary>
internal sealed class SoakVerdict
{
    private const double AtLeastDone = 0.9;

    private readonly string store;
    private readonly IReadOnlyList<SoakSample> samples;
    private readonly Tally tally;
    private readonly List<SoakSample> first;
    private readonly List<SoakSample> last;
    private readonly List<string> lines = [];

    public SoakVerdict(string store, IReadOnlyList<SoakSample> samples, Tally tally)
    {
        (this.store, this.samples, this.tally) = (store, samples, tally);
        var rest = samples.Skip(samples.Count / 3).ToList();
        if (rest.Count < 6)
            throw new ArgumentException("The run is too short to say anything.");
        (first, last) = (rest[..(rest.Count / 3)], rest[^(rest.Count / 3)..]);
        Judge();
    }

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public static bool IsStore(string collection) => collection.StartsWith("InMemory", StringComparison.Ordinal);

    public void Print()
    {
        Console.WriteLine($"\n| {store} | after the warm-up | at the end | highest | |\n|---|---|---|---|---|");
        foreach (var line in lines)
            Console.WriteLine(line);
        tally.Report();
    }

    private void Judge()
    {
        // A collection does not give every byte back, and the compiler still works.
        Flat("heap after a collection, MB", s => s.HeapMegabytes, factor: 1.15, more: 3);
        Flat("memory of the process, MB", s => s.WorkingMegabytes, factor: 1.2, more: 30);
        Flat("handles that are no sockets", s => s.Held.Files, factor: 1, more: 10);
        // As many connections as the load has at once.
        Flat("sockets", s => s.Held.Sockets, factor: 1, more: SoakLoad.MostConnections);
        Flat("threads", s => s.Held.Threads, factor: 1, more: 15);
        foreach (var table in samples[^1].Rows.Keys.Order(StringComparer.Ordinal))
        {
            if (table.Contains("key", StringComparison.OrdinalIgnoreCase))
                Check($"rows: {table}", s => s.Rows[table], samples.All(s => s.Rows[table] <= MostKeys(s.At)));
            else
                Flat($"rows: {table}", s => s.Rows.GetValueOrDefault(table), factor: 1.25, more: 100);
        }

        foreach (var (name, held) in samples[^1].Held.Held.Where(h => !IsStore(h.Key)))
        {
            if (held.Limit is { } limit)
                Check(
                    $"{name}, at most {limit}",
                    s => Entries(s, name),
                    samples.All(s => Entries(s, name) <= limit),
                    shown: Highest(s => Entries(s, name)) > 0
                );
            else
                Flat(name, s => Entries(s, name), factor: 1.25, more: 20, shown: Highest(s => Entries(s, name)) > 50);
        }

        var end = samples[^1].Held;
        Check("errors in the log", s => s.Held.Errors, end.Errors == 0);
        foreach (var error in end.FirstErrors)
            tally.Violation("no error is logged", error);
        Check("answers from 500 up, but 503", s => Failures(s.Held), Failures(end) == 0);
        foreach (var (what, count) in end.Failures)
            tally.Count($"answers {what}", count);
        Check("CPU, s", s => s.Held.CpuSeconds, true);
        Check("requests", s => s.Held.Requests, end.Requests > 0);
        foreach (var (name, flow) in tally.Flows())
        {
            var share = flow.Done / (double)Math.Max(1, flow.Done + flow.Failed);
            Count(flow.Done > 0 && share >= AtLeastDone, $"| flow: {name} | | {flow.Done} done | {flow.Failed} refused |");
        }
    }

    // One that signs and one that encrypts for each lifetime, and the next of both. The server keeps a key for an hour after its use at least.
    private static double MostKeys(TimeSpan age) =>
        2 * ((Math.Min(age.TotalHours, 1.1) * TimeSpan.FromHours(1) / SoakCommand.SigningKeyLifetime) + 3);

    private static int Entries(SoakSample sample, string name) => sample.Held.Held.GetValueOrDefault(name)?.Count ?? 0;

    private static int Failures(HostMeasurement held) =>
        held.Failures.Where(f => !f.Key.StartsWith("503 ", StringComparison.Ordinal)).Sum(f => f.Value);

    private double Highest(Func<SoakSample, double> value) => samples.Max(value);

    private void Flat(string name, Func<SoakSample, double> value, double factor, double more, bool shown = true) =>
        Check(name, value, Median(last, value) <= (factor * Median(first, value)) + more, shown);

    private void Check(string name, Func<SoakSample, double> value, bool holds, bool shown = true) =>
        Count(
            holds,
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(first, value):0.#} | {Median(last, value):0.#} | {Highest(value):0.#} |"
            ),
            shown
        );

    private void Count(bool holds, string line, bool shown = true)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        if (shown || !holds)
            lines.Add($"{line} {(holds ? "" : "FAILED ")}|");
    }

    private static double Median(List<SoakSample> part, Func<SoakSample, double> value) =>
        part.Select(value).Order().ElementAt(part.Count / 2);
}
