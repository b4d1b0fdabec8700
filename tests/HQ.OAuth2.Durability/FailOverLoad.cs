using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace HQ.OAuth2.Durability;

/// <summary>The users and clients of a run with fail-overs. Each of them tries again as long as it is told 503.</summary>
internal sealed class FailOverLoad(NodeGroup nodes, Contest contest, Tally tally, int callers)
{
    private const int TurnsOfAChain = 10;

    // 3 s to connect and 30 s for a command (docs/storage.md), and what is left for everything else.
    private static readonly TimeSpan longestAnswer = TimeSpan.FromSeconds(3 + 30 + 5);
    private static readonly TimeSpan longestOutage = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    private readonly Session[] sessions = [new("alice"), new("bob")];
    private readonly ConcurrentQueue<Chain> chains = new();
    private readonly ConcurrentBag<Chain> finished = [];
    private readonly ConcurrentBag<Approved> redeemed = [];
    private string clientId = "";

    public async Task BeginAsync()
    {
        foreach (var session in sessions)
            await nodes[0].Flow.SignInAsync(session);
        clientId = await nodes[0].Flow.RegisterAsync();
    }

    /// <summary>A contested redemption and a contested refresh, in turn.</summary>
    public async Task ContestAsync(int n)
    {
        try
        {
            await (n % 2 == 0 ? RedeemAsync(n) : RefreshAsync(n));
        }
        catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or TaskCanceledException)
        {
            tally.Violation("every answer is one that the protocol allows", e.Message);
        }
    }

    /// <summary>Everything that was answered, after the last fail-over: no code is unspent, and each chain goes on.</summary>
    public async Task CheckAsync(int lanes)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = lanes };
        await Parallel.ForEachAsync(
            redeemed,
            options,
            async (approved, _) =>
            {
                if ((await PersistAsync(0, flow => flow.RedeemAsync(approved))).Reply.IsOk)
                    contest.Doubled($"the code of {approved.Id}, after the last fail-over");
            }
        );
        await Parallel.ForEachAsync(
            finished.Concat(chains),
            options,
            async (chain, _) =>
            {
                var refreshed = (await PersistAsync(1, flow => flow.RefreshAsync(clientId, chain.Token))).Reply;
                if (!refreshed.IsOk || !await nodes[0].Flow.IsActiveAsync(refreshed.Text("access_token")!))
                    contest.Lost($"the refresh token of {chain.Id} at turn {chain.Turn}, after the last fail-over: {refreshed}");
            }
        );
        tally.Count("codes offered again at the end", redeemed.Count);
        tally.Count("refresh chains that go on at the end", finished.Count + chains.Count);
    }

    // RFC 6749 §4.1.2. A caller who gets 503 does not know whether the code was redeemed; when it was, the next try is a replay.
    private async Task RedeemAsync(int n)
    {
        var approved = await ApproveAsync(n);
        contest.Redemption();
        var answers = await AtOnceAsync(flow => flow.RedeemAsync(approved));
        redeemed.Add(approved);
        foreach (var (strange, _) in answers.Where(a => a.Reply is { IsOk: false, IsInvalidGrant: false }))
            tally.Violation("a lost redemption is invalid_grant", $"{approved.Id}: {strange}");
        var winners = answers.Count(a => a.Reply.IsOk);
        if (winners > 1)
            contest.Doubled($"the code of {approved.Id}");
        else if (winners == 0 && answers.All(a => !a.WasRefused))
            contest.Lost($"the code of {approved.Id}: nobody got a token, and nobody was told to try again");
        else if (winners == 0)
            tally.Count("codes that ended because the answer of their redemption was lost");
    }

    // RFC 9700 §4.14.2, with a leeway: all callers get the same successor, also those that were told 503 before.
    private async Task RefreshAsync(int n)
    {
        if (!chains.TryDequeue(out var chain))
            chain = await NewChainAsync(n);
        contest.Refresh();
        var answers = await AtOnceAsync(flow => flow.RefreshAsync(clientId, chain.Token));
        var successors = answers.Where(a => a.Reply.IsOk).Select(a => a.Reply.Text("refresh_token")!).Distinct().ToList();
        if (successors.Count > 1)
            contest.Doubled($"the refresh token of {chain.Id} at turn {chain.Turn}");
        if (answers.FirstOrDefault(a => !a.Reply.IsOk) is { } failed)
        {
            contest.Lost($"the refresh token of {chain.Id} at turn {chain.Turn}: {failed.Reply}");
            return;
        }

        var next = chain with { Token = successors[0], Turn = chain.Turn + 1 };
        if (next.Turn < TurnsOfAChain)
            chains.Enqueue(next);
        else
            finished.Add(next);
    }

    private async Task<Chain> NewChainAsync(int n)
    {
        while (true)
        {
            var approved = await ApproveAsync(n);
            var (reply, wasRefused) = await PersistAsync(n, flow => flow.RedeemAsync(approved));
            if (reply.IsOk)
                return new(approved.Id, reply.Text("refresh_token")!, 0);
            if (!wasRefused)
                throw new UnexpectedReplyException($"redemption of {approved.Id}", reply);
            tally.Count("codes that ended because the answer of their redemption was lost");
        }
    }

    private async Task<Approved> ApproveAsync(int n)
    {
        Approved? approved = null;
        await PersistAsync(
            n,
            async flow =>
            {
                try
                {
                    approved = await flow.ApproveAsync(sessions[n % sessions.Length], clientId);
                    return new(HttpStatusCode.OK, null, "");
                }
                catch (UnexpectedReplyException e) when (e.Reply.IsUnavailable)
                {
                    return e.Reply;
                }
            }
        );
        return approved!;
    }

    private Task<Answer[]> AtOnceAsync(Func<UserFlow, Task<Reply>> request) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(i => PersistAsync(i, request)));

    private async Task<Answer> PersistAsync(int n, Func<UserFlow, Task<Reply>> request)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var wasRefused = false; ; wasRefused = true)
        {
            var sent = Stopwatch.GetTimestamp();
            var reply = await request(nodes[n].Flow);
            var took = Stopwatch.GetElapsedTime(sent);
            tally.Max("slowest answer, ms", (long)took.TotalMilliseconds);
            tally.Expect(took < longestAnswer, "no answer takes longer than the database may", $"{nodes[n].Name}: {took}: {reply}");
            if (!reply.IsUnavailable)
            {
                if (wasRefused)
                    contest.Outage(Stopwatch.GetElapsedTime(begun));
                if (reply.Status >= HttpStatusCode.InternalServerError)
                    throw new UnexpectedReplyException(nodes[n].Name, reply);
                return new(reply, wasRefused);
            }

            tally.Count("answers 503");
            tally.Expect(reply.Location is not null || reply.SaysWhen, "a 503 says when to try again", $"{nodes[n].Name}: {reply}");
            if (Stopwatch.GetElapsedTime(begun) > longestOutage)
                throw new UnexpectedReplyException($"{nodes[n].Name}, after {longestOutage}", reply);
            await Task.Delay(pause);
        }
    }

    private sealed record Chain(string Id, string Token, int Turn);

    /// <param name="Reply">What came in the end.</param>
    /// <param name="WasRefused">A 503 came before.</param>
    private sealed record Answer(Reply Reply, bool WasRefused);
}
