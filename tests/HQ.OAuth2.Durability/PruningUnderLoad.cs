using System.Diagnostics;
using Npgsql;

namespace HQ.OAuth2.Durability;

/// <summary>Removes the expired rows in batches while about 200 clients a second refresh: they must not notice.</summary>
internal static class PruningUnderLoad
{
    private const int Chains = 20;

    private static readonly TimeSpan every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan before = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Database database, GrowthUser user, int expired, Tally tally)
    {
        var times = new StepTimes();
        var step = "refresh, before pruning";
        using var stop = new CancellationTokenSource();
        var chains = new List<KnownAuthorization>();
        for (var i = 0; i < Chains; i++)
            chains.Add(await user.LogInAsync());
        var load = Task.WhenAll(
            chains.Select((c, i) => KeepRefreshingAsync(i, user, c, () => Volatile.Read(ref step), times, tally, stop.Token)).ToList()
        );
        await Task.Delay(before);
        Volatile.Write(ref step, "refresh, while pruning");
        var removed = await PruneAsync(database, times);
        await stop.CancelAsync();
        await load;

        Console.WriteLine("\n| ms | count | median | p95 | max |\n|---|---|---|---|---|");
        foreach (var name in times.Steps)
            Console.WriteLine($"| {name} | {times.Count(name)} | {times.Median(name)} | {times.P95(name)} | {times.Max(name)} |");
        Console.WriteLine();
        tally.Count("rows pruned", removed);
        tally.Expect(removed >= expired, "pruning removes every expired row", $"{removed} of {expired}");
    }

    private static async Task<int> PruneAsync(Database database, StepTimes times)
    {
        await using var connection = (NpgsqlConnection)await database.OpenAsync();
        var removed = 0;
        while (true)
        {
            var found = await times.TimeAsync("prune a batch of 500", () => BatchAsync(connection));
            removed += found;
            if (found == 0)
                return removed;
            // A background task has no hurry, and the load gets something to be measured by.
            await Task.Delay(100);
        }
    }

    private static async Task<int> BatchAsync(NpgsqlConnection connection)
    {
        var ids = new List<string>();
        await using (var select = Database.Command(connection, QueryPlans.ExpiredIds))
        await using (var rows = await select.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
                ids.Add(rows.GetString(0));
        }

        await using var delete = Database.Command(connection, "delete from hq_authorizations where id = any(@ids) and prune_after < now()");
        delete.Parameters.Add(new NpgsqlParameter("ids", ids.ToArray()));
        return await delete.ExecuteNonQueryAsync();
    }

    private static async Task KeepRefreshingAsync(
        int number,
        GrowthUser user,
        KnownAuthorization chain,
        Func<string> step,
        StepTimes times,
        Tally tally,
        CancellationToken stop
    )
    {
        // Evenly, not all in one instant.
        await Task.Delay(every * ((double)number / Chains), CancellationToken.None);
        var clock = Stopwatch.StartNew();
        for (var turn = 1; !stop.IsCancellationRequested; turn++)
        {
            try
            {
                await times.TimeAsync(step(), () => user.RefreshAsync(chain));
                tally.Count("refreshes around pruning");
            }
            catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or TaskCanceledException)
            {
                tally.Violation("no refresh fails while rows are pruned", e.Message);
            }

            // At a fixed pace: a slow answer must not slow the load down.
            if (turn * every - clock.Elapsed is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, CancellationToken.None);
        }
    }
}
