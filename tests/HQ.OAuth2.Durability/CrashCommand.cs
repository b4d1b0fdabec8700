using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>One node, killed at a random moment of each round and started again on the same database.</summary>
internal sealed class CrashCommand
{
    private const int Users = 4;
    private const int LongestLoad = 400;
    private const int LongestAim = 1500;

    private static readonly TimeSpan startLimit = TimeSpan.FromSeconds(20);

    // In the order in which they are printed.
    private static readonly string[] counted =
    [
        "rounds",
        "kills during the first start",
        "kills during a later start",
        "slowest restart, ms",
        "registrations answered",
        "codes answered",
        "redemptions answered",
        "refreshes answered",
        "revocations answered",
        "redemptions in flight at a kill",
        "  these had happened",
        "  these had not happened",
        "refreshes in flight at a kill",
        "revocations in flight at a kill",
    ];

    private readonly NodeSettings settings;
    private readonly int port;
    private readonly Database database;
    private readonly Tally tally;
    private readonly Random random;
    private readonly Journal journal = new();

    private CrashCommand(string folder, Database database, Tally tally, Random random)
    {
        (this.database, this.tally, this.random) = (database, tally, random);
        port = FreePort.Next();
        settings = new(
            folder,
            $"http://127.0.0.1:{port}",
            database.Target,
            [
                ("refreshTokenLeeway", CrashAudit.Leeway.ToString("c", CultureInfo.InvariantCulture)),
                // A code that comes back to life must not hide behind its expiry.
                ("authorizationCodeLifetime", "00:10:00"),
            ]
        );
    }

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", "both", "sqlite", "postgres", "memory");
        var rounds = arguments.Number("rounds", 100);
        var seed = arguments.Number("seed", Random.Shared.Next());
        arguments.Done();

        var exitCode = 0;
        foreach (var provider in store == "both" ? ["sqlite", "postgres"] : new[] { store })
        {
            var tally = new Tally($"crash: {rounds} rounds, {provider}, --seed {seed}");
            foreach (var name in counted)
                tally.Count(name, 0);
            try
            {
                await RunAsync(arguments.QuickStart, provider, rounds, tally, new Random(seed));
            }
            catch (NodeFailedException e)
            {
                tally.Violation($"a node answers within {startLimit.TotalSeconds} s of its start", e.Message);
            }

            exitCode = Math.Max(exitCode, tally.Report());
        }

        return exitCode;
    }

    private static async Task RunAsync(string folder, string provider, int rounds, Tally tally, Random random)
    {
        var usualStart = await KillFirstStartsAsync(folder, provider, Math.Max(2, rounds / 10), tally, random);
        await using var database = await Database.NewAsync(provider);
        var command = new CrashCommand(folder, database, tally, random);
        for (var round = 1; round <= rounds; round++)
            await command.RoundAsync(round, usualStart);
        await command.FinishAsync(rounds + 1);
    }

    // On a fresh database each: the kill falls while tables and keys are made, and the next start must cope with what is there.
    private static async Task<TimeSpan> KillFirstStartsAsync(string folder, string provider, int times, Tally tally, Random random)
    {
        var usual = TimeSpan.Zero;
        for (var i = 0; i <= times; i++)
        {
            await using var database = await Database.NewAsync(provider);
            var command = new CrashCommand(folder, database, tally, random);
            if (i == 0)
            {
                // Nobody is killed here: how long does a first start take?
                await using var measured = QuickStartNode.Start(command.settings, command.port);
                usual = await measured.ReadyAsync(startLimit);
                continue;
            }

            await command.KillDuringFirstStartAsync(usual);
            await using (var node = await command.StartAsync())
            {
                await command.LoadAsync(node, round: 1, isAimed: true);
            }

            await command.FinishAsync(round: 2);
        }

        return usual;
    }

    private async Task RoundAsync(int round, TimeSpan usualStart)
    {
        if (round > 1 && random.Next(6) == 0)
            await KillDuringStartAsync(usualStart);
        await using var node = await StartAsync();
        await new CrashAudit(node.Flow, journal, tally, random, round).RunAsync(everything: false);
        if (round % 10 == 0)
            await database.CheckAsync(tally, $"after round {round - 1}");
        await LoadAsync(node, round, isAimed: random.Next(2) == 0);
        tally.Count("rounds");
    }

    private async Task FinishAsync(int round)
    {
        await using var node = await StartAsync();
        await new CrashAudit(node.Flow, journal, tally, random, round).RunAsync(everything: true);
        await database.CheckAsync(tally, "at the end");
    }

    // Aimed: the kill comes just after some request that changes something was sent. Else at any moment.
    private async Task LoadAsync(QuickStartNode node, int round, bool isAimed)
    {
        var (killed, toSend) = (false, isAimed ? random.Next(1, 40) : -1);
        var aim = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Sending()
        {
            if (Interlocked.Decrement(ref toSend) == 0)
                aim.SetResult();
        }

        var load = Task.WhenAll(
            Enumerable
                .Range(0, Users)
                .Select(user => new CrashLoad(node.Flow, journal, tally, user, round, new Random(random.Next()), Sending))
                .Select(user => user.RunAsync(() => Volatile.Read(ref killed)))
                .ToList()
        );
        await Task.WhenAny(aim.Task, Task.Delay(isAimed ? LongestAim : random.Next(LongestLoad)));
        if (isAimed)
            await Task.Delay(random.Next(5));
        Volatile.Write(ref killed, true);
        node.Kill();
        await load;
        if (node.LoggedErrors().ToList() is { Count: > 0 } lines)
            tally.Violation("no node logs an error", $"round {round}:\n        {string.Join("\n        ", lines)}");
    }

    // Tables and keys are made within a moment: wait until the node comes to the database, then strike.
    private async Task KillDuringFirstStartAsync(TimeSpan usual)
    {
        await using var node = QuickStartNode.Start(settings, port);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < 2 * usual && !await database.IsInUseAsync())
            await Task.Delay(1);
        await Task.Delay(random.Next(150));
        node.Kill();
        tally.Count("kills during the first start");
    }

    // The runtime needs the first third of a start for itself.
    private async Task KillDuringStartAsync(TimeSpan usual)
    {
        await using var node = QuickStartNode.Start(settings, port);
        await Task.Delay(usual * (0.3 + (0.8 * random.NextDouble())));
        node.Kill();
        tally.Count("kills during a later start");
    }

    private async Task<QuickStartNode> StartAsync()
    {
        var node = QuickStartNode.Start(settings, port);
        try
        {
            tally.Max("slowest restart, ms", (long)(await node.ReadyAsync(startLimit)).TotalMilliseconds);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }
}
