namespace HQ.OAuth2;

/// <summary>The contest passes a store that keeps its promises, through kills and fail-overs, and says of a broken one what it broke.</summary>
internal sealed class ContestTests
{
    [Test]
    public async Task A_store_that_passes()
    {
        var contest = new Contested();

        (await FailureAsync(contest)).Should().BeNull();

        (contest.Killed, contest.FailedOver).Should().Be((2, 2));
    }

    [Test]
    public async Task A_store_that_is_away_for_a_while_and_loses_answers_passes() =>
        (await FailureAsync(new() { Broken = s => new LosesAnswers(s) })).Should().BeNull();

    [Test]
    public async Task A_store_that_ignores_the_version() =>
        (await FailureAsync(new() { Broken = s => new IgnoresTheVersion(s) })).Should().MatchRegex(@"\| [1-9]\d* \| [^|]+ \|\ndoubled: ");

    [Test]
    public async Task A_store_that_reads_what_another_node_replaced() =>
        (await FailureAsync(new() { Broken = s => new SaysYesToAll(s) })).Should().Contain("doubled: redemption");

    [Test]
    public async Task A_store_that_forgets_commits_when_a_server_is_killed()
    {
        var memory = new ForgetsTheLast(new InMemoryAuthorizationStore());

        var failure = await FailureAsync(new() { Broken = _ => memory, OnKill = memory.Forget });

        failure.Should().Contain("lost: row");
    }

    [Test]
    public async Task A_store_that_adds_nothing() =>
        (await FailureAsync(new() { Broken = s => new AddsNothing(s) })).Should().Contain("lost: row").And.Contain("at its redemption");

    [Test]
    public async Task A_store_that_throws_although_nothing_was_killed()
    {
        var contest = new Contested { Broken = s => new LosesAnswers(s), Disturbances = 0 };

        await contest.OpenStoreAsync();
        var run = contest.Nothing_is_spent_twice_and_nothing_is_lost;

        await run.Should().ThrowAsync<IOException>();
    }

    [Test]
    public async Task A_store_that_does_not_come_back()
    {
        var contest = new Contested { Broken = s => new IsAway(s), Waits = TimeSpan.FromMilliseconds(200) };

        await contest.OpenStoreAsync();
        var run = contest.Nothing_is_spent_twice_and_nothing_is_lost;

        await run.Should().ThrowAsync<IOException>();
    }

    [Test]
    public async Task A_kill_that_fails_ends_the_test_when_every_caller_has_ended()
    {
        var slow = new IsSlow(new InMemoryAuthorizationStore());
        var contest = new Contested { Broken = _ => slow, OnKill = () => throw new IOException("no such server") };

        await contest.OpenStoreAsync();
        var run = contest.Nothing_is_spent_twice_and_nothing_is_lost;

        (await run.Should().ThrowAsync<IOException>()).WithMessage("no such server");
        var calls = slow.Calls;
        calls.Should().BePositive();
        await Task.Delay(50);
        slow.Calls.Should().Be(calls);
    }

    [TestCase(1, 0, "Kills is 1: override KillAsync")]
    [TestCase(0, 1, "FailOvers is 1: override FailOverAsync")]
    public async Task A_disturbance_that_the_host_did_not_write(int kills, int failOvers, string message)
    {
        var contest = new Undisturbed { Killed = kills, FailedOver = failOvers };

        await contest.OpenStoreAsync();
        var run = contest.Nothing_is_spent_twice_and_nothing_is_lost;

        (await run.Should().ThrowAsync<NotSupportedException>()).WithMessage(message + "*");
    }

    [Test]
    public async Task One_caller_contests_nothing()
    {
        (await FailureAsync(new() { AtOnce = 1 })).Should().Contain("Callers: one caller contests nothing");
        (await FailureAsync(new() { AtOnce = 2 })).Should().BeNull();
    }

    [TestCase(3, 0, false)]
    [TestCase(4, 0, true)]
    [TestCase(15, 2, false)]
    [TestCase(16, 2, true)]
    public async Task Each_kill_and_each_fail_over_needs_four_rows(int rows, int disturbances, bool isEnough)
    {
        var failure = await FailureAsync(new() { Count = rows, Disturbances = disturbances });

        if (isEnough)
            failure.Should().BeNull();
        else
            failure.Should().Contain("Rows: each kill and each fail-over needs 4 rows");
    }

    [Test]
    public void The_number_of_rows_is_read_from_the_environment()
    {
        try
        {
            Environment.SetEnvironmentVariable("HQ_CONTEST_ROWS", "41");
            new Contested().RowsOfTheKit.Should().Be(41);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HQ_CONTEST_ROWS", null);
        }

        new Contested().RowsOfTheKit.Should().Be(300);
    }

    // What the contest says; null when it passes.
    private static async Task<string?> FailureAsync(Contested contest)
    {
        using var outside = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
        await contest.OpenStoreAsync();
        try
        {
            await contest.Nothing_is_spent_twice_and_nothing_is_lost();
            return null;
        }
        catch (AssertionException failure)
        {
            return failure.Message;
        }
    }

    private sealed class Contested : AuthorizationStoreContest
    {
        public Func<IAuthorizationStore, IAuthorizationStore> Broken { get; init; } = store => store;

        public Action OnKill { get; init; } = () => { };

        public int Disturbances { get; init; } = 2;

        public TimeSpan Waits { get; init; } = TimeSpan.FromSeconds(20);

        public int Killed { get; private set; }

        public int FailedOver { get; private set; }

        public int RowsOfTheKit => base.Rows;

        public int Count { get; init; } = 60;

        public int AtOnce { get; init; } = 6;

        protected override int Rows => Count;

        protected override int Callers => AtOnce;

        protected override int Kills => Disturbances;

        protected override int FailOvers => Disturbances;

        protected override TimeSpan Patience => Waits;

        protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(Broken(new InMemoryAuthorizationStore()));

        protected override Task KillAsync()
        {
            Killed++;
            OnKill();
            return Task.CompletedTask;
        }

        protected override Task FailOverAsync()
        {
            FailedOver++;
            return Task.CompletedTask;
        }
    }

    private sealed class Undisturbed : AuthorizationStoreContest
    {
        public int Killed { get; init; }

        public int FailedOver { get; init; }

        protected override int Rows => 4;

        protected override int Kills => Killed;

        protected override int FailOvers => FailedOver;

        protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(new InMemoryAuthorizationStore());
    }

    private class Over(IAuthorizationStore inner) : IAuthorizationStore
    {
        protected IAuthorizationStore Inner { get; } = inner;

        public virtual ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => Inner.AddAsync(record, ct);

        public virtual ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => Inner.FindAsync(id, ct);

        public virtual ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => Inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => Inner.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => Inner.ListAsync(by, ct);

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Inner.RemoveExpiredAsync(now, limit, ct);
    }

    // Every third call throws, half of them after they did their work.
    private sealed class LosesAnswers(IAuthorizationStore inner) : Over(inner)
    {
        private int calls;

        public override async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
        {
            var call = Interlocked.Increment(ref calls);
            Throw(call % 6 == 0);
            await Inner.AddAsync(record, ct);
            Throw(call % 6 == 3);
        }

        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            var call = Interlocked.Increment(ref calls);
            Throw(call % 6 == 0);
            var answer = await Inner.TryUpdateAsync(next, ct);
            Throw(call % 6 == 3);
            return answer;
        }

        private static void Throw(bool now)
        {
            if (now)
                throw new IOException("the connection broke");
        }
    }

    private sealed class IsSlow(IAuthorizationStore inner) : Over(inner)
    {
        private int calls;

        public int Calls => calls;

        public override async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(5, ct);
            return await Inner.FindAsync(id, ct);
        }
    }

    private sealed class IsAway(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
            throw new IOException("no connection");
    }

    private sealed class IgnoresTheVersion(IAuthorizationStore inner) : Over(inner)
    {
        private readonly Lock gate = new();

        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            await Task.Delay(5, ct);
            lock (gate)
            {
                Inner.RemoveAsync(next.Id, ct).AsTask().GetAwaiter().GetResult();
                Inner.AddAsync(next, ct).AsTask().GetAwaiter().GetResult();
            }

            return true;
        }
    }

    private sealed class SaysYesToAll(IAuthorizationStore inner) : Over(inner)
    {
        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            await Task.Delay(5, ct);
            return await Inner.TryUpdateAsync(next, ct) || next.Version > 0;
        }
    }

    private sealed class AddsNothing(IAuthorizationStore inner) : Over(inner)
    {
        public override ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => default;
    }

    // As a standby that gets commits some time after they were answered.
    private sealed class ForgetsTheLast(IAuthorizationStore inner) : Over(inner)
    {
        private readonly System.Collections.Concurrent.ConcurrentStack<AuthorizationRecord> written = new();

        public override async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            if (!await Inner.TryUpdateAsync(next, ct))
                return false;
            if (next.Version == 3)
                written.Push(next);
            return true;
        }

        public void Forget()
        {
            if (!written.TryPop(out var last))
                return;
            Inner.RemoveAsync(last.Id, default).AsTask().GetAwaiter().GetResult();
            Inner.AddAsync(last with { Version = 2, Data = "as before" }, default).AsTask().GetAwaiter().GetResult();
        }
    }
}
