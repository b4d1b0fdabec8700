using System.Diagnostics;

namespace HQ.OAuth2.Durability;

/// <summary>What was asked and not answered yet.</summary>
internal enum Pending
{
    Nothing,
    Redemption,
    Refresh,
    Revocation,
}

/// <summary>
/// One authorization as its client knows it: what was answered, and what was on its way when the node died. Its user's task writes it
/// while there is load, the audit afterwards; never both.
/// </summary>
internal sealed class KnownAuthorization(Approved approved, int round)
{
    public Approved Approved => approved;

    public string Id => approved.Id;

    public string ClientId => approved.ClientId;

    /// <summary>The round in which something last happened to it.</summary>
    public int Round { get; private set; } = round;

    /// <summary>Set before a request is sent and taken back when its answer is there.</summary>
    public Pending Pending { get; private set; }

    /// <summary>The redemption of its code was answered 200: no other ever may be.</summary>
    public bool IsRedeemed { get; private set; }

    /// <summary>Its end was answered: a revocation, or a replay that the audit made. It must stay dead.</summary>
    public bool IsDead { get; set; }

    /// <summary>The refresh token that was answered last.</summary>
    public string? RefreshToken { get; private set; }

    /// <summary>The one before it, spent.</summary>
    public string? SpentToken { get; private set; }

    public TimeSpan SinceSpent => Stopwatch.GetElapsedTime(spentAt);

    public string? AccessToken { get; private set; }

    private long spentAt;

    public void Sent(Pending what, int inRound) => (Pending, Round) = (what, inRound);

    public void Answered() => Pending = Pending.Nothing;

    public void Redeemed(Reply reply)
    {
        IsRedeemed = true;
        Take(reply);
    }

    public void Refreshed(Reply reply)
    {
        (SpentToken, spentAt) = (RefreshToken, Stopwatch.GetTimestamp());
        Take(reply);
    }

    private void Take(Reply reply)
    {
        Answered();
        (AccessToken, RefreshToken) = (reply.Text("access_token")!, reply.Text("refresh_token")!);
    }
}

/// <summary>Everything that was answered on one database, over all lives of its node.</summary>
internal sealed class Journal
{
    private readonly Lock gate = new();
    private readonly List<KnownAuthorization> authorizations = [];
    private readonly List<(string ClientId, int Round)> clients = [];

    /// <summary>One browser for each user; its session began once and never ends.</summary>
    public Session[] Sessions { get; } = [new("alice"), new("bob"), new("alice"), new("bob")];

    /// <summary>The keys that were published when it was looked at last.</summary>
    public HashSet<string> Keys { get; } = [];

    public void Add(KnownAuthorization authorization)
    {
        lock (gate)
            authorizations.Add(authorization);
    }

    public void AddClient(string clientId, int round)
    {
        lock (gate)
            clients.Add((clientId, round));
    }

    public IReadOnlyList<KnownAuthorization> Authorizations(Func<KnownAuthorization, bool> which)
    {
        lock (gate)
            return [.. authorizations.Where(which)];
    }

    public IReadOnlyList<string> Clients(Func<int, bool> ofRound)
    {
        lock (gate)
            return [.. clients.Where(c => ofRound(c.Round)).Select(c => c.ClientId)];
    }
}
