namespace HQ.OAuth2.Durability;

/// <summary>A user and the clients he uses, busy until the node dies. The journal hears of a request before it is sent.</summary>
internal sealed class CrashLoad(UserFlow flow, Journal journal, Tally tally, int user, int round, Random random, Action sending)
{
    private readonly List<string> clients = [.. journal.Clients(r => r < round).TakeLast(4)];
    private readonly List<KnownAuthorization> mine = [];

    /// <param name="wasKilled">Whether a lost connection is what was meant to happen.</param>
    public async Task RunAsync(Func<bool> wasKilled)
    {
        try
        {
            while (true)
                await StepAsync();
        }
        catch (UnexpectedReplyException e)
        {
            tally.Violation("every step works between the crashes", $"round {round}: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            tally.Expect(wasKilled(), "the node answers until it is killed", $"round {round}: {e.Message}");
        }
    }

    private async Task StepAsync()
    {
        var session = journal.Sessions[user];
        if (!session.IsSignedIn)
        {
            await flow.SignInAsync(session);
            tally.Count("sign-ins answered");
            return;
        }

        var open = mine.Where(a => a.Pending == Pending.Nothing && !a.IsDead).ToList();
        var choice = random.Next(100);
        if (clients.Count == 0 || choice < 8)
            await RegisterAsync();
        else if (open.Count == 0 || choice < 30)
            await ApproveAsync(session);
        else if (open.FirstOrDefault(a => !a.IsRedeemed) is { } code && choice < 70)
            await RedeemAsync(code);
        else if (open[random.Next(open.Count)] is { IsRedeemed: true } chosen)
            await (choice < 95 ? RefreshAsync(chosen) : RevokeAsync(chosen));
    }

    private void Send(KnownAuthorization a, Pending what)
    {
        a.Sent(what, round);
        sending();
    }

    private async Task RegisterAsync()
    {
        var clientId = await flow.RegisterAsync();
        clients.Add(clientId);
        journal.AddClient(clientId, round);
        tally.Count("registrations answered");
    }

    private async Task ApproveAsync(Session session)
    {
        var approved = await flow.ApproveAsync(session, clients[random.Next(clients.Count)]);
        var authorization = new KnownAuthorization(approved, round);
        mine.Add(authorization);
        journal.Add(authorization);
        tally.Count("codes answered");
    }

    private async Task RedeemAsync(KnownAuthorization a)
    {
        Send(a, Pending.Redemption);
        var reply = await flow.RedeemAsync(a.Approved);
        if (!reply.IsOk)
            throw new UnexpectedReplyException($"redemption of {a.Id}", reply);
        a.Redeemed(reply);
        tally.Count("redemptions answered");
    }

    private async Task RefreshAsync(KnownAuthorization a)
    {
        Send(a, Pending.Refresh);
        var reply = await flow.RefreshAsync(a.ClientId, a.RefreshToken!);
        if (!reply.IsOk)
            throw new UnexpectedReplyException($"refresh of {a.Id}", reply);
        a.Refreshed(reply);
        tally.Count("refreshes answered");
    }

    private async Task RevokeAsync(KnownAuthorization a)
    {
        Send(a, Pending.Revocation);
        var reply = await flow.RevokeAsync(a.ClientId, random.Next(2) == 0 ? a.RefreshToken! : a.AccessToken!);
        if (!reply.IsOk)
            throw new UnexpectedReplyException($"revocation of {a.Id}", reply);
        a.Answered();
        a.IsDead = true;
        tally.Count("revocations answered");
    }
}
