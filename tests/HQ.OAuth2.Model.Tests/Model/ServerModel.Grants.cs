namespace HQ.OAuth2.Model.Tests;

// What users allow, and what clients make of it.
internal sealed partial class ServerModel
{
    public const long AccessLife = 15 * 60;
    public const long CodeLife = 60;
    public const long DeviceLife = 10 * 60;
    public const long Leeway = 30;
    private const long Day = 86400;
    private const long Idle = 30 * Day;
    private const long Consent = 90 * Day;
    private const int MaxSpent = 8;

    private static string UserName(int user) => "user" + user;

    /// <summary>
    /// The user is asked, unless an earlier answer on this page covers the request: to the same client, for as much, for what the user may still act
    /// for. Of several the newest counts. The answer of a client that registered itself is never remembered.
    /// </summary>
    private Expected Login(Command.Login c)
    {
        if (!IsThere(c.Client))
            return new(400) { Asked = false };
        var isRemembered = Clients[c.Client].Kind != ClientKind.SelfRegistered;
        if (isRemembered && Grants.OrderByDescending(g => g.Key).Select(g => g.Value).FirstOrDefault(g => Covers(g, c)) is { } earlier)
            return Code(c, c.Asked, earlier.For, isRemembered: false) with { Asked = false };
        var granted = c.Asked & (c.Ticked ?? Scopes.None);
        var organization = Answered(c.User, c.For);
        var answer =
            granted == Scopes.None ? new(302) { Error = "access_denied" }
            : MayActFor(c.User, organization) ? Code(c, granted, organization, isRemembered)
            : new Expected(400);
        return answer with { Asked = true, Offered = OrgsOf(c.User) };
    }

    private bool Covers(Grant grant, Command.Login asked) =>
        grant.Client == asked.Client
        && grant.User == asked.User
        && Now < grant.ConsentUntil
        && grant.IsUsable(Now)
        && (asked.Asked & ~grant.Scope) == 0
        && MayActFor(asked.User, grant.For);

    private Expected Code(Command.Login c, Scopes granted, Orgs organization, bool isRemembered)
    {
        Codes = Codes.SetItem(c.Id, c.Client);
        Grants = Grants.SetItem(
            c.Id,
            new()
            {
                Client = c.Client,
                User = c.User,
                Scope = granted,
                For = organization,
                CodeUntil = Now + CodeLife,
                ConsentUntil = isRemembered ? Now + Consent : null,
            }
        );
        return new(302);
    }

    /// <summary>A code is for its client, its redirect URI and its verifier, once and for a minute. A second use ends what the first one got.</summary>
    private Expected? Redeem(Command.Redeem c)
    {
        if (!Clients.ContainsKey(c.By) && !Registered(c.By))
            return null;
        if (!IsProved(c.By, c.Proof))
            return Unproved();
        if (!Grants.TryGetValue(c.Code, out var grant) || grant.Client != c.By || !c.RightRedirect)
            return Expected.Refused("invalid_grant");
        if (c.Verifier == Verifier.None)
            return Expected.Refused("invalid_request");
        return c.Verifier == Verifier.Right ? Begin(c.Id, c.Code, grant) : Expected.Refused("invalid_grant");
    }

    // The tokens of a code, of a browser or of a device.
    private Expected Begin(int command, int id, Grant grant)
    {
        if (grant.IsRedeemed && !rules.CodesMayBeUsedTwice)
        {
            Grants = Grants.Remove(id);
            return Expected.Refused("invalid_grant");
        }

        if (Now >= grant.CodeUntil)
            return Expected.Refused(Devices.ContainsKey(id) ? "expired_token" : "invalid_grant");
        if (Halt(grant) is { } halted)
            return halted;
        var until = Now + ((Known(grant.Client!.Value).IsPublic ? 90 : 180) * Day);
        return Issue(
            command,
            id,
            grant with
            {
                IsRedeemed = true,
                AccessUntil = AccessEnd(grant),
                Chain = new(1, until, Now + Idle, []),
            },
            grant.Scope,
            ""
        );
    }

    private Expected? Halt(Grant grant) =>
        grant.HasEnded(Now) ? Expected.Refused("invalid_grant")
        : grant.IsPaused ? Expected.Refused("access_denied")
        : null;

    private long AccessEnd(Grant grant) => Math.Min(Now + AccessLife, grant.EndsAt ?? long.MaxValue);

    private Expected Issue(int command, int id, Grant grant, Scopes scope, string refresh)
    {
        Grants = Grants.SetItem(id, grant);
        RefreshTokens = RefreshTokens.SetItem(command, (id, grant.Chain!.Turn));
        Access = Access.SetItem(command, new(id, grant.Client, scope, AccessEnd(grant)));
        return new(200)
        {
            Scope = scope,
            Organization = NameOf(grant.For),
            ExpiresIn = AccessEnd(grant) - Now,
            Refresh = refresh,
        };
    }

    /// <summary>
    /// The live turn gets the next one. A turn that was spent a moment ago gets the live one: its answer may have been lost. Any earlier one shows that
    /// two parties have the chain, and ends the grant.
    /// </summary>
    private Expected? Refresh(Command.Refresh c)
    {
        if (!Clients.ContainsKey(c.By) && !Registered(c.By))
            return null;
        if (!IsProved(c.By, c.Proof))
            return Unproved();
        var (id, turn) = RefreshTokens[c.Token];
        if (!Grants.TryGetValue(id, out var grant) || grant.Client != c.By)
            return Expected.Refused("invalid_grant");
        if ((c.Scope & ~grant.Scope) != 0)
            return Expected.Refused("invalid_scope");
        var chain = grant.Chain!;
        var kept = chain.Spent.RemoveAll(s => Now >= s.At + Leeway);
        if (turn < chain.Turn && kept.All(s => s.Turn != turn))
        {
            Grants = Grants.Remove(id);
            return Expected.Refused("invalid_grant");
        }

        if (Now >= chain.EndsAt)
            return Expected.Refused("invalid_grant");
        if (Halt(grant) is { } halted)
            return halted;
        if (!IsStillMember(c.Node, id))
            return Expected.Refused("invalid_grant");
        var scope = c.Scope == Scopes.None ? grant.Scope : c.Scope;
        // The live turn is given again to a retry, and while the list of spent turns is full.
        if (turn < chain.Turn || kept.Count >= MaxSpent)
            return Issue(c.Id, id, grant, scope, NameOf(id, chain.Turn));
        return Issue(
            c.Id,
            id,
            grant with
            {
                AccessUntil = AccessEnd(grant),
                Chain = chain with { Turn = turn + 1, IdleUntil = Now + Idle, Spent = kept.Add((turn, Now)) },
            },
            scope,
            ""
        );
    }

    private string NameOf(int grant, int turn) => "REFRESH" + RefreshTokens.First(t => t.Value == (grant, turn)).Key;

    /// <summary>A user makes a token for a script.</summary>
    private Expected MakePersonal(Command.NewPersonal c)
    {
        if (!MayActFor(c.User, c.For))
            return Expected.Problem(400);
        var until = Now + c.Seconds;
        Grants = Grants.Add(
            c.Id,
            new()
            {
                Client = null,
                User = c.User,
                Scope = c.Scope,
                For = c.For,
                CodeUntil = until,
                AccessUntil = until,
            }
        );
        Access = Access.Add(c.Id, new(c.Id, null, c.Scope, until));
        return new(201);
    }

    private Expected? Narrow(Command.Narrow c) =>
        !isAssumed
        && Grants.TryGetValue(c.Grant, out var grant)
        && grant.User == c.User
        && (c.Scope == Scopes.None || (c.Scope & ~grant.Scope) != 0)
            ? Expected.Problem(400)
            : ChangeGrant(c.Grant, c.User, g => g with { Scope = c.Scope });

    private Expected? Pause(Command.Pause c) => ChangeGrant(c.Grant, c.User, g => g with { IsPaused = c.Paused });

    private Expected? SetEnd(Command.SetEnd c) =>
        !isAssumed && c.Seconds <= 0 && Grants.TryGetValue(c.Grant, out var grant) && grant.User == c.User
            ? Expected.Problem(400)
            : ChangeGrant(c.Grant, c.User, g => g with { EndsAt = Now + c.Seconds });

    // A change holds whatever the client is; the app is shown while its client is there.
    private Expected? ChangeGrant(int id, int user, Func<Grant, Grant> change)
    {
        // The change was written before; now the app is shown, also when its grant ended meanwhile.
        if (isAssumed)
            return IsThere(ClientOf(id)) ? new(200) : Expected.Problem(404);
        if (!Grants.TryGetValue(id, out var grant))
            return IsKnown(id) ? Expected.Problem(404) : null;
        if (grant.User != user)
            return Expected.Problem(404);
        Grants = Grants.SetItem(id, change(grant));
        return IsThere(grant.Client) ? new(200) : Expected.Problem(404);
    }

    private int? ClientOf(int grant) =>
        Codes.TryGetValue(grant, out var client) ? client
        : Devices.TryGetValue(grant, out var device) ? device.Client
        : null;

    private Expected? Disconnect(Command.Disconnect c)
    {
        if (!IsKnown(c.Grant))
            return null;
        if (!Grants.TryGetValue(c.Grant, out var grant) || grant.User != c.User)
            return Expected.Problem(404);
        End(c.Grant);
        return new(204);
    }

    // Whether the driver has the id of a grant: it is in the code.
    private bool IsKnown(int id) =>
        Codes.ContainsKey(id) || Devices.ContainsKey(id) || Access.TryGetValue(id, out var t) && t.Client is null;
}
