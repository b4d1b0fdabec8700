using System.Diagnostics;
using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// Contests codes and refresh tokens in a store while its servers are killed and replaced: each is offered by several callers at once on two
/// nodes, in the way in which the server spends them (read the row, swap it, and read again when the answer was lost). Prints a table (contested
/// redemptions and refreshes, kills, fail-overs, lost, doubled, longest outage) and fails if anything was lost or spent twice. It is no part of
/// <see cref="AuthorizationStoreContract"/>, because it takes as long as the servers of the host need.
/// </summary>
public abstract class AuthorizationStoreContest : StoreContract<IAuthorizationStore>
{
    private const int Lanes = 8;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);
    private static readonly DateTimeOffset later = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Contest contest = null!;

    /// <summary>The name of the engine in the table; the name of the store's class when not overridden.</summary>
    protected virtual string Engine => Store.GetType().Name;

    /// <summary>
    /// How many rows there are; each has one contested redemption and one contested refresh. At least 4 for each kill and each fail-over. 300 when
    /// not overridden, or the number in the environment variable <c>HQ_CONTEST_ROWS</c>.
    /// </summary>
    protected virtual int Rows =>
        int.TryParse(Environment.GetEnvironmentVariable("HQ_CONTEST_ROWS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? rows
            : 300;

    /// <summary>How many callers offer one code or one refresh token at once; at least 2.</summary>
    protected virtual int Callers => 6;

    /// <summary>How often <see cref="KillAsync"/> is called, which is overridden as well then; 0 when not overridden.</summary>
    protected virtual int Kills => 0;

    /// <summary>How often <see cref="FailOverAsync"/> is called, which is overridden as well then; 0 when not overridden.</summary>
    protected virtual int FailOvers => 0;

    /// <summary>
    /// How long a caller tries again while the store throws. Without a kill and a fail-over there is no reason to throw, and the first exception
    /// ends the test.
    /// </summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(1);

    /// <summary>An empty store; called before the test.</summary>
    protected abstract ValueTask<IAuthorizationStore> CreateStoreAsync();

    /// <summary>Kills a server of the engine, and returns when another one may be killed. Callers go on meanwhile.</summary>
    protected virtual Task KillAsync() =>
        throw new NotSupportedException(
            $"{nameof(Kills)} is {Kills}: override {nameof(KillAsync)}, so that it kills a server of the engine."
        );

    /// <summary>Lets another server of the engine take over, and returns when the next one may. Callers go on meanwhile.</summary>
    protected virtual Task FailOverAsync() =>
        throw new NotSupportedException(
            $"{nameof(FailOvers)} is {FailOvers}: override {nameof(FailOverAsync)}, so that another server of the engine takes over."
        );

    private protected sealed override ValueTask<IAuthorizationStore> OpenAsync() => CreateStoreAsync();

    [Test]
    public async Task Nothing_is_spent_twice_and_nothing_is_lost()
    {
        Assert.That(Callers, Is.GreaterThanOrEqualTo(2), $"{nameof(Callers)}: one caller contests nothing.");
        // Each disturbance comes after a quarter of its rows.
        Assert.That(
            Rows,
            Is.GreaterThanOrEqualTo(4 * Math.Max(1, Kills + FailOvers)),
            $"{nameof(Rows)}: each kill and each fail-over needs 4 rows at least, so that it comes in the midst of them."
        );
        contest = new(Engine);
        var last = new AuthorizationRecord?[Rows];

        await contest.RunAsync(Rows, Lanes, async n => last[n] = await ContestAsync(n), KillAsync, Kills, FailOverAsync, FailOvers);

        // What was answered is still there after the last fail-over.
        foreach (var row in last.OfType<AuthorizationRecord>())
        {
            foreach (var node in Nodes)
            {
                if (await PersistAsync(() => node.FindAsync(row.Id, default)) is var found && found != row)
                {
                    contest.Lost($"row {row.Id} has version {found?.Version}, and {row.Version} was answered");
                    break;
                }
            }
        }

        await TestContext.Out.WriteLineAsync(contest.Table());
        Assert.That(contest.Holds, Is.True, contest.Table());
    }

    // A login whose code is redeemed, and whose first refresh token is used. The row as it was answered; null when it was lost on the way.
    private async Task<AuthorizationRecord?> ContestAsync(int n)
    {
        var row = new AuthorizationRecord(Guid.CreateVersion7().ToString("N"), 1, "alice", "app", later, $"{n}: code");
        await AddAsync(row);
        contest.Redemption();
        if (await SpendAsync(row, "redemption") is not { } redeemed)
            return null;
        contest.Refresh();
        return await SpendAsync(redeemed, "refresh");
    }

    // The answer of an insert may be lost as well: then the row is there, and cannot be added again.
    private Task<bool> AddAsync(AuthorizationRecord row) =>
        PersistAsync(async () =>
        {
            if (await Store.FindAsync(row.Id, default) is null)
                await Store.AddAsync(row, default);
            return true;
        });

    private async Task<AuthorizationRecord?> SpendAsync(AuthorizationRecord row, string what)
    {
        var seen = await RaceAsync(Callers, (node, i) => new ValueTask<AuthorizationRecord?>(SpendOnceAsync(node, row, $"{what} by {i}")));
        // A caller that lost has seen the winner's row; a winner has seen its own.
        var successors = seen.Distinct().ToList();
        if (successors is [{ } one])
            return one;
        if (successors.OfType<AuthorizationRecord>().Count() > 1)
            contest.Doubled($"{what} of row {row.Id}: {string.Join(", ", successors.Select(s => s?.Data ?? "no row"))}");
        else
            contest.Lost($"row {row.Id}, at its {what}");
        return null;
    }

    // The row that this caller wrote, or that another caller wrote before it; null when there is none.
    private Task<AuthorizationRecord?> SpendOnceAsync(IAuthorizationStore node, AuthorizationRecord row, string mine)
    {
        var next = row with { Version = row.Version + 1, Data = $"{row.Data}, {mine}" };
        return PersistAsync<AuthorizationRecord?>(async () =>
        {
            // Also after an exception: our write may have been committed, and then it is our success.
            var current = await node.FindAsync(row.Id, default);
            if (current is null || current.Version != row.Version)
                return current;
            return await node.TryUpdateAsync(next, default) ? next : await node.FindAsync(row.Id, default);
        });
    }

    private async Task<T> PersistAsync<T>(Func<ValueTask<T>> call)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                var result = await call();
                if (!isFirst)
                    contest.Outage(Stopwatch.GetElapsedTime(begun));
                return result;
            }
            catch (Exception e) when (Kills + FailOvers > 0 && e is not ResultStateException && Stopwatch.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(pause);
            }
        }
    }
}
