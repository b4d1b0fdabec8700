using System.Collections.Immutable;

namespace HQ.OAuth2.Model.Tests;

/// <summary>
/// The whole server as a person would explain it: who may do what, and what is left of it. It knows the documents and none of the code. It is one
/// server, however many nodes there are; of what a node keeps for itself it knows two things that the documents name: how fast a device polls, and the
/// last answer about a membership.
/// </summary>
/// <param name="now">The time, in seconds since 1970.</param>
/// <param name="rules">The rules; tests of the tests change one.</param>
internal sealed partial class ServerModel(long now, Rules rules)
{
    public long Now { get; private set; } = now;

    public ImmutableDictionary<int, ClientState> Clients { get; private set; } = ImmutableDictionary<int, ClientState>.Empty;

    public ImmutableDictionary<int, Grant> Grants { get; private set; } = ImmutableDictionary<int, Grant>.Empty;

    public ImmutableDictionary<int, AccessState> Access { get; private set; } = ImmutableDictionary<int, AccessState>.Empty;

    /// <summary>The refresh tokens that are out: the grant and the turn of each.</summary>
    public ImmutableDictionary<int, (int Grant, int Turn)> RefreshTokens { get; private set; } =
        ImmutableDictionary<int, (int Grant, int Turn)>.Empty;

    public ImmutableDictionary<int, DeviceState> Devices { get; private set; } = ImmutableDictionary<int, DeviceState>.Empty;

    /// <summary>The codes that are out, and the client of each.</summary>
    public ImmutableDictionary<int, int> Codes { get; private set; } = ImmutableDictionary<int, int>.Empty;

    /// <summary>The organizations of each user.</summary>
    public ImmutableDictionary<int, Orgs> Members { get; private set; } = ImmutableDictionary<int, Orgs>.Empty;

    /// <summary>What a node said last about a membership behind a grant, and until when it goes by that.</summary>
    public ImmutableDictionary<(int Node, int Grant), (bool IsMember, long Until)> Answers { get; private set; } =
        ImmutableDictionary<(int Node, int Grant), (bool IsMember, long Until)>.Empty;

    private ImmutableDictionary<(int Node, int Device), Pace> paces = ImmutableDictionary<(int Node, int Device), Pace>.Empty;

    private bool isAssumed;

    public ServerModel Clone() => (ServerModel)MemberwiseClone();

    /// <summary>Does what a command does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isProved">Whether its client was recognised before, and that is not looked at again.</param>
    /// <returns>The answer to it; null when it names what is not there, so that it does nothing.</returns>
    public Expected? Step(Command command, bool isProved = false)
    {
        isAssumed = isProved;
        return Do(command);
    }

    /// <summary>Whether the client of a command is recognised now; null for a command that comes from no client.</summary>
    public bool? Proves(Command command)
    {
        isAssumed = false;
        return command switch
        {
            Command.Redeem c => IsProved(c.By, c.Proof),
            Command.Refresh c => IsProved(c.By, c.Proof),
            Command.Revoke { By: { } by } c => IsProved(by, c.Proof),
            _ => null,
        };
    }

    /// <summary>
    /// Does the next write of a command that is more than one step, so that others may come before its end, which is <see cref="Step"/>'s: a client
    /// is removed by three writes, and the change of a grant is followed by a look at the client.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="isBegun">Whether it had a step before.</param>
    /// <returns>Whether there was something to write.</returns>
    public bool Begins(Command command, bool isBegun)
    {
        isAssumed = false;
        return command switch
        {
            Command.DeleteClient c => Leaves(c.Client),
            Command.Narrow c => !isBegun && IsOf(c.User, c.Grant) && Narrow(c)!.Status != 400,
            Command.Pause c => !isBegun && IsOf(c.User, c.Grant) && Pause(c)!.Status != 400,
            Command.SetEnd c => !isBegun && IsOf(c.User, c.Grant) && SetEnd(c)!.Status != 400,
            _ => false,
        };
    }

    private bool IsOf(int user, int grant) => Grants.TryGetValue(grant, out var g) && g.User == user;

    private Expected? Do(Command command) =>
        command switch
        {
            Command.NewClient c => Register(c),
            Command.Disable c => Change(c.Client, client => client with { IsDisabled = c.Disabled }),
            Command.NewSecret c => Rotate(c),
            Command.DeleteClient c => Delete(c),
            Command.RevokeClient c => Clients.ContainsKey(c.Client) || Registered(c.Client) ? EndAll(g => g.Client == c.Client) : null,
            Command.RevokeUser c => EndAll(g => g.User == c.User),
            Command.Login c => Clients.ContainsKey(c.Client) || Registered(c.Client) ? Login(c) : null,
            Command.Redeem c => Codes.ContainsKey(c.Code) ? Redeem(c) : null,
            Command.Refresh c => RefreshTokens.ContainsKey(c.Token) ? Refresh(c) : null,
            Command.OwnToken c => OwnToken(c),
            Command.Revoke c => Knows(c.Token) ? Revoke(c) : null,
            Command.Introspect c => Knows(c.Token) ? Introspect(c) : null,
            Command.Call c => Access.TryGetValue(c.Token, out var token) ? Call(c, token) : null,
            Command.AskDevice c => AskDevice(c),
            Command.AnswerDevice c => Devices.TryGetValue(c.Device, out var device) ? AnswerDevice(c, device) : null,
            Command.Poll c => Devices.TryGetValue(c.Device, out var device) ? Poll(c, device) : null,
            Command.NewPersonal c => MakePersonal(c),
            Command.Narrow c => Narrow(c),
            Command.Pause c => Pause(c),
            Command.SetEnd c => SetEnd(c),
            Command.Disconnect c => Disconnect(c),
            Command.DisconnectAll c => EndAll(g => g.User == c.User, 204),
            Command.Join c => Join(c),
            Command.Wait c => Wait(c),
            Command.Prune => Prune(),
            // Rotation never takes the key of a token that somebody may still verify.
            Command.Keys c => Access.TryGetValue(c.Token, out var token) && token.Client is not null && Now < token.Until
                ? new Expected(200) { Active = true }
                : null,
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };

    private bool Knows(Token token) => token.IsRefresh ? RefreshTokens.ContainsKey(token.Of) : Access.ContainsKey(token.Of);

    private Expected Join(Command.Join c)
    {
        Members = Members.SetItem(c.User, c.IsMember ? OrgsOf(c.User) | c.Organization : OrgsOf(c.User) & ~c.Organization);
        return new(200);
    }

    private Expected Wait(Command.Wait c)
    {
        Now += c.Seconds;
        return new(200);
    }

    // A row is dropped on the second day after all that it holds has ended.
    private Expected Prune()
    {
        const long day = 86400;
        foreach (var (id, g) in Grants)
        {
            long[] ends = [g.CodeUntil, g.AccessUntil, g.Chain?.EndsAt ?? 0, g.ConsentUntil ?? 0];
            if (((Math.Min(ends.Max(), g.EndsAt ?? long.MaxValue) / day) + 2) * day < Now)
                Grants = Grants.Remove(id);
        }

        return new(200);
    }

    private Expected EndAll(Func<Grant, bool> which, int status = 200)
    {
        if (!rules.RevocationDoesNothing)
            Grants = Grants.RemoveRange(Grants.Where(g => which(g.Value)).Select(g => g.Key));
        return new(status);
    }

    // The client that a request comes from; a client that is gone or disabled is none.
    private bool IsProved(int client, Proof proof)
    {
        if (isAssumed)
            return true;
        if (!Clients.TryGetValue(client, out var known) || known.IsDisabled)
            return false;
        if (known.IsPublic)
            return proof is Proof.Right or Proof.None or Proof.First;
        return proof switch
        {
            Proof.Right => true,
            Proof.First => known.Secrets[^1] is var first && (first.Until is null || Now < first.Until),
            _ => false,
        };
    }

    private static Expected Unproved() => Expected.Refused("invalid_client", 401);

    private bool IsThere(int? client) => client is not { } id || (Clients.TryGetValue(id, out var known) && !known.IsDisabled);
}

/// <summary>Rules of the model that a test of the tests may set wrong.</summary>
internal sealed record Rules
{
    public static readonly Rules Right = new();

    public bool CodesMayBeUsedTwice { get; init; }

    public bool RevocationDoesNothing { get; init; }

    public bool LeavingDoesNothing { get; init; }

    public bool TokensAreForAllThatIsGranted { get; init; }
}
