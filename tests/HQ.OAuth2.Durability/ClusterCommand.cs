namespace HQ.OAuth2.Durability;

/// <summary>Several nodes, one database: what may happen once happens once, and what one node says is true at every other.</summary>
internal sealed class ClusterCommand(NodeGroup nodes, Database database, Tally tally, int callers)
{
    // So many codes or chains at a time, each with all its callers.
    private const int Lanes = 3;

    private readonly Session[] sessions = [new("alice"), new("bob")];

    private string clientId = "";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", "postgres", "memory");
        var count = arguments.Number("nodes", store == "memory" ? 1 : 3);
        var codes = arguments.Number("codes", 1000);
        var refreshes = arguments.Number("refreshes", 200);
        var callers = arguments.Number("callers", 30);
        var seconds = arguments.Number("rotate-seconds", 45, atLeast: 0);
        arguments.Done();

        var tally = new Tally($"cluster: {count} nodes, {store}, {callers} callers at once");
        try
        {
            await UseAsync(arguments.QuickStart, count, store, tally, callers, codes, refreshes);
            if (seconds > 0)
                await KeyRotation.RunAsync(arguments.QuickStart, count, store, TimeSpan.FromSeconds(seconds), tally);
        }
        catch (Exception e) when (e is NodeFailedException or UnexpectedReplyException or HttpRequestException)
        {
            tally.Violation("nodes start and answer", e.Message);
        }

        return tally.Report();
    }

    private static async Task UseAsync(string folder, int count, string store, Tally tally, int callers, int codes, int refreshes)
    {
        await using var database = await Database.NewAsync(store);
        NodeGroup? nodes = null;
        await tally.PhaseAsync(
            $"start {count} nodes at once",
            async () => nodes = await NodeGroup.StartAsync(folder, count, database.Target)
        );
        await using (nodes)
            await new ClusterCommand(nodes!, database, tally, callers).RunAsync(codes, refreshes);
    }

    private async Task RunAsync(int codes, int refreshes)
    {
        await CheckFirstKeyAsync();
        foreach (var session in sessions)
            await nodes[0].Flow.SignInAsync(session);
        clientId = await nodes[0].Flow.RegisterAsync();

        await tally.PhaseAsync($"{codes} codes, {callers} callers each", () => EachAsync(codes, RedeemOnceAsync));
        await tally.PhaseAsync($"{refreshes} refresh tokens, {callers} callers each", () => EachAsync(refreshes, RefreshOnceAsync));
        await tally.PhaseAsync("tokens of each node at every other", () => EachAsync(10 * nodes.Count, UseEverywhereAsync));

        await database.CheckAsync(tally, "after the load");
        nodes.ReportLogs(tally);
    }

    // One node made the first key; all nodes publish that key and no other.
    private async Task CheckFirstKeyAsync()
    {
        var published = new List<HashSet<string>>();
        foreach (var node in nodes.Nodes)
            published.Add(await node.Flow.PublishedKeysAsync());
        tally.Expect(
            published.All(p => p.Count == 1 && p.SetEquals(published[0])),
            "racing nodes make one signing key",
            $"published: {string.Join(" | ", published.Select(p => string.Join(", ", p)))}"
        );
        if (database.Target.Provider == "memory")
            return;
        // One that signs, and one for opaque tokens, which is never published.
        var keys = await database.CountAsync("hq_keys");
        tally.Count("keys in the database at start", keys);
        tally.Expect(keys == 2, "racing nodes make one key of a kind", $"hq_keys has {keys} rows");
    }

    private async Task EachAsync(int count, Func<int, Task> one) =>
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Lanes },
            async (n, _) =>
            {
                try
                {
                    await one(n);
                }
                catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or TaskCanceledException)
                {
                    tally.Violation("every step of a login works at every node", e.Message);
                }
            }
        );

    // RFC 6749 §4.1.2: a code is used once, and its replay ends what the first use got.
    private async Task RedeemOnceAsync(int n)
    {
        var approved = await nodes[n].Flow.ApproveAsync(sessions[n % sessions.Length], clientId);
        var replies = await nodes.AtOnceAsync(callers, flow => flow.RedeemAsync(approved), tally, $"redemption {n}");
        var winners = replies.Where(r => r is { IsOk: true }).ToList();
        tally.Count("codes");
        tally.Count("redemptions answered", replies.Count(r => r is not null));
        tally.Expect(winners.Count == 1, "a code is redeemed once", $"authorization {approved.Id}: {winners.Count} answers are 200");
        foreach (var strange in replies.Where(r => r is { IsOk: false, IsInvalidGrant: false }))
            tally.Violation("a lost redemption is invalid_grant", $"authorization {approved.Id}: {strange}");

        if (n % 20 != 0 || winners.Count == 0 || callers == 1)
            return;
        tally.Count("replays checked elsewhere");
        tally.Expect(
            !await nodes[n + 1].Flow.IsActiveAsync(winners[0]!.Text("access_token")!),
            "a replay ends what the winner got",
            $"authorization {approved.Id}: {nodes[n + 1].Name} says that the access token is active"
        );
    }

    // RFC 9700 §4.14.2, with a leeway: many at once get one successor, never two.
    private async Task RefreshOnceAsync(int n)
    {
        var approved = await nodes[n].Flow.ApproveAsync(sessions[n % sessions.Length], clientId);
        var redeemed = await nodes[n + 1].Flow.RedeemAsync(approved);
        if (!redeemed.IsOk)
            throw new UnexpectedReplyException($"{nodes[n + 1].Name}: redemption of {approved.Id}", redeemed);
        var token = redeemed.Text("refresh_token")!;
        var replies = await nodes.AtOnceAsync(callers, flow => flow.RefreshAsync(clientId, token), tally, $"refresh {n}");
        tally.Count("refresh chains");
        tally.Count("refreshes answered", replies.Count(r => r is not null));
        foreach (var strange in replies.Where(r => r is { IsOk: false }))
            tally.Violation("a refresh inside the leeway succeeds", $"authorization {approved.Id}: {strange}");

        var successors = replies.Where(r => r is { IsOk: true }).Select(r => r!.Text("refresh_token")!).Distinct().ToList();
        tally.Expect(
            successors.Count == 1 && successors[0] != token,
            "a refresh token has one successor",
            $"authorization {approved.Id}: {successors.Count} distinct tokens, {(successors.Contains(token) ? "with" : "without")} the spent one"
        );
        foreach (var successor in successors)
        {
            var next = await nodes[n + 2].Flow.RefreshAsync(clientId, successor);
            tally.Expect(next.IsOk, "the successor works at another node", $"authorization {approved.Id}, {nodes[n + 2].Name}: {next}");
        }
    }

    private async Task UseEverywhereAsync(int n)
    {
        var approved = await nodes[n].Flow.ApproveAsync(sessions[n % sessions.Length], clientId);
        var redeemed = await nodes[n].Flow.RedeemAsync(approved);
        if (!redeemed.IsOk)
            throw new UnexpectedReplyException($"{nodes[n].Name}: redemption of {approved.Id}", redeemed);
        var token = redeemed.Text("access_token")!;
        var called = await nodes[n + 1].Flow.CallApiAsync(token);
        tally.Count("tokens used elsewhere");
        tally.Expect(
            called.IsOk,
            "every node's API takes every node's tokens",
            $"issued at {nodes[n].Name}, {nodes[n + 1].Name}: {called}"
        );
        tally.Expect(
            await nodes[n + 2].Flow.IsActiveAsync(token),
            "every node introspects every node's tokens",
            $"issued at {nodes[n].Name}, inactive at {nodes[n + 2].Name}"
        );
        // RFC 7009 §2: a revocation at one node is seen at every other.
        var revoked = await nodes[n + 1].Flow.RevokeAsync(clientId, token);
        tally.Expect(revoked.IsOk, "a revocation is answered 200", $"{nodes[n + 1].Name}: {revoked}");
        foreach (var node in nodes.Nodes)
            tally.Expect(!await node.Flow.IsActiveAsync(token), "a revocation holds at every node", $"active at {node.Name}");
    }
}
