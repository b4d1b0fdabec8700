namespace HQ.OAuth2.Durability;

/// <summary>After a restart: what the journal says was answered is true, and what was not answered is so or not so, once.</summary>
internal sealed class CrashAudit(UserFlow flow, Journal journal, Tally tally, Random random, int round)
{
    /// <summary>How long a spent refresh token is still taken for its successor: longer than a round, and the audit stays well inside.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    private const int OldOnesEachRound = 5;

    /// <summary>What the last round touched, and a few older things; or, at the end, everything.</summary>
    public async Task RunAsync(bool everything)
    {
        await GuardAsync(CheckKeysAsync);
        await GuardAsync(() => CheckSessionsAndClientsAsync(everything));
        foreach (var a in Chosen(a => !a.IsDead, everything))
            await GuardAsync(() => CheckAsync(a, endIt: everything || random.Next(2) == 0));
        foreach (var a in Chosen(a => a.IsDead, everything))
            await GuardAsync(() => CheckDeadAsync(a, "was ended"));
    }

    private async Task GuardAsync(Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception e) when (e is UnexpectedReplyException or HttpRequestException or TaskCanceledException)
        {
            tally.Violation("every step works after a restart", $"{Where}: {e.Message}");
        }
    }

    private IEnumerable<KnownAuthorization> Chosen(Func<KnownAuthorization, bool> which, bool everything)
    {
        var all = journal.Authorizations(which);
        if (everything)
            return all;
        var old = all.Where(a => a.Round < round - 1).ToArray();
        return all.Where(a => a.Round >= round - 1).Concat(old.Length == 0 ? [] : random.GetItems(old, OldOnesEachRound).Distinct());
    }

    private async Task CheckKeysAsync()
    {
        var published = await flow.PublishedKeysAsync();
        var lost = journal.Keys.Except(published).ToList();
        tally.Expect(lost.Count == 0, "published keys survive", $"{Where}: {string.Join(", ", lost)} are gone");
        journal.Keys.Clear();
        journal.Keys.UnionWith(published);
    }

    private async Task CheckSessionsAndClientsAsync(bool everything)
    {
        var sessions = journal.Sessions.Where(s => s.IsSignedIn).ToList();
        if (sessions.Count == 0)
            return;
        var old = journal.Clients(r => r < round - 1).ToArray();
        var clients = journal
            .Clients(r => everything || r >= round - 1)
            .Concat(old.Length == 0 ? [] : random.GetItems(old, 2))
            .Distinct()
            .ToList();
        for (var i = 0; i < clients.Count; i++)
        {
            var session = sessions[i % sessions.Count];
            var page = await flow.OpenConsentAsync(session, clients[i], UserFlow.NewVerifier());
            tally.Count("clients looked up again");
            if (UserFlow.IsLogin(page))
            {
                tally.Violation("a session survives", $"{Where}: {session.User} is sent to login");
                session.Forget();
                sessions = [.. sessions.Where(s => s.IsSignedIn)];
                if (sessions.Count == 0)
                    return;
            }
            else
                tally.Expect(UserFlow.IsConsentPage(page), "a registered client survives", $"{Where}: client {clients[i]}: {page}");
        }
    }

    /// <summary>One authorization that nobody was told the end of. Ending it comes last: a replay of its code.</summary>
    private async Task CheckAsync(KnownAuthorization a, bool endIt)
    {
        switch (a.Pending)
        {
            case Pending.Redemption:
                tally.Count("redemptions in flight at a kill");
                await CheckUnansweredRedemptionAsync(a);
                return;
            case Pending.Revocation:
                // It happened or it did not; either way nobody was told.
                tally.Count("revocations in flight at a kill");
                if (!await RefreshOrDieAsync(a))
                    return;
                break;
            case Pending.Refresh:
                tally.Count("refreshes in flight at a kill");
                await MustRefreshAsync(a, "a chain survives a refresh that was in flight");
                break;
            default:
                if (!a.IsRedeemed)
                    await MustRedeemAsync(a);
                else
                    await CheckChainAsync(a);
                break;
        }

        if (a.IsDead || !endIt)
            return;
        var replay = await flow.RedeemAsync(a.Approved);
        tally.Count("codes replayed");
        tally.Expect(replay.IsInvalidGrant, "a redeemed code stays redeemed", $"{Where}: authorization {a.Id}: {replay}");
        await CheckDeadAsync(a, "had its code replayed");
        a.IsDead = true;
    }

    // Zero or one of the two redemptions may succeed, and never a third.
    private async Task CheckUnansweredRedemptionAsync(KnownAuthorization a)
    {
        var again = await flow.RedeemAsync(a.Approved);
        tally.Count(again.IsOk ? "  these had not happened" : "  these had happened");
        tally.Expect(
            again.IsOk || again.IsInvalidGrant,
            "an unanswered redemption happened or did not",
            $"{Where}: authorization {a.Id}: {again}"
        );
        var third = await flow.RedeemAsync(a.Approved);
        tally.Expect(third.IsInvalidGrant, "a code is redeemed once", $"{Where}: authorization {a.Id}, tried again: {third}");
        if (again.IsOk)
            a.Redeemed(again);
        a.Answered();
        await CheckDeadAsync(a, "had its code replayed");
        a.IsDead = true;
    }

    private async Task MustRedeemAsync(KnownAuthorization a)
    {
        var reply = await flow.RedeemAsync(a.Approved);
        tally.Count("codes redeemed after a restart");
        if (reply.IsOk)
            a.Redeemed(reply);
        else
            Lost(a, "an answered code survives", reply);
    }

    private async Task CheckChainAsync(KnownAuthorization a)
    {
        // The access token was signed before the kill.
        if (a.Round >= round - 1)
        {
            tally.Count("access tokens used after a restart");
            var called = await flow.CallApiAsync(a.AccessToken!);
            tally.Expect(called.IsOk, "an access token survives", $"{Where}: authorization {a.Id}, API: {called}");
            tally.Expect(
                await flow.IsActiveAsync(a.AccessToken!),
                "an access token survives",
                $"{Where}: authorization {a.Id}, introspection: inactive"
            );
        }

        // The token before the live one gets the live one, and no other.
        if (a.SpentToken is { } spent && a.SinceSpent < Leeway - TimeSpan.FromMinutes(1))
        {
            var retried = await flow.RefreshAsync(a.ClientId, spent);
            tally.Count("spent tokens retried");
            tally.Expect(
                retried.IsOk && retried.Text("refresh_token") == a.RefreshToken,
                "a spent token leads to the live one",
                $"{Where}: authorization {a.Id}: {(retried.IsOk ? "another token" : retried)}"
            );
        }

        await MustRefreshAsync(a, "an answered refresh token survives");
    }

    private async Task MustRefreshAsync(KnownAuthorization a, string property)
    {
        var reply = await flow.RefreshAsync(a.ClientId, a.RefreshToken!);
        tally.Count("chains refreshed after a restart");
        if (reply.IsOk)
            a.Refreshed(reply);
        else
            Lost(a, property, reply);
    }

    private async Task<bool> RefreshOrDieAsync(KnownAuthorization a)
    {
        var reply = await flow.RefreshAsync(a.ClientId, a.RefreshToken!);
        a.Answered();
        if (reply.IsOk)
        {
            a.Refreshed(reply);
            return true;
        }

        tally.Expect(reply.IsInvalidGrant, "an unanswered revocation happened or did not", $"{Where}: authorization {a.Id}: {reply}");
        await CheckDeadAsync(a, "was half revoked");
        a.IsDead = true;
        return false;
    }

    private async Task CheckDeadAsync(KnownAuthorization a, string why)
    {
        if (a.RefreshToken is null)
            return;
        tally.Count("dead authorizations looked at");
        var reply = await flow.RefreshAsync(a.ClientId, a.RefreshToken);
        tally.Expect(reply.IsInvalidGrant, "what was ended stays dead", $"{Where}: authorization {a.Id} {why}, refresh: {reply}");
        tally.Expect(
            !await flow.IsActiveAsync(a.AccessToken!),
            "what was ended stays dead",
            $"{Where}: authorization {a.Id} {why}, its access token is active"
        );
    }

    private void Lost(KnownAuthorization a, string property, Reply reply)
    {
        tally.Violation(property, $"{Where}: authorization {a.Id} of round {a.Round}: {reply}");
        a.Answered();
        a.IsDead = true;
    }

    private string Where => $"after round {round - 1}";
}
