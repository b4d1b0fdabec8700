using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Durability;

/// <summary>Every kind of request and attack from many addresses, for minutes: what the server holds stays flat, on each store.</summary>
internal sealed class SoakCommand(QuickStartNode node, SoakLoad load, Database database, Tally tally)
{
    public static readonly TimeSpan SigningKeyLifetime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan sampleEvery = TimeSpan.FromSeconds(5);

    // So short that everything is made, used, expired and removed many times within a run. ShortLivedRows of the host knows the longest.
    private static readonly (string Key, string Value)[] settings =
    [
        ("enabled", "true"),
        ("doctor", "false"),
        ("explainErrors", "false"),
        ("dcr", "true"),
        ("dcrManagement", "true"),
        ("defaultOrg", "default"),
        ("clientIdMetadataDocuments", "true"),
        ("documents:allowLoopback", "true"),
        ("deviceAuthorization", "true"),
        ("personalAccessTokens", "true"),
        ("authorizationCodeLifetime", "00:00:15"),
        ("accessTokenLifetime", "00:00:15"),
        ("refreshTokenLifetime", "00:00:20"),
        ("publicRefreshTokenLifetime", "00:00:20"),
        ("refreshTokenIdleLifetime", "00:00:15"),
        ("refreshTokenLeeway", "00:00:01"),
        ("rememberConsentFor", "00:00:15"),
        ("deviceCodeLifetime", "00:00:20"),
        ("signingKeyLifetime", SigningKeyLifetime.ToString()),
        ("signingKeyLeadTime", "00:00:08"),
        ("cacheKeysFor", "00:00:02"),
        ("cacheClientsFor", "00:00:05"),
        ("neverApprovedClientLifetime", "00:00:10"),
        ("pruneEvery", "00:00:02"),
        ("limits:registrationsPerMinute", "120"),
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var folder = arguments.Folder("soak-host", "HQ_SOAK_HOST", "soak-host.dll");
        var length = TimeSpan.FromMinutes(arguments.Number("minutes", 10));
        var stores = arguments.AllOf("stores", "memory", "sqlite", "postgres");
        var rate = arguments.Number("rate", 8);
        var seed = arguments.Number("seed", Random.Shared.Next(1_000_000), atLeast: 0);
        var leak = arguments.OneOf("leak", "none", "memory", "files");
        arguments.Done();

        Console.WriteLine($"soak: {length.TotalMinutes} minutes, {rate} flows a second at each store, seed {seed}");
        var runs = await Task.WhenAll(stores.Select((store, i) => RunAsync(folder, store, length, rate, seed + i, leak)));
        foreach (var run in runs)
            run.Print();
        Console.WriteLine($"{runs.Sum(r => r.Passed)} passed, {runs.Sum(r => r.Failed)} failed");
        return runs.All(r => r.Failed == 0) ? 0 : 1;
    }

    private static async Task<SoakVerdict> RunAsync(string folder, string store, TimeSpan length, int rate, int seed, string leak)
    {
        await using var database = await Database.NewAsync(store);
        var port = FreePort.Next();
        var key = ProofKey.New("ES256", "soak");
        var node = new NodeSettings(folder, $"http://127.0.0.1:{port}", database.Target, settings)
        {
            Program = "soak-host.dll",
            More = ["--soak:jwks", ProofKey.Set(key), "--soak:leak", leak],
        };
        await using var running = QuickStartNode.Start(node, port);
        await running.ReadyAsync(startLimit);
        var tally = new Tally($"soak on {store}");
        using var load = new SoakLoad(running.Http.BaseAddress!, key, new Random(seed), tally);
        return await new SoakCommand(running, load, database, tally).RunAsync(store, length, rate);
    }

    private async Task<SoakVerdict> RunAsync(string store, TimeSpan length, int rate)
    {
        using var stop = new CancellationTokenSource(length);
        var samples = new List<SoakSample>();
        var pressing = load.PressAsync(rate, stop.Token);
        var clock = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(sampleEvery, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            samples.Add(await TakeAsync(clock.Elapsed));
            if (samples.Count % 12 == 0)
                Console.WriteLine($"  {store}: {samples[^1]}");
        }

        await pressing;
        return new SoakVerdict(store, samples, tally);
    }

    private async Task<SoakSample> TakeAsync(TimeSpan at)
    {
        var held = await node.Http.GetFromJsonAsync<HostMeasurement>("/soak/measure");
        var rows = database.Target.Provider == "memory" ? InMemory(held!) : await StoredAsync();
        return new(at, held!, rows);
    }

    private static Dictionary<string, long> InMemory(HostMeasurement held) =>
        held.Held.Where(h => SoakVerdict.IsStore(h.Key)).ToDictionary(h => h.Key, h => (long)h.Value.Count, StringComparer.Ordinal);

    private async Task<Dictionary<string, long>> StoredAsync()
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in new[] { "hq_authorizations", "hq_clients", "hq_tickets", "hq_keys" })
            rows[table] = await database.CountAsync(table);
        return rows;
    }
}

/// <summary>What the soak host answers: see Measurement there.</summary>
internal sealed record HostMeasurement(
    long Heap,
    long WorkingSet,
    int Files,
    int Sockets,
    int Threads,
    long Requests,
    double CpuSeconds,
    int Errors,
    IReadOnlyList<string> FirstErrors,
    IReadOnlyDictionary<string, int> Failures,
    IReadOnlyDictionary<string, HeldEntries> Held
);

internal sealed record HeldEntries(int Count, int? Limit);

/// <summary>One measurement.</summary>
internal sealed record SoakSample(TimeSpan At, HostMeasurement Held, IReadOnlyDictionary<string, long> Rows)
{
    public double HeapMegabytes => Held.Heap / 1e6;

    public double WorkingMegabytes => Held.WorkingSet / 1e6;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{At:mm\\:ss} heap {HeapMegabytes:0.0} MB, memory {WorkingMegabytes:0} MB, {Held.Files} files, {Held.Sockets} sockets, "
                + $"{Held.Threads} threads, {Held.Requests} requests, {Rows.Values.Sum()} rows, {Held.CpuSeconds:0} s of CPU"
        );
}
