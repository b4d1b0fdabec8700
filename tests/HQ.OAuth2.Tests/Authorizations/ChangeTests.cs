using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What a user takes away while an app stays connected, as a pure step of the row.</summary>
internal sealed class ChangeTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    [Test]
    public void A_narrowed_row_has_the_rest_and_a_next_version()
    {
        var (row, _) = Given.Active();

        var next = Change(row, new() { Scope = ScopeSet.Of("read") }).Value;

        (next.Scope.ToString(), next.Version).Should().Be(("read", row.Version + 1));
        next.WriteId.Should().NotBe(row.WriteId);
    }

    [TestCase("read write delete")]
    [TestCase("delete")]
    [TestCase("")]
    public void Scope_that_was_not_granted_or_no_scope_is_refused(string scope)
    {
        var (row, _) = Given.Active();

        Change(row, new() { Scope = ScopeSet.Parse(scope).Value }).Error!.Field.Should().Be("scope");
    }

    [TestCase("https://other.example.com")]
    [TestCase("https://auth.example.com", "https://other.example.com")]
    [TestCase]
    public void Resources_that_were_not_granted_or_none_are_refused(params string[] resources)
    {
        var (row, _) = Given.Active();

        Change(row, new() { Resources = resources }).Error!.Field.Should().Be("resource");
    }

    [Test]
    public void A_refusal_says_what_is_granted_and_what_ends_all_of_it()
    {
        var row = Given.Active().Row with { Resources = ["https://auth.example.com/a", "https://auth.example.com/b"] };

        Change(row, new() { Scope = ScopeSet.Of("delete") })
            .Error!.Reason.Should()
            .Be("scope must be a part of 'read write', and not empty: remove the app instead");
        Change(row, new() { Resources = [] })
            .Error!.Reason.Should()
            .Be("resource must be some of 'https://auth.example.com/a https://auth.example.com/b', at least one: remove the app instead");
        Change(row, End(now)).Error!.Reason.Should().Be("ends_at must be in the future: remove the app instead");
    }

    [Test]
    public void A_pause_begins_once()
    {
        var paused = Change(Given.Active().Row, new() { Paused = true }).Value;

        var again = paused.Change(new() { Paused = true, Scope = ScopeSet.Of("read") }, now.AddDays(1), Given.Resources()).Value;

        (again.PausedAt, again.Scope.ToString()).Should().Be((now, "read"));
        Change(again, new() { Scope = ScopeSet.Of("read") }).Value.PausedAt.Should().Be(now, "the change does not speak of a pause");
    }

    [Test]
    public void An_end_is_changed_only_by_a_change_that_says_so()
    {
        var row = Given.Active().Row with { EndsAt = now.AddDays(1) };

        var changed = Change(row, new() { Scope = ScopeSet.Of("read"), EndsAt = now.AddDays(5) }).Value;

        changed.EndsAt.Should().Be(now.AddDays(1));
    }

    [Test]
    public void Resources_are_narrowed()
    {
        var row = Given.Active().Row with { Resources = ["https://auth.example.com/a", "https://auth.example.com/b"] };

        Change(row, new() { Resources = ["https://auth.example.com/b"] }).Value.Resources.Should().Equal("https://auth.example.com/b");
    }

    [Test]
    public void A_change_that_changes_nothing_is_no_new_version()
    {
        var row = Change(Given.Active().Row, new() { Paused = true }).Value;

        Change(row, new() { Paused = true, Scope = row.Scope }).Value.Should().BeSameAs(row);
    }

    [Test]
    public void An_end_must_be_in_the_future_and_has_whole_seconds()
    {
        var (row, _) = Given.Active();

        Change(row, End(now)).Error!.Field.Should().Be("ends_at");
        Change(row, End(now.AddMilliseconds(1500))).Value.EndsAt.Should().Be(now.AddSeconds(1));
        Change(row with { EndsAt = now.AddDays(1) }, End(null)).Value.EndsAt.Should().BeNull();
    }

    [Test]
    public void A_paused_row_refreshes_nothing_and_stays_as_it_is()
    {
        var (row, token) = Given.Active();
        var paused = Change(row, new() { Paused = true }).Value;

        paused.Rotate(token, at: 1).ShouldRefuse(OAuthError.AppPaused);
        OAuthError.AppPaused.Code.Should().NotBe("invalid_grant", "a client drops its tokens upon that");
        paused.IsUsable(now).Should().BeFalse();
        Change(paused, new() { Paused = false }).Value.Rotate(token, at: 1).Should().BeOfType<AuthorizationStep.Swap>();
    }

    [Test]
    public void A_replay_ends_a_paused_row_too()
    {
        var (row, token) = Given.Active();
        var rotated = row.Rotate(token, at: 1).ShouldSwap(row).Authorization;

        Change(rotated, new() { Paused = true }).Value.Rotate(token, at: 100).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void A_code_is_not_redeemed_while_the_app_is_paused()
    {
        var (row, code) = Given.Authorization();

        (row with { PausedAt = now }).Redeem(Given.Redemption(code)).ShouldRefuse(OAuthError.AppPaused);
        (row with { EndsAt = now }).Redeem(Given.Redemption(code)).ShouldRefuse(OAuthError.InvalidCode);
    }

    [Test]
    public void An_end_ends_the_chain_the_access_token_and_the_consent()
    {
        var (row, token) = Given.Active();
        var consent = new ConsentFact("app.example.com", now.AddDays(90));
        var ends = Change(row with { Consent = consent }, End(now.AddSeconds(60))).Value;

        var refreshed = ends.Rotate(token, at: 59).ShouldSwap(ends).Authorization;
        refreshed.AccessUntil.Should().Be(now.AddSeconds(60));
        ends.Rotate(token, at: 60).ShouldRefuse(OAuthError.InvalidRefreshToken);
        ends.IsLive(now.AddSeconds(59)).Should().BeTrue();
        ends.IsLive(now.AddSeconds(60)).Should().BeFalse();
        ends.PruneAfter.Should().BeBefore((row with { Consent = consent }).PruneAfter);
    }

    [Test]
    public void A_narrowed_row_refreshes_what_is_left_and_no_more()
    {
        var (row, token) = Given.Active();
        var narrowed = Change(row, new() { Scope = ScopeSet.Of("read") }).Value;

        narrowed.Rotate(token, at: 1).ShouldSwap(narrowed).Scope.ToString().Should().Be("read");
        narrowed.Rotate(token, at: 1, scope: "write").ShouldRefuse(OAuthError.ScopeNotAllowed);
    }

    [Test]
    public async Task Fifty_refreshes_that_race_a_narrowing_return_the_old_scope_only_before_it()
    {
        var store = new InMemoryAuthorizationStore();
        var (row, token) = Given.Active();
        var loop = Given.Loop(store);
        await loop.AddAsync(row, default);
        var narrowed = new TaskCompletionSource<long>();

        var all = await Racers.AtOnceAsync(
            51,
            async i =>
            {
                if (i == 25)
                {
                    var changed = await loop.ChangeAsync(row.Id, r => Change(r, new() { Scope = ScopeSet.Of("read") }), default);
                    narrowed.SetResult(changed!.Value.Value.Version);
                    return null;
                }

                var grant = await loop.StepAsync(
                    row.Id,
                    r => r.Rotate(token, at: 1),
                    OAuthError.InvalidRefreshToken,
                    "refresh token",
                    default
                );
                return grant.Value;
            }
        );

        var version = await narrowed.Task;
        foreach (var grant in all.OfType<TokenGrant>())
            grant.Scope.ToString().Should().Be(grant.Authorization.Version < version ? "read write" : "read");
        (await loop.FindAsync(row.Id, default))!.Scope.ToString().Should().Be("read");
    }

    [Test]
    public async Task A_change_whose_answer_is_lost_is_found_in_the_store()
    {
        var store = new LostAnswers();
        var (row, _) = Given.Active();
        var loop = Given.Loop(store);
        await loop.AddAsync(row, default);
        store.LoseNext = true;

        var changed = await loop.ChangeAsync(row.Id, r => Change(r, new() { Paused = true }), default);

        changed!.Value.Value.PausedAt.Should().Be(now);
        (await loop.FindAsync(row.Id, default))!.Version.Should().Be(row.Version + 1, "it was written once");
    }

    [Test]
    public async Task There_is_nothing_to_change_where_there_is_no_row() =>
        (await Given.Loop(new InMemoryAuthorizationStore()).ChangeAsync("x", r => Change(r, new() { Paused = true }), default))
            .Should()
            .BeNull();

    private static Outcome<OAuthAuthorization> Change(OAuthAuthorization row, GrantChange change) =>
        row.Change(change, now, Given.Resources());

    private static GrantChange End(DateTimeOffset? at) => new() { ChangesEnd = true, EndsAt = at };

    private sealed class LostAnswers : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public bool LoseNext { get; set; }

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => inner.FindAsync(id, ct);

        public async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            var isWritten = await inner.TryUpdateAsync(next, ct);
            if (!LoseNext)
                return isWritten;
            LoseNext = false;
            throw new IOException("the connection broke after the commit");
        }

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => inner.ListAsync(by, ct);

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset at, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(at, limit, ct);
    }
}
