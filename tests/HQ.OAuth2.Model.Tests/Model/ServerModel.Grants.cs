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
        // A faulty request of a client that registered itself leads to no other site: the user sees a page.
        if (Named(c.Resources) is null)
            return isRemembered ? new(302) { Error = "invalid_target", Asked = false } : new(400) { Asked = false };
        if (isRemembered && Grants.OrderByDescending(g => g.Key).Select(g => g.Value).FirstOrDefault(g => Covers(g, c)) is { } earlier)
            return Code(c, c.Asked, earlier.For, isRemembered: false) with { Asked = false };
        var granted = c.Asked & (c.Ticked ?? Scopes.None);
        var (organization, offered) = (Answered(c.User, c.For), OrgsOf(c.User));
        // The answer is for what the page showed, and the user may have left that since.
        Members = Members.SetItem(c.User, offered ^ c.Meanwhile);
        var answer =
            granted == Scopes.None ? new(302) { Error = "access_denied" }
            : MayActFor(c.User, organization) ? Code(c, granted, organization, isRemembered)
            : new Expected(400);
        return answer with { Asked = true, Offered = offered };
    }

    private bool Covers(Grant grant, Command.Login asked) =>
        grant.Client == asked.Client
        && grant.User == asked.User
        && Now < grant.ConsentUntil
        && grant.IsUsable(Now)
        && (asked.Asked & ~grant.Scope) == 0
        && (Named(asked.Resources) & ~grant.Resources) == 0
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
                Resources = Named(c.Resources)!.Value,
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
        return c.Verifier == Verifier.Right ? Begin(c.Id, c.Code, grant, c.Resources) : Expected.Refused("invalid_grant");
    }

    // The tokens of a code, of a browser or of a device. A wrong resource spends nothing; the chain is for all that is granted.
    private Expected Begin(int command, int id, Grant grant, Resources asked)
    {
        if (Narrowed(grant, asked) is not { } audience)
            return Expected.Refused("invalid_target");
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
            audience,
            ""
        );
    }

    private Expected? Halt(Grant grant) =>
        grant.HasEnded(Now) ? Expected.Refused("invalid_grant")
        : grant.IsPaused ? Expected.Refused("access_denied")
        : null;

    private long AccessEnd(Grant grant) => Math.Min(Now + AccessLife, grant.EndsAt ?? long.MaxValue);

    private Expected Issue(int command, int id, Grant grant, Scopes scope, Resources audience, string refresh)
    {
        Grants = Grants.SetItem(id, grant);
        RefreshTokens = RefreshTokens.SetItem(command, (id, grant.Chain!.Turn));
        Access = Access.SetItem(command, new(id, grant.Client, scope, audience, AccessEnd(grant)));
        return new(200)
        {
            Scope = scope,
            Audience = audience,
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
        if (Narrowed(grant, c.Resources) is not { } audience)
            return Expected.Refused("invalid_target");
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
            return Issue(c.Id, id, grant, scope, audience, NameOf(id, chain.Turn));
        return Issue(
            c.Id,
            id,
            grant with
            {
                AccessUntil = AccessEnd(grant),
                Chain = chain with { Turn = turn + 1, IdleUntil = Now + Idle, Spent = kept.Add((turn, Now)) },
            },
            scope,
            audience,
            ""
        );
    }

    private string NameOf(int grant, int turn) => "REFRESH" + RefreshTokens.First(t => t.Value == (grant, turn)).Key;
}
