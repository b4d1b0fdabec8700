using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>Keys change every few seconds while tokens are issued at one node and used at the others: nobody notices.</summary>
internal sealed class KeyRotation(NodeGroup nodes, Tally tally)
{
    private const int Workers = 3;
    private const int LifetimeSeconds = 15;
    private const int LeadSeconds = 5;

    private readonly ConcurrentDictionary<string, long> used = new();
    private readonly ConcurrentDictionary<string, byte> seen = new();

    // The keys that each node published at the last look; replaced as a whole.
    private readonly HashSet<string>[] published = new HashSet<string>[nodes.Count];

    public static async Task RunAsync(string folder, int count, string store, TimeSpan duration, Tally tally)
    {
        await using var database = await Database.NewAsync(store);
        await using var nodes = await NodeGroup.StartAsync(
            folder,
            count,
            database.Target,
            ("signingKeyLifetime", Time(LifetimeSeconds)),
            ("signingKeyLeadTime", Time(LeadSeconds)),
            ("cacheKeysFor", Time(1))
        );
        await tally.PhaseAsync("key rotation under load", () => new KeyRotation(nodes, tally).RunAsync(duration, database));
    }

    private async Task RunAsync(TimeSpan duration, Database database)
    {
        var clock = Stopwatch.StartNew();
        using var stop = new CancellationTokenSource();
        await LookAsync();
        var watcher = WatchAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(w => WorkAsync(w, clock, duration)));
        await stop.CancelAsync();
        await watcher;

        tally.Count("signing keys used", used.Count);
        tally.Count("signing keys published", seen.Count);
        if (database.Target.Provider != "memory")
        {
            tally.Expect(used.Count >= 2, "keys rotate", $"{used.Count} key was used in {duration}");
            // One key for each lifetime begun, and the next one; racing nodes must not make one each.
            var most = (int)(clock.Elapsed.TotalSeconds / LifetimeSeconds) + 2;
            tally.Expect(seen.Count <= most, "one key at a time", $"{seen.Count} keys in {clock.Elapsed}, at most {most} are expected");
            var rows = await database.CountAsync("hq_keys");
            tally.Count("keys in the database after rotation", rows);
            // A key for opaque tokens stands beside each; the very last ones may have been made after the last look.
            tally.Expect(
                rows >= 2 * seen.Count && rows <= 2 * seen.Count + 2,
                "one key at a time",
                $"hq_keys has {rows} rows, {seen.Count} keys were published"
            );
        }

        await database.CheckAsync(tally, "after rotation");
        nodes.ReportLogs(tally);
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
            }
            catch (HttpRequestException e)
            {
                tally.Violation("the key set is always served", e.Message);
            }

            await Task.Delay(200, CancellationToken.None);
        }
    }

    private async Task LookAsync()
    {
        for (var n = 0; n < nodes.Count; n++)
        {
            published[n] = await nodes[n].Flow.PublishedKeysAsync();
            foreach (var key in published[n])
                seen.TryAdd(key, 0);
        }
    }

    private async Task WorkAsync(int worker, Stopwatch clock, TimeSpan duration)
    {
        var session = new Session(worker % 2 == 0 ? "alice" : "bob");
        try
        {
            await nodes[worker].Flow.SignInAsync(session);
            var clientId = await nodes[worker].Flow.RegisterAsync();
            var approved = await nodes[worker].Flow.ApproveAsync(session, clientId);
            var tokens = await nodes[worker].Flow.RedeemAsync(approved);
            var first = tokens.Text("access_token")!;
            for (var turn = 0; clock.Elapsed < duration; turn++)
            {
                Saw(tokens.Text("access_token")!, nodes[worker + turn].Name);
                await UseAsync(tokens.Text("access_token")!, turn, "a fresh token");
                // It lives for 15 minutes, longer than several keys sign.
                if (turn % 10 == 0)
                    await UseAsync(
                        first,
                        turn,
                        $"a token of {clock.Elapsed.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s ago"
                    );

                var looked = (HashSet<string>[])published.Clone();
                var node = nodes[worker + turn + 1];
                tokens = await node.Flow.RefreshAsync(clientId, tokens.Text("refresh_token")!);
                if (!tokens.IsOk)
                    throw new UnexpectedReplyException($"{node.Name}: refresh of {approved.Id}", tokens);
                CheckPublished(UserFlow.KeyOf(tokens.Text("access_token")!), looked, node.Name);
                await Task.Delay(40);
            }
        }
        catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or TaskCanceledException)
        {
            tally.Violation("every step works while keys rotate", e.Message);
        }
    }

    private void Saw(string accessToken, string node)
    {
        if (used.TryAdd(UserFlow.KeyOf(accessToken), 0))
            Console.WriteLine($"    {node} signs with {UserFlow.KeyOf(accessToken)}");
    }

    // A verifier anywhere may have fetched the key set before the token was made: the key must have been in it.
    private void CheckPublished(string key, HashSet<string>[] looked, string signer)
    {
        for (var n = 0; n < nodes.Count; n++)
            tally.Expect(
                looked[n].Contains(key),
                "a key is published everywhere before it signs",
                $"{signer} signed with {key}, {nodes[n].Name} did not publish it"
            );
    }

    private async Task UseAsync(string accessToken, int turn, string what)
    {
        tally.Count("tokens used while keys rotate");
        var (api, introspecting) = (nodes[turn + 1], nodes[turn + 2]);
        var called = await api.Flow.CallApiAsync(accessToken);
        tally.Expect(
            called.IsOk,
            "no token is refused while keys rotate",
            $"{api.Name}, API, {what}, key {UserFlow.KeyOf(accessToken)}: {called}"
        );
        tally.Expect(
            await introspecting.Flow.IsActiveAsync(accessToken),
            "no token is refused while keys rotate",
            $"{introspecting.Name}, introspection, {what}, key {UserFlow.KeyOf(accessToken)}"
        );
    }

    private static string Time(int seconds) => TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);
}
