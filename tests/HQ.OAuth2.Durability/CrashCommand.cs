using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>One node, killed at a random moment of each round and started again on the same database.</summary>
internal sealed class CrashCommand
{
    private const int Users = 4;
    private const int LongestLoad = 400;

    private static readonly TimeSpan startLimit = TimeSpan.FromSeconds(20);

    private readonly NodeSettings settings;
    private readonly int port;
    private readonly Database database;
    private readonly Tally tally;
    private readonly Random random;
    private readonly Journal journal = new();

    private CrashCommand(string folder, Database database, Tally tally, Random random)
    {
        (this.database, this.tally, this.random) = (database, tally, random);
        port = QuickStartNode.FreePort();
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

            await command.KillDuringStartAsync(usual, "kills during the first start");
            await using (var node = await command.StartAsync())
            {
                await command.LoadAsync(node, round: 1, TimeSpan.FromMilliseconds(LongestLoad));
            }

            await command.FinishAsync(round: 2);
        }

        return usual;
    }

    private async Task RoundAsync(int round, TimeSpan usualStart)
    {
        if (round > 1 && random.Next(6) == 0)
            await KillDuringStartAsync(usualStart, "kills during a later start");
        await using var node = await StartAsync();
        await new CrashAudit(node.Flow, journal, tally, random, round).RunAsync(everything: false);
        if (round % 10 == 0)
            await database.CheckAsync(tally, $"after round {round - 1}");
        await LoadAsync(node, round, TimeSpan.FromMilliseconds(random.Next(LongestLoad)));
        tally.Count("rounds");
    }

    private async Task FinishAsync(int round)
    {
        await using var node = await StartAsync();
        await new CrashAudit(node.Flow, journal, tally, random, round).RunAsync(everything: true);
        await database.CheckAsync(tally, "at the end");
    }

    private async Task LoadAsync(QuickStartNode node, int round, TimeSpan untilKill)
    {
        var killed = false;
        var load = Task.WhenAll(
            Enumerable
                .Range(0, Users)
                .Select(user =>
                    new CrashLoad(node.Flow, journal, tally, user, round, new Random(random.Next())).RunAsync(() =>
                        Volatile.Read(ref killed)
                    )
                )
                .ToList()
        );
        await Task.Delay(untilKill);
        Volatile.Write(ref killed, true);
        node.Kill();
        await load;
        if (node.LoggedErrors().ToList() is { Count: > 0 } lines)
            tally.Violation("no node logs an error", $"round {round}:\n        {string.Join("\n        ", lines)}");
    }

    // The runtime needs the first third of a start for itself.
    private async Task KillDuringStartAsync(TimeSpan usual, string what)
    {
        await using var node = QuickStartNode.Start(settings, port);
        await Task.Delay(usual * (0.3 + random.NextDouble()));
        node.Kill();
        tally.Count(what);
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
