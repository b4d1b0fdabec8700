using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What may happen in a history.</summary>
internal sealed record HistoryKind
{
    public bool ClockGoesBack { get; init; }
    public bool LostAnswers { get; init; }
    public bool Revocations { get; init; }
    public bool CodeReplays { get; init; }

    /// <summary>Callers present one of so many tokens handed out last, as clients that share a file do.</summary>
    public int Newest { get; init; } = 3;

    /// <summary>Whether now and then a caller presents any token ever handed out.</summary>
    public bool OldTokens { get; init; }

    public int LeewaySeconds { get; init; } = 30;
}

/// <summary>
/// A random history of one authorization, and a model of what must be true of it: callers who redeem, refresh, retry, replay and revoke,
/// their reads and writes interleaved one by one. Everything follows from the seed.
/// </summary>
internal sealed class AuthorizationHistory
{
    private readonly Random random;
    private readonly HistoryKind kind;
    private readonly InterleavedStore store;
    private readonly AuthorizationLoop[] nodes;
    private readonly AuthorizationCode code;
    private readonly string id;
    private readonly TestClock clock = new();
    private readonly List<Caller> callers = [];
    private readonly List<RefreshToken> handedOut = [];
    private readonly Dictionary<int, string> wireOfTurn = [];
    private readonly Dictionary<int, DateTimeOffset> spentAt = [];
    private readonly List<string> trace = [];
    private Exception? failure;
    private long commits;
    private bool removed;

    public AuthorizationHistory(int seed, HistoryKind kind, Func<IAuthorizationStore>? newStore = null)
    {
        (random, this.kind) = (new(seed), kind);
        store = new((newStore ?? (() => new InMemoryAuthorizationStore()))())
        {
            Committed = OnCommitted,
            Removed = () => removed = true,
            NextAnswer = () => kind.LostAnswers && random.Next(4) == 0 ? (SwapAnswer)random.Next(1, 4) : SwapAnswer.Honest,
        };
        // Each node remembers what it wrote itself.
        nodes = [Given.Loop(store), Given.Loop(store), Given.Loop(store)];
        var (row, fresh) = Given.Authorization();
        (code, id) = (fresh, row.Id);
        store.AddAsync(row.ToRecord(), default).AsTask().Wait();
    }

    private AuthorizationLoop Node => nodes[random.Next(nodes.Length)];

    private TimeSpan Leeway => TimeSpan.FromSeconds(kind.LeewaySeconds);

    public int Steps { get; private set; }

    public int Refreshes => callers.Count(c => c is { Token: not null, Succeeded: true });

    public bool Ended => removed;

    public void Run(int steps)
    {
        try
        {
            Redeem();
            for (; Steps < steps; Steps++)
                Step();
            while (store.Pending > 0)
                Advance();
            callers.Should().OnlyContain(c => c.Done, "no caller waits for ever");
            if (callers.Count(c => c.Token is null) == 1 && !callers[0].Threw && !callers[0].SawRemoval)
                callers[0].Succeeded.Should().BeTrue("the only redemption of the code succeeds");
        }
        catch (Exception e)
        {
            throw new AssertionException($"{e.Message}\n{string.Join('\n', trace)}", e);
        }
    }

    private void Step()
    {
        switch (random.Next(1000))
        {
            case < 620 when store.Pending > 0:
                Advance();
                break;
            case < 890 when handedOut.Count > 0:
                Refresh();
                break;
            case < 893 when kind.CodeReplays:
                Redeem();
                break;
            case < 896 when kind.Revocations:
                Trace("revocation begins");
                _ = Node.RemoveAsync(id).AsTask();
                break;
            case < 990:
                Tick(random.Next(4000));
                break;
            default:
                Tick(random.Next(45_000));
                break;
        }
    }

    private void Tick(int milliseconds)
    {
        clock.Advance(TimeSpan.FromMilliseconds(kind.ClockGoesBack && random.Next(3) == 0 ? -milliseconds : milliseconds));
        Trace($"the clock shows {(clock.Now - TestClock.Start).TotalSeconds:0.000}");
        Look();
    }

    private void Advance()
    {
        store.Advance(random.Next(store.Pending));
        Look();
    }

    private void Redeem()
    {
        var caller = Begin(null);
        var request = Given.Redemption(code) with { Now = clock.Now };
        var first = RefreshToken.New(id);
        Watch(caller, Node.StepAsync(id, r => Acting(caller, r, r.Redeem(request, first)), OAuthError.InvalidCode, "code", default));
    }

    private void Refresh()
    {
        var known = kind.OldTokens && random.Next(30) == 0 ? handedOut.Count : Math.Min(handedOut.Count, kind.Newest);
        var token = handedOut[^(1 + random.Next(known))];
        var caller = Begin(token);
        var request = Given.Refresh(token, clock.Now);
        var (salt, resources) = (IssuedText.NewSecret(), Given.Resources());
        var lifetimes = Given.Lifetimes(Leeway);
        Watch(
            caller,
            Node.StepAsync(
                id,
                r => Acting(caller, r, r.Rotate(request, salt, resources, lifetimes)),
                OAuthError.InvalidRefreshToken,
                "refresh token",
                default
            )
        );
    }

    private Caller Begin(RefreshToken? token)
    {
        var caller = new Caller(callers.Count, token) { BeganRemoved = removed, BeganAt = clock.Now };
        callers.Add(caller);
        Trace($"caller {caller.Number} begins with {token?.ToString() ?? "the code"}");
        Look();
        return caller;
    }

    private AuthorizationStep Acting(Caller caller, OAuthAuthorization row, AuthorizationStep step)
    {
        Trace($"caller {caller.Number} decides {step.GetType().Name}");
        if (caller.Token?.Turn is { } turn && turn < row.Refresh!.Turn && caller.BeganAt >= spentAt[turn] + Leeway)
            (step is AuthorizationStep.End)
                .Should()
                .BeTrue($"caller {caller.Number} presents turn {turn} after its leeway: reuse is always noticed");
        if (step is AuthorizationStep.End)
        {
            caller.Ended = true;
            // An innocent racer is nobody's replay, and the only one with the code is not his own.
            (caller is { Innocent: true, Token: not null })
                .Should()
                .BeFalse($"caller {caller.Number} is innocent");
            if (caller.Token is null)
                callers.Count(c => c.Token is null).Should().BeGreaterThan(1, "nobody else had the code");
        }

        return step;
    }

    private async void Watch(Caller caller, ValueTask<Outcome<TokenGrant>> step)
    {
        try
        {
            var outcome = await step;
            caller.Done = true;
            if (outcome.Failed(out var error, out var grant))
                OnRefused(caller, error);
            else
                OnSucceeded(caller, grant);
        }
        catch (IOException)
        {
            Trace($"caller {caller.Number} was thrown at");
            (caller.Done, caller.Threw) = (true, true);
        }
        catch (Exception e)
        {
            // async void: report every exception to the run.
            caller.Done = true;
            failure ??= e;
        }
    }

    private void OnSucceeded(Caller caller, TokenGrant grant)
    {
        var token = grant.RefreshToken!.Value;
        Trace($"caller {caller.Number} got {token}");
        caller.Succeeded = true;
        caller.BeganRemoved.Should().BeFalse("nothing comes of a row that was removed before the caller began");
        token.Turn.Should().BeLessThanOrEqualTo((int)commits, "nothing is given before its swap is committed");
        if (caller.Token is { } presented)
            token.Turn.Should().BeGreaterThanOrEqualTo(presented.Turn);
        else
            callers.Count(c => c is { Token: null, Succeeded: true }).Should().Be(1, "a code is redeemed once");

        // A turn has one successor, the same for every caller; so at most one token of the chain is live at any time.
        wireOfTurn.TryAdd(token.Turn, token.ToWire());
        token.ToWire().Should().Be(wireOfTurn[token.Turn], $"turn {token.Turn} is one token");
        handedOut.Add(token);
    }

    private void OnRefused(Caller caller, OAuthError error)
    {
        Trace($"caller {caller.Number} was refused: {error.Reason}");
        if (caller.Ended)
            removed.Should().BeTrue("a replay ends the row before it is answered");
        if (caller is { Innocent: true, Token: not null })
            throw new AssertionException($"caller {caller.Number} is innocent and was refused: {error.Reason}");
    }

    private void OnCommitted(AuthorizationRecord? before, AuthorizationRecord after)
    {
        commits++;
        var next = OAuthAuthorization.FromRecord(after);
        Trace($"version {after.Version} is committed, turn {next.Refresh?.Turn}");
        removed.Should().BeFalse("a removed row stays removed");
        after.Version.Should().Be(before!.Version + 1, "no update is lost");
        after.Version.Should().Be(commits + 1);
        next.Refresh!.Turn.Should().Be((int)commits, "every committed rotation is in the row");
        next.Code.RedeemedAt.Should().NotBeNull();
        if (next.Refresh.Spent is [.., var last])
            spentAt.TryAdd(last.Turn, last.SpentAt).Should().BeTrue($"turn {last.Turn} is spent once");
    }

    // After each event: is the row what the model says, and who may still count on an answer?
    private void Look()
    {
        if (failure is not null)
            throw failure;
        var record = store.Now(id);
        (record is null).Should().Be(removed);
        if (record is not null)
            record.Version.Should().Be(commits + 1);
        foreach (var caller in callers.Where(c => !c.Done))
        {
            caller.SawRemoval |= removed;
            caller.Innocent &= !removed && !kind.ClockGoesBack && (caller.Token is null || IsLiveOrPolite(caller.Token.Value.Turn));
        }
    }

    private bool IsLiveOrPolite(int turn) => turn == commits || (spentAt.TryGetValue(turn, out var at) && clock.Now < at + Leeway);

    private void Trace(string what) => trace.Add(what);

    private sealed class Caller(int number, RefreshToken? token)
    {
        public int Number { get; } = number;
        public RefreshToken? Token { get; } = token;
        public bool Done { get; set; }
        public bool Succeeded { get; set; }
        public bool Threw { get; set; }
        public bool Ended { get; set; }
        public bool BeganRemoved { get; init; }
        public DateTimeOffset BeganAt { get; init; }
        public bool SawRemoval { get; set; }

        /// <summary>From its first moment on its turn was live or politely spent, in a row that was there.</summary>
        public bool Innocent { get; set; } = true;
    }
}
