namespace HQ.OAuth2.Model.Tests;

// What users have and change: their tokens for scripts, and their connected apps.
internal sealed partial class ServerModel
{
    /// <summary>A user makes a token for a script.</summary>
    private Expected MakePersonal(Command.NewPersonal c)
    {
        if (Named(c.Resources) is not { } resources || !MayActFor(c.User, c.For))
            return Expected.Problem(400);
        var until = Now + c.Seconds;
        Grants = Grants.Add(
            c.Id,
            new()
            {
                Client = null,
                User = c.User,
                Scope = c.Scope,
                Resources = resources,
                For = c.For,
                CodeUntil = until,
                AccessUntil = until,
            }
        );
        Access = Access.Add(c.Id, new(c.Id, null, c.Scope, resources, until));
        return new(201);
    }

    private Expected? Narrow(Command.Narrow c) =>
        !isAssumed
        && Grants.TryGetValue(c.Grant, out var grant)
        && grant.User == c.User
        && (c.Scope == Scopes.None || (c.Scope & ~grant.Scope) != 0 || (c.Resources & ~grant.Resources) != 0)
            ? Expected.Problem(400)
            : ChangeGrant(
                c.Grant,
                c.User,
                g => g with { Scope = c.Scope, Resources = c.Resources == Resources.None ? g.Resources : c.Resources }
            );

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
