using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What becomes of a turn that is presented after it was spent: a retry, a replay, or neither.</summary>
internal sealed class RespendTests
{
    [Test, Rfc("9700-4.14.2-4")]
    public void A_retry_inside_the_leeway_gets_the_same_successor_and_writes_nothing()
    {
        var turns = Chain(spentAt: [0]);

        foreach (var at in new[] { 0, 0.001, 15, 29.999 })
            turns.Row.Rotate(turns.Tokens[0], at).ShouldKeep(turns.Row).RefreshToken!.Value.ToWire().Should().Be(turns.Live.ToWire());
    }

    [Test, Rfc("9700-4.14.2-4")]
    public void A_retry_is_walked_over_every_turn_that_was_spent_in_the_meantime()
    {
        var turns = Chain(spentAt: [0, 1, 2, 3, 4, 5, 6, 7]);

        foreach (var token in turns.Tokens)
            turns.Row.Rotate(token, at: 8).ShouldKeep(turns.Row).RefreshToken!.Value.ToWire().Should().Be(turns.Live.ToWire());
        turns.Row.Rotate(turns.Live, at: 30).ShouldSwap(turns.Row);
    }

    [Test]
    public void A_retry_may_narrow_the_scope_as_a_refresh_may()
    {
        var turns = Chain(spentAt: [0]);

        turns.Row.Rotate(turns.Tokens[0], at: 1, scope: "read").ShouldKeep(turns.Row).Scope.Should().Equal("read");
        turns.Row.Rotate(turns.Tokens[0], at: 1).ShouldKeep(turns.Row).Scope.Should().Equal("read", "write");
        turns.Row.Rotate(turns.Tokens[0], at: 1, scope: "delete").ShouldRefuse(OAuthError.ScopeNotAllowed);
    }

    [TestCase(30)]
    [TestCase(31)]
    [TestCase(86_400)]
    [Rfc("9700-4.14.2-3"), Rfc("21-4.3.1-1")]
    public void A_spent_turn_presented_when_the_leeway_is_over_ends_the_row(double at)
    {
        var turns = Chain(spentAt: [0]);

        turns.Row.Rotate(turns.Tokens[0], at).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test, Rfc("9700-4.14.2-4")]
    public void Without_a_leeway_every_second_use_is_a_replay()
    {
        var turns = Chain(spentAt: [5], leeway: 0);

        turns.Row.Rotate(turns.Tokens[0], at: 5, leeway: 0).ShouldEnd(OAuthError.InvalidRefreshToken);
        // Nor is a racer polite whose time was read before the winner's.
        turns.Row.Rotate(turns.Tokens[0], at: 4.999, leeway: 0).ShouldEnd(OAuthError.InvalidRefreshToken);
        turns.Row.Rotate(turns.Live, at: 5, leeway: 0).ShouldSwap(turns.Row);
    }

    [Test]
    public void A_retry_does_not_extend_the_leeway()
    {
        var turns = Chain(spentAt: [0]);

        turns.Row.Rotate(turns.Tokens[0], at: 29).ShouldKeep(turns.Row);
        turns.Row.Rotate(turns.Tokens[0], at: 30).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void A_later_rotation_does_not_extend_the_leeway_of_an_earlier_turn()
    {
        var turns = Chain(spentAt: [0, 20]);

        turns.Row.Rotate(turns.Tokens[0], at: 29).ShouldKeep(turns.Row);
        turns.Row.Rotate(turns.Tokens[0], at: 30).ShouldEnd(OAuthError.InvalidRefreshToken);
        turns.Row.Rotate(turns.Tokens[1], at: 49).ShouldKeep(turns.Row);
        turns.Row.Rotate(turns.Tokens[1], at: 50).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void Where_the_clock_went_back_a_spent_turn_stays_spent()
    {
        var turns = Chain(spentAt: [3600]);

        turns.Row.Rotate(turns.Tokens[0], at: 0).ShouldKeep(turns.Row).RefreshToken!.Value.ToWire().Should().Be(turns.Live.ToWire());
    }

    [Test, Rfc("9700-4.14.2-3"), Rfc("9700-4.14.2-4")]
    public void While_eight_turns_are_inside_the_leeway_the_live_token_is_given_again_without_a_rotation()
    {
        var turns = Chain(spentAt: [0, 1, 2, 3, 4, 5, 6, 7]);

        foreach (var at in new[] { 7, 8, 29.999 })
        {
            var grant = turns.Row.Rotate(turns.Live, at, scope: "read").ShouldKeep(turns.Row);
            grant.RefreshToken!.Value.ToWire().Should().Be(turns.Live.ToWire());
            grant.Scope.Should().Equal("read");
        }

        // At 30 the leeway of the first turn is over: there is room for one more.
        var rotated = turns.Row.Rotate(turns.Live, at: 30).ShouldSwap(turns.Row).Authorization;
        rotated.Refresh!.Spent.Select(s => s.Turn).Should().Equal(2, 3, 4, 5, 6, 7, 8, 9);
    }

    [Test, Rfc("9700-4.14.2-3")]
    public void A_thief_who_refreshes_fast_pushes_no_turn_off_the_list()
    {
        var turns = Chain(spentAt: [0]);
        var victim = turns.Tokens[0];
        var (row, thief) = (turns.Row, turns.Live);
        for (var at = 0.1; at < 30; at += 0.1)
        {
            (row, thief) = Presented(row, thief, at);
            row.Refresh!.Spent.Should().HaveCountLessThanOrEqualTo(8);
        }

        // Inside the leeway the victim is served, afterwards its turn ends everything.
        row.Rotate(victim, at: 29.99).ShouldKeep(row).RefreshToken!.Value.ToWire().Should().Be(thief.ToWire());
        row.Rotate(victim, at: 30).ShouldEnd(OAuthError.InvalidRefreshToken);
        (row, _) = Presented(row, thief, at: 31);
        row.Refresh!.Spent.Should().NotContain(s => s.Turn == victim.Turn);
        row.Rotate(victim, at: 31).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test, Rfc("9700-4.14.2-3"), Rfc("9700-4.14.2-4")]
    public void Of_two_holders_of_one_token_the_one_who_comes_late_ends_it_and_the_other_is_served()
    {
        var (served, ended) = (0, 0);
        for (var seed = 1; seed <= 2000; seed++)
        {
            var random = new Random(seed);
            var (row, first) = Given.Active();
            // Each holder knows a token, and since when that token is no longer live; the thief comes five times as often.
            var holders = new[] { first, first };
            var spentAt = new Dictionary<int, double>();
            var now = 0.0;
            for (var step = 0; step < 200; step++)
            {
                now += random.NextDouble() * random.Next(1, 20);
                var who = random.Next(6) == 0 ? 0 : 1;
                var token = holders[who];
                var isLate = spentAt.TryGetValue(token.Turn, out var at) && now >= at + 30;
                var outcome = row.Rotate(token, now);
                if (isLate)
                {
                    outcome.ShouldEnd(OAuthError.InvalidRefreshToken);
                    ended++;
                    break;
                }

                served++;
                var before = row;
                (row, holders[who]) = Presented(row, token, now);
                if (row != before)
                    spentAt[token.Turn] = now;
                holders[who]
                    .Turn.Should()
                    .Be(row.Refresh!.Turn, $"seed {seed}, step {step}: a holder inside the leeway has the live token");
            }
        }

        (served > 20_000, ended > 1000).Should().Be((true, true), $"{served} were served, {ended} rows ended");
    }

    [Test]
    public void Turns_whose_leeway_is_over_are_dropped_at_the_next_rotation_and_are_replays()
    {
        var turns = Chain(spentAt: [0, 10, 40]);

        // At 40 the turns spent at 0 and at 10 were past their leeway.
        turns.Row.Refresh!.Spent.Select(s => s.Turn).Should().Equal(3);
        turns.Row.Rotate(turns.Tokens[0], at: 40).ShouldEnd(OAuthError.InvalidRefreshToken);
        turns.Row.Rotate(turns.Tokens[1], at: 40).ShouldEnd(OAuthError.InvalidRefreshToken);
        turns.Row.Rotate(turns.Tokens[2], at: 40).ShouldKeep(turns.Row);
    }

    [Test]
    public void The_kept_turns_have_no_gap_even_if_the_clocks_of_two_nodes_differ()
    {
        // The second rotation was written by a node whose clock is behind.
        var turns = Chain(spentAt: [20, 0, 35]);

        turns.Row.Refresh!.Spent.Select(s => s.Turn).Should().Equal(1, 2, 3);
        turns.Row.Rotate(turns.Tokens[0], at: 40).ShouldKeep(turns.Row).RefreshToken!.Value.ToWire().Should().Be(turns.Live.ToWire());
    }

    [TestCase(1)]
    [TestCase(90)]
    public void The_right_family_with_the_wrong_secret_of_a_kept_turn_gets_and_ends_nothing(double at)
    {
        var turns = Chain(spentAt: [0]);

        turns.Row.Rotate(turns.Tokens[0] with { Secret = IssuedText.NewSecret() }, at).ShouldRefuse(OAuthError.InvalidRefreshToken);
        turns.Row.Rotate(turns.Tokens[0] with { Secret = turns.Live.Secret }, at).ShouldRefuse(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void A_retry_when_the_chain_has_expired_is_refused_and_ends_nothing()
    {
        var turns = Chain(spentAt: [TimeSpan.FromDays(29).TotalSeconds]);
        var row = turns.Row with { Refresh = turns.Row.Refresh! with { ExpiresAt = TestClock.Start.AddDays(29).AddSeconds(10) } };

        row.Rotate(turns.Tokens[0], TimeSpan.FromDays(29).TotalSeconds + 9).ShouldKeep(row);
        row.Rotate(turns.Tokens[0], TimeSpan.FromDays(29).TotalSeconds + 10).ShouldRefuse(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void The_row_holds_nothing_that_gives_a_token()
    {
        var turns = Chain(spentAt: [0, 1, 2]);
        var data = turns.Row.ToRecord().Data;

        foreach (var secret in turns.Tokens.Append(turns.Live).SelectMany(t => new[] { t.Secret, t.Family }))
            data.Should().NotContain(Convert.ToBase64String(secret));
    }

    // The state after a holder was served: the row, rotated or not, and the token of the holder.
    private static (OAuthAuthorization Row, RefreshToken Token) Presented(OAuthAuthorization row, RefreshToken token, double at)
    {
        var grant = row.Rotate(token, at) switch
        {
            AuthorizationStep.Swap(_, var swapped) => swapped,
            AuthorizationStep.Keep(var kept, _) => kept,
            var other => throw new AssertionException($"Turn {token.Turn} at {at}: {other}"),
        };
        return (grant.Authorization, grant.RefreshToken!.Value);
    }

    private static (OAuthAuthorization Row, RefreshToken[] Tokens, RefreshToken Live) Chain(double[] spentAt, double leeway = 30)
    {
        var (row, live) = Given.Active();
        var tokens = new List<RefreshToken>();
        foreach (var at in spentAt)
        {
            tokens.Add(live);
            var grant = row.Rotate(live, at, leeway).ShouldSwap(row);
            (row, live) = (grant.Authorization, grant.RefreshToken!.Value);
        }

        return (row, [.. tokens], live);
    }
}
