using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2.Durability;

/// <summary>Whether a server with a million authorizations is as quick as an empty one, and whether pruning disturbs it.</summary>
internal sealed class GrowthCommand
{
    private const int WarmUpRounds = 20;

    private static readonly (string, string)[] keys =
    [
        // Nobody prunes but the measurement.
        ("pruneEvery", "1.00:00:00"),
        ("refreshTokenLeeway", "00:05:00"),
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var size = new GrowthSize(
            arguments.Number("authorizations", 1_000_000),
            arguments.Number("subjects", 200_000),
            arguments.Number("clients", 100_000),
            arguments.Number("expired", 20_000)
        );
        var rounds = arguments.Number("rounds", 200);
        arguments.Done();

        var tally = new Tally($"growth: {size}");
        await using var emptyDatabase = await Database.NewAsync("postgres");
        await using var fullDatabase = await Database.NewAsync("postgres");
        await using var emptyNodes = await NodeGroup.StartAsync(arguments.QuickStart, 1, emptyDatabase.Target, keys);
        await using var fullNodes = await NodeGroup.StartAsync(arguments.QuickStart, 1, fullDatabase.Target, keys);
        var empty = await GrowthUser.SignInAsync(emptyNodes[0].Flow);
        var full = await GrowthUser.SignInAsync(fullNodes[0].Flow);

        var sample = await full.LogInAsync();
        await full.RefreshAsync(sample);
        await tally.PhaseAsync("fill", () => GrowthData.FillAsync(fullDatabase, full.ClientId, sample.Approved.Id, size));
        await tally.PhaseAsync("measure", () => CompareAsync(empty, full, rounds));
        await tally.PhaseAsync("plans", () => QueryPlans.PrintAsync(fullDatabase, sample.Approved.Id, tally));
        await tally.PhaseAsync("prune under load", () => PruningUnderLoad.RunAsync(fullDatabase, full, size.Expired, tally));
        emptyNodes.ReportLogs(tally);
        fullNodes.ReportLogs(tally);
        return tally.Report();
    }

    // Round by round on both, so that what else the machine does falls on both.
    private static async Task CompareAsync(GrowthUser empty, GrowthUser full, int rounds)
    {
        var (onEmpty, onFull) = (new StepTimes(), new StepTimes());
        for (var round = 0; round < WarmUpRounds + rounds; round++)
        {
            if (round == WarmUpRounds)
                (onEmpty, onFull) = (new StepTimes(), new StepTimes());
            await MeasureAsync(empty, onEmpty);
            await MeasureAsync(full, onFull);
        }

        Console.WriteLine("\n| step, ms | empty: median | p95 | full: median | p95 |\n|---|---|---|---|---|");
        foreach (var step in onEmpty.Steps)
            Console.WriteLine($"| {step} | {onEmpty.Median(step)} | {onEmpty.P95(step)} | {onFull.Median(step)} | {onFull.P95(step)} |");
        Console.WriteLine();
    }

    private static async Task MeasureAsync(GrowthUser user, StepTimes times)
    {
        var authorization = await times.TimeAsync("login (page, approval, token)", user.LogInAsync);
        await times.TimeAsync("refresh", () => user.RefreshAsync(authorization));
        await times.TimeAsync("introspection", () => user.IntrospectAsync(authorization));
    }
}

/// <summary>How much is in the full database.</summary>
internal sealed record GrowthSize(int Authorizations, int Subjects, int Clients, int Expired);

/// <summary>A signed-in user with a registered client, at one node.</summary>
internal sealed class GrowthUser(UserFlow flow, Session session, string clientId)
{
    public string ClientId => clientId;

    public static async Task<GrowthUser> SignInAsync(UserFlow flow)
    {
        var session = new Session("alice");
        await flow.SignInAsync(session);
        return new(flow, session, await flow.RegisterAsync());
    }

    public async Task<KnownAuthorization> LogInAsync()
    {
        var authorization = new KnownAuthorization(await flow.ApproveAsync(session, clientId), round: 0);
        authorization.Redeemed(Ok("redemption", await flow.RedeemAsync(authorization.Approved)));
        return authorization;
    }

    public async Task<bool> RefreshAsync(KnownAuthorization authorization)
    {
        authorization.Refreshed(Ok("refresh", await flow.RefreshAsync(clientId, authorization.RefreshToken!)));
        return true;
    }

    public async Task<bool> IntrospectAsync(KnownAuthorization authorization) =>
        await flow.IsActiveAsync(authorization.AccessToken!)
            ? true
            : throw new UnexpectedReplyException("introspection says inactive", new(System.Net.HttpStatusCode.OK, null, ""));

    private static Reply Ok(string step, Reply reply) => reply.IsOk ? reply : throw new UnexpectedReplyException(step, reply);
}

/// <summary>How long each step took, in milliseconds.</summary>
internal sealed class StepTimes
{
    private readonly Dictionary<string, List<double>> times = [];

    public IEnumerable<string> Steps => times.Keys;

    public async Task<T> TimeAsync<T>(string step, Func<Task<T>> run)
    {
        var begun = Stopwatch.GetTimestamp();
        var result = await run();
        Add(step, Stopwatch.GetElapsedTime(begun));
        return result;
    }

    public void Add(string step, TimeSpan time)
    {
        lock (times)
        {
            if (!times.TryGetValue(step, out var list))
                times[step] = list = [];
            list.Add(time.TotalMilliseconds);
        }
    }

    public int Count(string step) => times.TryGetValue(step, out var list) ? list.Count : 0;

    public string Median(string step) => Quantile(step, 0.5);

    public string P95(string step) => Quantile(step, 0.95);

    public string Max(string step) => Quantile(step, 1);

    private string Quantile(string step, double q)
    {
        if (Count(step) == 0)
            return "-";
        var sorted = times[step].Order().ToList();
        return sorted[(int)Math.Ceiling(q * sorted.Count) - 1].ToString("0.0", CultureInfo.InvariantCulture);
    }
}
