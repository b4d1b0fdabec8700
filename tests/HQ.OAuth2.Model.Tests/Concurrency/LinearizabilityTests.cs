namespace HQ.OAuth2.Model.Tests;

/// <summary>Tests of the checker: histories written by hand, of which some cannot be put in an order.</summary>
internal sealed class LinearizabilityTests
{
    private const int Client = 1;
    private const int Code = 2;
    private const int Tokens = 3;

    private static readonly Seen ok = Issued(10, "new");
    private static readonly Seen refused = new(400) { Error = "invalid_grant" };

    [Test]
    public void Of_two_redemptions_at_once_one_succeeds()
    {
        Holds(At(1, 4, Redeem(10), ok), At(2, 3, Redeem(11), refused)).Should().BeTrue();
        Holds(At(1, 4, Redeem(10), refused), At(2, 3, Redeem(11), Issued(11, "new"))).Should().BeTrue();
    }

    [Test]
    public void Two_redemptions_that_both_succeed_are_noticed() =>
        Holds(At(1, 4, Redeem(10), ok), At(2, 3, Redeem(11), Issued(11, "other"))).Should().BeFalse();

    [Test]
    public void Two_redemptions_that_both_fail_are_noticed() =>
        Holds(At(1, 4, Redeem(10), refused), At(2, 3, Redeem(11), refused)).Should().BeFalse();

    [Test]
    public void A_refresh_may_come_before_a_revocation_that_is_not_answered_yet()
    {
        Holds(At(1, 4, Refresh(10), ok), At(2, 5, Revoke(11), new(200))).Should().BeTrue();
        Holds(At(1, 4, Refresh(10), refused), At(2, 5, Revoke(11), new(200))).Should().BeTrue();
    }

    [Test]
    public void A_refresh_that_succeeds_after_a_revocation_was_answered_is_noticed() =>
        Holds(At(3, 4, Refresh(10), ok), At(1, 2, Revoke(11), new(200))).Should().BeFalse();

    [Test]
    public void Two_refreshes_at_once_that_get_different_tokens_are_noticed()
    {
        Holds(At(1, 4, Refresh(10), ok), At(2, 3, Refresh(11), Issued(11, "new"))).Should().BeTrue();
        Holds(At(1, 4, Refresh(10), ok), At(2, 3, Refresh(11), Issued(11, "other"))).Should().BeFalse();
    }

    [Test]
    public void A_refresh_with_the_old_scope_after_a_narrowing_was_answered_is_noticed()
    {
        var narrow = new Command.Narrow(11, 0, Tokens, 0, Scopes.Read);
        Holds(At(1, 2, narrow, new(200)), At(3, 4, Refresh(10), ok)).Should().BeFalse();
        Holds(At(1, 2, narrow, new(200)), At(3, 4, Refresh(10), ok with { Scope = Scopes.Read })).Should().BeTrue();
        Holds(At(1, 3, narrow, new(200)), At(2, 4, Refresh(10), ok)).Should().BeTrue();
    }

    [Test]
    public void A_token_that_a_disabled_client_gets_is_noticed() =>
        Holds(At(1, 2, new Command.Disable(11, 0, Client, true), new(200)), At(3, 4, Redeem(10), ok)).Should().BeFalse();

    [Test]
    public void A_client_that_is_being_removed_is_gone_before_what_users_allowed_it()
    {
        var removal = new Command.DeleteClient(11, 0, Client);
        var pause = new Command.Pause(12, 0, Code, 0, true);
        var (notFound, denied) = (Expected.Problem(404), new Seen(400) { Error = "access_denied" });
        var missing = new Seen(notFound.Status) { Error = notFound.Error };

        Holds(At(1, 9, removal, new(204)), At(2, 6, pause, missing), At(3, 5, Redeem(10), denied)).Should().BeTrue();
        Holds(At(1, 9, removal, new(204)), At(2, 6, pause, missing), At(7, 8, Redeem(10), denied)).Should().BeFalse();
        Holds(At(1, 2, removal, new(204)), At(3, 6, pause, missing), At(4, 5, Redeem(10), denied)).Should().BeFalse();
        Holds(At(1, 2, removal, new(204)), At(3, 4, Redeem(10), ok)).Should().BeFalse();
    }

    [Test]
    public void A_change_whose_client_is_disabled_before_the_look_at_it_holds_and_is_not_found()
    {
        var narrow = new Command.Narrow(13, 0, Code, 0, Scopes.Read);
        var notFound = Expected.Problem(404);
        var missing = new Seen(notFound.Status) { Error = notFound.Error };
        var disabled = At(4, 7, new Command.Disable(11, 0, Client, true), new(200));
        var narrowed = ok with { Scope = Scopes.Read };

        Holds(At(1, 9, narrow, missing), disabled, At(2, 3, Redeem(10), narrowed)).Should().BeTrue();
        Holds(At(1, 9, narrow, missing), At(2, 3, Redeem(10), narrowed)).Should().BeFalse();
    }

    [Test]
    public void What_two_others_saw_in_different_orders_is_noticed()
    {
        var token = new Token(false, 10);
        var look = new Command.Introspect(20, 0, token, null, Proof.Right);
        // The revocation is seen by one, and not by another who asks later, though it is still under way.
        Event[] events =
        [
            At(1, 2, Refresh(10), ok),
            At(3, 9, Revoke(11), new(200)),
            At(4, 5, look, new(200) { Active = false }),
            At(6, 7, look with { Id = 21 }, Active()),
        ];

        Holds(events).Should().BeFalse();
        Holds([events[0], events[1], At(4, 5, look, Active()), At(6, 7, look with { Id = 21 }, new(200) { Active = false })])
            .Should()
            .BeTrue();
    }

    private static Seen Active() =>
        new(200)
        {
            Active = true,
            Scope = Scopes.All,
            Audience = Resources.Server,
            Subject = "user0",
        };

    private static Seen Issued(int id, string refresh) =>
        new(200)
        {
            Scope = Scopes.All,
            Audience = Resources.Server,
            ExpiresIn = ServerModel.AccessLife,
            Refresh = refresh,
            Values = new Dictionary<string, string> { ["ACCESS" + id] = "access" + id, ["REFRESH" + id] = refresh },
        };

    private static Event At(long begun, long answered, Command command, Seen seen) => new(command, begun, answered, seen);

    private static Command.Redeem Redeem(int id) => new(id, 0, Code, Client, Proof.Right, Verifier.Right, true);

    private static Command.Refresh Refresh(int id) => new(id, 0, Tokens, Client, Proof.Right, Scopes.None);

    private static Command.Revoke Revoke(int id) => new(id, 0, new(true, Tokens), Client, Proof.Right);

    // A client with a fresh code, 2, and with the tokens of another login, 3.
    private static bool Holds(params Event[] events)
    {
        var model = new ServerModel(0, Rules.Right);
        model.Step(new Command.NewClient(Client, 0, ClientKind.Public));
        model.Step(new Command.Login(Code, 0, Client, 0, Scopes.All, Scopes.All));
        model.Step(new Command.Login(Tokens, 0, Client, 0, Scopes.All, Scopes.All));
        model.Step(new Command.Redeem(Tokens, 0, Tokens, Client, Proof.Right, Verifier.Right, true));
        return Linearizability.Holds(events, model, new Dictionary<string, string> { ["REFRESH" + Tokens] = "first" });
    }
}
