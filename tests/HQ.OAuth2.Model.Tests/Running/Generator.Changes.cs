namespace HQ.OAuth2.Model.Tests;

// What users and administrators change, and what a request reaches.
internal sealed partial class Generator
{
    private Command? ChangeGrant(ServerModel model, int id, int node)
    {
        if (!Choose(model.Grants.Keys, out var grant))
            return null;
        var known = model.Grants[grant];
        var user = Chance(92) ? known.User : User();
        return random.Next(20) switch
        {
            < 6 => new Command.Narrow(id, node, grant, user, Chance(85) ? known.Scope & SomeScope() : SomeScope(), PartOf(known.Resources)),
            < 12 => new Command.Pause(id, node, grant, user, known.IsPaused ? Chance(15) : Chance(85)),
            < 16 => new Command.SetEnd(id, node, grant, user, Pick<int?>([null, -5, 1, 30, 3600, 86400])),
            < 19 => new Command.Disconnect(id, node, grant, user),
            _ => new Command.DisconnectAll(id, node, user),
        };
    }

    // A login that an earlier answer may cover.
    private Command.Login? Again(ServerModel model, int id, int node)
    {
        if (!Choose(model.Grants.Where(g => g.Value.ConsentUntil is not null).Select(g => g.Key), out var earlier))
            return null;
        var grant = model.Grants[earlier];
        var scope = Chance(50) ? grant.Scope & SomeScope() : grant.Scope;
        var resources = Chance(50) ? grant.Resources & (Resources)random.Next(1, 8) : grant.Resources;
        return new(id, node, grant.Client!.Value, grant.User, scope == 0 ? grant.Scope : scope, Ticked(), Chosen(model, grant.User))
        {
            Resources = resources,
        };
    }

    // Mostly a user leaves what something was allowed for.
    private Command.Join Join(ServerModel model, int id, int node)
    {
        var used = model.Grants.Where(g => g.Value.For != Orgs.None).Select(g => g.Key);
        if (Chance(70) && Choose(used, out var grant))
            return new Command.Join(id, node, model.Grants[grant].User, model.Grants[grant].For, Chance(25));
        var (user, organization) = (User(), Pick([Orgs.Acme, Orgs.Globex]));
        return new Command.Join(id, node, user, organization, !model.Members.GetValueOrDefault(user).HasFlag(organization));
    }

    // What a user posts: mostly one of several organizations, if possible another one than before; at times anything.
    private Orgs Chosen(ServerModel model, int user, Orgs otherwise = Orgs.None)
    {
        if (Chance(6))
            return Pick([Orgs.None, Orgs.Acme, Orgs.Globex]);
        if (model.Members.GetValueOrDefault(user) != Orgs.Both)
            return otherwise;
        var used = model.Grants.Values.Where(g => g.User == user).Aggregate(Orgs.None, (all, g) => all | g.For);
        return Free(used == Orgs.Both ? Orgs.None : used);
    }

    private Orgs Free(Orgs own) => own == Orgs.None ? Pick([Orgs.Acme, Orgs.Globex]) : Orgs.Both & ~own;

    private Command ChangeClient(ServerModel model, int id, int node)
    {
        var client = Client(model);
        return random.Next(20) switch
        {
            < 9 => new Command.Disable(id, node, client, !model.Clients[client].IsDisabled),
            < 16 => new Command.NewSecret(id, node, client, Pick([0, 0, 1, 60, 3600])),
            < 18 => new Command.RevokeClient(id, node, client),
            _ => new Command.DeleteClient(id, node, client),
        };
    }

    // The resources that an authorization is asked for: mostly none or some that there are.
    private Resources Wished() =>
        Chance(40) ? Resources.None
        : Chance(95) ? Pick([Resources.Notes, Resources.Files, Resources.Notes | Resources.Files, (Resources)random.Next(1, 8)])
        : Resources.Unknown | Resources.Notes;

    // The resources that a token request names: mostly none, or a part of what is granted.
    private Resources PartOf(Resources granted) =>
        Chance(60) ? Resources.None
        : Chance(90) ? granted & (Resources)random.Next(1, 8)
        : (Resources)random.Next(1, 16);

    private Resources OneResource(Resources among) =>
        Pick([.. new[] { Resources.Server, Resources.Notes, Resources.Files }.Where(r => among.HasFlag(r))]);
}
