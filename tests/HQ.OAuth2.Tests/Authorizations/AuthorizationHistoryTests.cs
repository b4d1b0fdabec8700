using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>
/// Random histories against the row and the loop around it. A failure names its seed and tells the history; run it again with
/// <c>new AuthorizationHistory(seed, kind).Run(steps)</c>.
/// </summary>
internal sealed class AuthorizationHistoryTests
{
    private const int Steps = 80;

    [Test]
    [Rfc("21-4.1.3-1"), Rfc("9700-4.14.2-4"), Rfc("9700-2.2.2-1")]
    public void Nobody_inside_the_leeway_is_logged_out_while_the_clock_goes_forward()
    {
        Run(700, new());
        Run(700, new() { LostAnswers = true });
        // Many old tokens in many hands: more turns are spent inside the leeway than the list has room for.
        Run(700, new() { Newest = 12, LeewaySeconds = 300 });
    }

    [Test]
    [Rfc("21-4.1.3-1"), Rfc("9700-4.14.2-3")]
    public void Every_history_has_one_chain_no_lost_update_and_no_life_after_removal()
    {
        var all = new HistoryKind
        {
            LostAnswers = true,
            Revocations = true,
            CodeReplays = true,
            OldTokens = true,
        };
        Run(700, all);
        Run(700, all with { ClockGoesBack = true });
        Run(
            300,
            new()
            {
                LeewaySeconds = 0,
                Newest = 1,
                ClockGoesBack = true,
            }
        );
        Run(300, new() { LostAnswers = true, ClockGoesBack = true });
    }

    [Test]
    public void A_store_that_does_not_compare_versions_is_found_out()
    {
        FirstFailure(new(), () => new ForgetfulStore()).Should().NotBe("nothing failed");
    }

    [Test]
    [Rfc("9700-4.14.2-4")]
    public async Task A_hundred_processes_that_refresh_at_once_all_get_the_same_successor_of_one_rotation()
    {
        var store = new InMemoryAuthorizationStore();
        var loop = Given.Loop(store);
        var (row, token) = Given.Active();
        await loop.AddAsync(row, default);

        var outcomes = await Racers.AtOnceAsync(100, _ => RotateAsync(loop, token, leeway: 30));

        outcomes.Should().OnlyContain(o => o.Error == null);
        outcomes.Select(o => o.Value.RefreshToken!.Value.ToWire()).Distinct().Should().ContainSingle();
        var after = (await loop.FindAsync(row.Id, default))!;
        after.Version.Should().Be(row.Version + 1);
        after.Refresh!.Turn.Should().Be(2);
    }

    [Test]
    [Rfc("9700-4.14.2-4")]
    public async Task Without_a_leeway_one_of_a_hundred_wins_and_the_row_ends()
    {
        var store = new InMemoryAuthorizationStore();
        var loop = Given.Loop(store);
        var (row, token) = Given.Active();
        await loop.AddAsync(row, default);

        // Each racer has read its own time.
        var outcomes = await Racers.AtOnceAsync(100, i => RotateAsync(loop, token, leeway: 0, at: -i));

        outcomes.Count(o => o.Error is null).Should().Be(1);
        (await loop.FindAsync(row.Id, default)).Should().BeNull();
    }

    [Test]
    [Rfc("21-4.1.3-1"), Rfc("6749-4.1.2-3")]
    public async Task Of_fifty_parallel_redemptions_one_wins()
    {
        var store = new InMemoryAuthorizationStore();
        var loop = Given.Loop(store);
        var (row, code) = Given.Authorization();
        await loop.AddAsync(row, default);

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(_ =>
                    Task.Run(async () =>
                        await loop.StepAsync(row.Id, r => r.Redeem(Given.Redemption(code)), OAuthError.InvalidCode, "code", default)
                    )
                )
        );

        outcomes.Count(o => o.Error is null).Should().Be(1);
        outcomes.Where(o => o.Error is not null).Should().OnlyContain(o => o.Error!.Code == "invalid_grant");
    }

    private static Task<Outcome<TokenGrant>> RotateAsync(AuthorizationLoop loop, RefreshToken token, double leeway, double at = 0) =>
        loop.StepAsync(token.Id, r => r.Rotate(token, at, leeway), OAuthError.InvalidRefreshToken, "refresh token", default).AsTask();

    private static void Run(int histories, HistoryKind kind)
    {
        var (refreshes, ended) = (0, 0);
        for (var seed = 1; seed <= histories; seed++)
        {
            var history = new AuthorizationHistory(seed, kind);
            try
            {
                history.Run(Steps);
            }
            catch (AssertionException e)
            {
                throw new AssertionException($"Seed {seed}, {kind}: {e.Message}", e);
            }

            refreshes += history.Refreshes;
            ended += history.Ended ? 1 : 0;
        }

        // The test proves nothing if these events never happen.
        TestContext.Out.WriteLine($"{kind}: {refreshes} refreshes, {ended} of {histories} ended");
        refreshes.Should().BeGreaterThan(histories);
        if (kind.OldTokens)
            ended.Should().BeGreaterThan(histories / 10);
    }

    private static string FirstFailure(HistoryKind kind, Func<IAuthorizationStore> newStore)
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            try
            {
                new AuthorizationHistory(seed, kind, newStore).Run(Steps);
            }
            catch (AssertionException e)
            {
                return e.Message;
            }
        }

        return "nothing failed";
    }

    /// <summary>Last writer wins.</summary>
    private sealed class ForgetfulStore : IAuthorizationStore
    {
        private AuthorizationRecord? row;

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
        {
            row = record;
            return default;
        }

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => new(row);

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            row = next;
            return new(true);
        }

        public ValueTask RemoveAsync(string id, CancellationToken ct)
        {
            row = null;
            return default;
        }

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) => throw new NotSupportedException();
    }
}
