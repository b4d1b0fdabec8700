using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class AuthorizationLoopTests
{
    private readonly ScriptedStore store = new();
    private AuthorizationLoop loop = null!;
    private OAuthAuthorization row = null!;
    private RefreshToken token;

    [SetUp]
    public async Task A_row_with_a_refresh_chain()
    {
        store.Swaps.Clear();
        store.Reads.Clear();
        store.Adds.Clear();
        store.List = null;
        loop = Given.Loop(store);
        (row, token) = Given.Active();
        await loop.AddAsync(row, default);
    }

    [Test]
    public async Task A_swap_that_is_committed_counts()
    {
        var result = await RotateAsync(token);

        result.Value.RefreshToken!.Value.Turn.Should().Be(2);
        (await loop.FindAsync(row.Id, default))!.Version.Should().Be(row.Version + 1);
    }

    [Test]
    public async Task The_lost_answer_of_our_own_commit_is_recognised()
    {
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                (await inner.TryUpdateAsync(next, default)).Should().BeTrue();
                return false;
            }
        );

        var result = await RotateAsync(token);

        await LiveTokenShouldBe(result.Value.RefreshToken);
        (await loop.FindAsync(row.Id, default))!.Version.Should().Be(row.Version + 1);
    }

    [Test]
    public async Task The_lost_answer_of_a_redemption_is_no_replay()
    {
        var (fresh, code) = Given.Authorization();
        await loop.AddAsync(fresh, default);
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(next, default);
                return false;
            }
        );

        (await RedeemAsync(code)).Error.Should().BeNull();
        (await loop.FindAsync(fresh.Id, default)).Should().NotBeNull();
    }

    [Test]
    public async Task A_connection_that_breaks_after_the_commit_changes_nothing()
    {
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(next, default);
                throw new IOException("broken pipe");
            }
        );

        await LiveTokenShouldBe((await RotateAsync(token)).Value.RefreshToken);
    }

    [Test]
    public async Task A_connection_that_breaks_before_the_commit_is_the_callers_to_know_and_spends_nothing()
    {
        store.Swaps.Enqueue((_, _) => throw new IOException("broken pipe"));

        var act = () => RotateAsync(token);

        await act.Should().ThrowAsync<IOException>().WithMessage("broken pipe");
        (await RotateAsync(token)).Value.RefreshToken!.Value.Turn.Should().Be(2);
    }

    [Test]
    public async Task A_store_that_cannot_be_read_is_never_an_answer_about_the_token()
    {
        loop = Given.Loop(store);
        store.Reads.Enqueue(_ => throw new TimeoutException());

        var act = () => RotateAsync(token);

        await act.Should().ThrowAsync<TimeoutException>();
    }

    [Test]
    public async Task A_row_that_this_process_wrote_is_swapped_without_a_read()
    {
        store.Reads.Enqueue(_ => throw new TimeoutException("nothing is read"));

        var second = await RotateAsync(token);
        var third = await RotateAsync(second.Value.RefreshToken!.Value, at: 1);

        third.Value.RefreshToken!.Value.Turn.Should().Be(3);
        store.Reads.Should().ContainSingle();
    }

    [Test]
    public async Task A_refusal_never_rests_on_a_row_that_this_process_remembers()
    {
        var missing = Given.Loop(store);
        await missing.RemoveAsync(row.Id);
        // The remembered row has another client: what the stored row says counts, and there is none.
        (
            await loop.StepAsync(
                row.Id,
                _ => new AuthorizationStep.Refuse(OAuthError.InvalidClient),
                OAuthError.InvalidCode,
                "code",
                default
            )
        ).Error.ShouldBe(OAuthError.InvalidCode);
    }

    [Test]
    public async Task A_replay_never_rests_on_a_row_that_this_process_remembers()
    {
        var (decisions, removals) = (0, store.Removals);
        AuthorizationStep Replay(OAuthAuthorization _)
        {
            decisions++;
            return new AuthorizationStep.End(OAuthError.InvalidCode);
        }

        var reads = 0;
        store.Reads.Enqueue(inner =>
        {
            reads++;
            return inner.FindAsync(row.Id, default).AsTask();
        });

        (await loop.StepAsync(row.Id, Replay, OAuthError.InvalidCode, "code", default)).Error.ShouldBe(OAuthError.InvalidCode);

        (decisions, reads, store.Removals).Should().Be((2, 1, removals + 1));
    }

    [Test]
    public async Task A_row_that_another_node_changed_costs_a_lost_swap_and_is_decided_as_it_is()
    {
        var winner = await RotateAtAsync(Given.Loop(store), token);
        var writes = store.Writes;

        var loser = await RotateAsync(token);

        loser.Value.RefreshToken!.Value.ToWire().Should().Be(winner.Value.RefreshToken!.Value.ToWire());
        store.Writes.Should().Be(writes + 1);
        (await loop.FindAsync(row.Id, default))!.Version.Should().Be(row.Version + 1);
    }

    [Test]
    public async Task A_row_that_another_node_removed_is_gone()
    {
        await Given.Loop(store).RemoveAsync(row.Id);

        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
        (await loop.FindAsync(row.Id, default)).Should().BeNull();
    }

    [Test]
    public async Task The_loser_of_a_refresh_race_gets_the_winners_successor()
    {
        var stale = row.ToRecord();
        var winner = await RotateAsync(token);
        store.Reads.Enqueue(_ => Task.FromResult<AuthorizationRecord?>(stale));

        var loser = await RotateAsync(token);

        loser.Value.RefreshToken!.Value.ToWire().Should().Be(winner.Value.RefreshToken!.Value.ToWire());
        (await loop.FindAsync(row.Id, default))!.Version.Should().Be(row.Version + 1);
    }

    [Test, Rfc("21-4.1.3-1")]
    public async Task The_loser_of_a_redemption_race_gets_nothing_and_the_row_is_gone()
    {
        var (fresh, code) = Given.Authorization();
        await loop.AddAsync(fresh, default);
        var stale = fresh.ToRecord();
        (await RedeemAsync(code)).Error.Should().BeNull();
        store.Reads.Enqueue(_ => Task.FromResult<AuthorizationRecord?>(stale));

        (await RedeemAsync(code)).Error.ShouldBe(OAuthError.InvalidCode);

        (await loop.FindAsync(fresh.Id, default)).Should().BeNull();
    }

    [Test, Rfc("6749-4.1.2-4")]
    public async Task A_replayed_code_ends_the_refresh_token_of_the_first_use()
    {
        var (fresh, code) = Given.Authorization();
        await loop.AddAsync(fresh, default);
        var first = (await RedeemAsync(code)).Value.RefreshToken!.Value;

        (await RedeemAsync(code)).Error.ShouldBe(OAuthError.InvalidCode);
        (await RotateAsync(first)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
        (await RedeemAsync(code)).Error.ShouldBe(OAuthError.InvalidCode);
    }

    [Test, Rfc("9700-4.14.2-3")]
    public async Task A_replayed_refresh_token_ends_the_live_one_too()
    {
        var live = (await RotateAsync(token)).Value.RefreshToken!.Value;

        (await RotateAsync(token, at: 30)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
        (await RotateAsync(live, at: 30)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
        (await loop.FindAsync(row.Id, default)).Should().BeNull();
    }

    [Test]
    public async Task A_refused_request_and_a_retry_write_nothing()
    {
        await RotateAsync(token);
        var (writes, removals) = (store.Writes, store.Removals);

        (await RotateAsync(token)).Error.Should().BeNull();
        (await RotateAsync(RefreshToken.New(row.Id))).Error.ShouldBe(OAuthError.InvalidRefreshToken);

        (store.Writes, store.Removals).Should().Be((writes, removals));
    }

    [Test, Rfc("21-4.3-1")]
    public async Task A_row_that_is_gone_is_dead_for_every_token()
    {
        await loop.RemoveAsync(row.Id);

        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public async Task A_row_that_is_removed_between_the_read_and_the_swap_stays_removed()
    {
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                await inner.RemoveAsync(next.Id, default);
                return await inner.TryUpdateAsync(next, default);
            }
        );

        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
        (await loop.FindAsync(row.Id, default)).Should().BeNull();
    }

    [Test]
    public async Task A_row_that_this_version_cannot_read_counts_as_gone()
    {
        loop = Given.Loop(store);
        store.Reads.Enqueue(_ => Task.FromResult<AuthorizationRecord?>(row.ToRecord() with { Data = "{" }));
        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);

        store.Reads.Enqueue(_ => Task.FromResult<AuthorizationRecord?>(row.ToRecord() with { Data = "null" }));
        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public async Task A_store_that_never_swaps_is_named_and_not_asked_for_ever()
    {
        for (var i = 0; i < 1000; i++)
            store.Swaps.Enqueue((_, _) => Task.FromResult(false));

        var act = () => RotateAsync(token);

        await act.Should().ThrowAsync<InvalidOperationException>().WithMessage("*ScriptedStore*TryUpdateAsync*");
    }

    [Test]
    public async Task An_addition_whose_answer_was_lost_is_there()
    {
        var (fresh, code) = Given.Authorization();
        store.Adds.Enqueue(
            async (inner, record) =>
            {
                await inner.AddAsync(record, default);
                throw new IOException("broken pipe");
            }
        );

        await loop.AddAsync(fresh, default);

        (await RedeemAsync(code)).Error.Should().BeNull();
    }

    [Test]
    public async Task An_addition_that_a_driver_repeated_after_its_own_commit_is_there()
    {
        var (fresh, _) = Given.Authorization();
        store.Adds.Enqueue(
            async (inner, record) =>
            {
                await inner.AddAsync(record, default);
                throw new InvalidOperationException("duplicate key", new IOException("the answer of the first try was lost"));
            }
        );

        await loop.Awaiting(r => r.AddAsync(fresh, default).AsTask()).Should().NotThrowAsync();
    }

    [Test]
    public async Task An_addition_that_was_not_committed_fails_as_the_store_did()
    {
        var (fresh, _) = Given.Authorization();
        store.Adds.Enqueue((_, _) => throw new IOException("broken pipe"));

        await loop.Awaiting(r => r.AddAsync(fresh, default).AsTask()).Should().ThrowAsync<IOException>().WithMessage("broken pipe");
    }

    [Test]
    public async Task An_addition_whose_id_another_row_has_finds_that_row_unchanged()
    {
        var (fresh, _) = Given.Authorization();
        var other = fresh with { Subject = "bob", WriteId = OAuthAuthorization.NewWriteId() };
        await loop.AddAsync(other, default);
        store.Adds.Enqueue((_, _) => throw new IOException("duplicate key"));

        var found = await loop.AddAsync(fresh, default);

        (found.Subject, found.WriteId).Should().Be(("bob", other.WriteId));
        (await loop.FindAsync(fresh.Id, default))!.Subject.Should().Be("bob");
    }

    [Test]
    public async Task An_addition_that_nobody_waits_for_any_more_is_not_looked_up()
    {
        var (fresh, _) = Given.Authorization();
        using var gone = new CancellationTokenSource();
        store.Adds.Enqueue(
            async (_, _) =>
            {
                await gone.CancelAsync();
                throw new OperationCanceledException(gone.Token);
            }
        );
        store.Reads.Enqueue(_ => throw new AssertionException("It was read."));

        await loop.Awaiting(r => r.AddAsync(fresh, gone.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task A_store_that_never_swaps_is_asked_a_hundred_times()
    {
        for (var i = 0; i < 1000; i++)
            store.Swaps.Enqueue((_, _) => Task.FromResult(false));
        var writes = store.Writes;

        await loop.Awaiting(l => l.ChangeAsync(row.Id, Paused, default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
        store.Writes.Should().Be(writes + 100);
        loop = Given.Loop(store);
        writes = store.Writes;
        await FluentActions.Awaiting(() => RotateAsync(token)).Should().ThrowAsync<InvalidOperationException>();
        store.Writes.Should().Be(writes + 100);
    }

    [Test]
    public async Task A_change_is_written_once_and_its_lost_answer_is_recognised()
    {
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(next, default);
                return false;
            }
        );
        var writes = store.Writes;

        var changed = (await loop.ChangeAsync(row.Id, Paused, default))!.Value;

        changed.Value.PausedAt.Should().Be(TestClock.Start);
        store.Writes.Should().Be(writes + 1);
        (await loop.ChangeAsync(row.Id, r => r, default))!.Value.Value.Version.Should().Be(row.Version + 1);
        store.Writes.Should().Be(writes + 1, "a row that stays as it is is not written");
        (await loop.ChangeAsync(row.Id, _ => OAuthError.NotFound, default))!.Value.Error.Should().Be(OAuthError.NotFound);
        (await loop.ChangeAsync("none", Paused, default)).Should().BeNull();
    }

    [Test]
    public async Task A_change_that_lost_its_swap_is_made_again_on_the_stored_row()
    {
        store.Swaps.Enqueue(
            async (inner, _) =>
            {
                await inner.TryUpdateAsync((row with { Version = row.Version + 1, PolicyNote = "other" }).ToRecord(), default);
                return false;
            }
        );

        var changed = (await loop.ChangeAsync(row.Id, Paused, default))!.Value.Value;

        (changed.PolicyNote, changed.PausedAt, changed.Version).Should().Be(("other", TestClock.Start, row.Version + 2));
        store.Swaps.Enqueue(
            async (inner, _) =>
            {
                await inner.RemoveAsync(row.Id, default);
                return false;
            }
        );
        (await loop.ChangeAsync(row.Id, r => r.Change(new() { Paused = false }, TestClock.Start, Given.Resources()), default))
            .Should()
            .BeNull();
    }

    [Test]
    public async Task The_host_is_asked_once_for_a_token_that_passed_every_check()
    {
        var asked = new List<string>();
        ValueTask<OAuthError?> Permit(OAuthAuthorization seen, CancellationToken ct)
        {
            asked.Add(seen.Id);
            return new((OAuthError?)null);
        }

        store.Swaps.Enqueue((_, _) => Task.FromResult(false));
        store.Swaps.Enqueue((_, _) => Task.FromResult(false));
        (await StepAsync(r => r.Rotate(token, 0), Permit)).Error.Should().BeNull();
        asked.Should().Equal(row.Id);
        (await StepAsync(r => r.Rotate(token, 0), Permit)).Error.Should().BeNull("it is a retry");
        asked.Should().HaveCount(2);

        (await StepAsync(_ => new AuthorizationStep.Refuse(OAuthError.InvalidCode), Permit)).Error.Should().NotBeNull();
        (await StepAsync(_ => new AuthorizationStep.End(OAuthError.InvalidCode), Permit)).Error.Should().NotBeNull();
        asked.Should().HaveCount(2);
    }

    [Test]
    public async Task A_host_that_says_no_keeps_the_row_as_it_is()
    {
        static ValueTask<OAuthError?> Forbid(OAuthAuthorization _, CancellationToken ct) => new(OAuthError.NotFound);
        var writes = store.Writes;

        (await StepAsync(r => r.Rotate(token, 0), Forbid)).Error.Should().Be(OAuthError.NotFound, "the row is remembered");
        loop = Given.Loop(store);
        (await StepAsync(r => r.Rotate(token, 0), Forbid)).Error.Should().Be(OAuthError.NotFound, "the row is read");
        store.Writes.Should().Be(writes);
        await RotateAsync(token);
        (await StepAsync(r => r.Rotate(token, 0), Forbid)).Error.Should().Be(OAuthError.NotFound, "a retry is a use too");
    }

    [Test]
    public async Task A_retry_and_a_replay_are_told_to_the_host()
    {
        var events = new Listener();
        loop = Given.Loop(store, events);
        var live = (await RotateAsync(token)).Value.RefreshToken!.Value;
        events.Heard.Should().BeEmpty();

        await RotateAsync(token);
        events.Heard.Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.RefreshTokenRetried>().Which.LiveTurn.Should().Be(2);
        await RotateAsync(token, at: 60);
        events.Heard.Should().HaveCount(2);
        events.Heard[1].Should().BeOfType<OAuthEvent.TokenReplayed>().Which.Token.Should().Be("refresh token");
        (await RotateAsync(live)).Error.Should().NotBeNull();
        events.Heard.Should().HaveCount(2);
    }

    [Test]
    public async Task A_row_that_this_process_removed_is_not_remembered()
    {
        await loop.RemoveAsync(row.Id);
        var writes = store.Writes;

        (await RotateAsync(token)).Error.ShouldBe(OAuthError.InvalidRefreshToken);

        store.Writes.Should().Be(writes);
    }

    [Test]
    public async Task A_row_whose_commit_was_recognised_is_remembered()
    {
        store.Swaps.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(next, default);
                throw new IOException("broken pipe");
            }
        );
        var second = (await RotateAsync(token)).Value.RefreshToken!.Value;
        store.Reads.Enqueue(_ => throw new TimeoutException("nothing is read"));

        (await RotateAsync(second, at: 1)).Error.Should().BeNull();
        store.Reads.Should().ContainSingle();
    }

    [Test]
    public async Task A_row_of_another_id_or_user_is_left_out_and_logged()
    {
        var log = new RecordingLogger<AuthorizationLoop>();
        loop = new(store, new(TimeProvider.System), Given.Events(), log);
        store.Reads.Enqueue(_ => Task.FromResult<AuthorizationRecord?>(row.ToRecord()));

        (await loop.FindAsync(row.Id.ToUpperInvariant(), default)).Should().BeNull();
        log.Lines.Should().ContainSingle().Which.Should().Contain(row.Id);

        store.List = new([row.ToRecord()], null);
        foreach (
            var (by, found) in new (AuthorizationFilter, int)[]
            {
                (By("ALICE"), 0),
                (By(null, "APP"), 0),
                (By("alice", "APP"), 0),
                (By("alice", "app"), 1),
                (By(), 1),
            }
        )
            (await loop.StoredPageAsync(by, default)).Items.Should().HaveCount(found);
        log.Lines.Should().HaveCount(4);
    }

    [Test]
    public async Task A_row_that_cannot_be_read_is_left_out_of_a_page_and_logged()
    {
        var log = new RecordingLogger<AuthorizationLoop>();
        loop = new(store, new(TimeProvider.System), Given.Events(), log);
        var (fresh, _) = Given.Authorization();
        store.List = new([row.ToRecord(), fresh.ToRecord() with { Data = "{" }], null);

        (await loop.PageAsync(By("alice"), default)).Items.Should().ContainSingle().Which.Id.Should().Be(row.Id);

        log.Lines.Should().ContainSingle().Which.Should().Contain(fresh.Id);
    }

    [Test]
    public async Task The_use_of_a_personal_token_is_noted_once_a_day()
    {
        var log = new RecordingLogger<AuthorizationLoop>();
        loop = new(store, new(TimeProvider.System), Given.Events(), log);
        var personal = Given.Authorization().Row with { Personal = new("laptop") };
        await loop.AddAsync(personal, default);
        var writes = store.Writes;

        await loop.NoteUseInPassingAsync(row, TestClock.Start, TimeProvider.System);
        store.Writes.Should().Be(writes, "it is no personal token");
        await loop.NoteUseInPassingAsync(personal, TestClock.Start, TimeProvider.System);
        await loop.NoteUseInPassingAsync((await loop.FindAsync(personal.Id, default))!, TestClock.Start, TimeProvider.System);

        store.Writes.Should().Be(writes + 1);
        (await loop.FindAsync(personal.Id, default))!.Personal!.UsedOn.Should().Be(DateOnly.FromDateTime(TestClock.Start.UtcDateTime));
        log.Lines.Should().BeEmpty();
        store.Swaps.Enqueue((_, _) => throw new IOException("broken pipe"));
        await loop.NoteUseInPassingAsync((await loop.FindAsync(personal.Id, default))!, TestClock.Start.AddDays(1), TimeProvider.System);
        log.Lines.Should().ContainSingle().Which.Should().Contain("app");
    }

    private static Outcome<OAuthAuthorization> Paused(OAuthAuthorization current) =>
        current.Change(new() { Paused = true }, TestClock.Start, Given.Resources());

    private static AuthorizationFilter By(string? subject = null, string? clientId = null) => new(subject, clientId, 10, null);

    private Task<Outcome<TokenGrant>> StepAsync(
        Func<OAuthAuthorization, AuthorizationStep> decide,
        Func<OAuthAuthorization, CancellationToken, ValueTask<OAuthError?>> permit
    ) => loop.StepAsync(row.Id, decide, OAuthError.InvalidRefreshToken, "refresh token", default, permit).AsTask();

    private sealed class Listener : IOAuthEvents
    {
        public List<OAuthEvent> Heard { get; } = [];

        public ValueTask OnAsync(OAuthEvent happened)
        {
            Heard.Add(happened);
            return default;
        }
    }

    private Task<Outcome<TokenGrant>> RotateAsync(RefreshToken presented, double at = 0) => RotateAtAsync(loop, presented, at);

    private static Task<Outcome<TokenGrant>> RotateAtAsync(AuthorizationLoop node, RefreshToken presented, double at = 0) =>
        node.StepAsync(presented.Id, r => r.Rotate(presented, at), OAuthError.InvalidRefreshToken, "refresh token", default).AsTask();

    private Task<Outcome<TokenGrant>> RedeemAsync(AuthorizationCode code)
    {
        var first = RefreshToken.New(code.Id);
        return loop.StepAsync(code.Id, r => r.Redeem(Given.Redemption(code), first), OAuthError.InvalidCode, "code", default).AsTask();
    }

    private async Task LiveTokenShouldBe(RefreshToken? given)
    {
        var live = (await loop.FindAsync(row.Id, default))!.Refresh!;
        live.Turn.Should().Be(given!.Value.Turn);
        live.Hash.Should().Equal(IssuedText.Hash(given.Value.Secret));
    }
}
