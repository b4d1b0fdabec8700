using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2.Model.Tests;

/// <summary>Chooses the next command by what there is: mostly one that has an effect, now and then that of a thief, at times that matter.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seed makes the same commands again.")]
internal sealed partial class Generator(Random random, int nodes)
{
    private const int Users = 2;

    public Command Next(ServerModel model, int id)
    {
        while (true)
        {
            if (Try(model, id, Node()) is { } command)
                return command;
        }
    }

    /// <summary>Introspections of all that is out, for the end of a sequence.</summary>
    public IEnumerable<Command> Audit(ServerModel model, int id)
    {
        var node = Node();
        foreach (var token in model.Access.Keys.Order())
            yield return new Command.Introspect(id++, node, new(false, token), null, Proof.Right);
        foreach (var (token, at) in model.RefreshTokens.OrderBy(t => t.Key))
        {
            if (model.Grants.TryGetValue(at.Grant, out var grant) && grant.Client is { } client && !model.Clients[client].IsPublic)
                yield return new Command.Introspect(id++, node, new(true, token), client, Proof.Right);
        }
    }

    private Command? Try(ServerModel model, int id, int node)
    {
        // Some users have an organization from the start, and some of them another one.
        if (id <= 2 && model.Members.Count == id - 1 && Chance(id == 1 ? 40 : 60))
            return new Command.Join(id, node, 0, Free(model.Members.GetValueOrDefault(0)), true);
        // Two clients at least, so that one may be the thief.
        if (model.Clients.Count < 2 || (model.Clients.Count < 3 && Chance(2)))
            return new Command.NewClient(
                id,
                node,
                Pick<ClientKind>([ClientKind.Public, ClientKind.Confidential, ClientKind.SelfRegistered])
            );
        if (model.Grants.IsEmpty && Chance(60))
            return Start(model, id, node);
        // Who has two organizations allows something for each.
        if (model.Grants.Count == 1 && model.Members.ContainsValue(Orgs.Both) && Chance(30))
            return Start(model, id, node);
        // Tokens come soon, so that there is something to take away.
        if (model.RefreshTokens.IsEmpty && Chance(35))
            return Redeem(model, id, node);
        return random.Next(100) switch
        {
            < 9 => Start(model, id, node),
            < 22 => Redeem(model, id, node),
            < 44 => Refresh(model, id, node),
            < 53 => Introspect(model, id, node),
            < 57 => Choose(model.Access.Keys, out var token)
                ? new Command.Call(id, node, token, OneScope(), OneResource(Chance(80) ? model.Access[token].Audience : Resources.All))
                : null,
            < 62 => Revoke(model, id, node),
            < 74 => ChangeGrant(model, id, node),
            < 80 => ChangeClient(model, id, node),
            < 84 => Chance(85) ? Join(model, id, node) : new Command.RevokeUser(id, node, User()),
            < 86 => Chance(80) && Choose(model.Access.Keys, out var signed)
                ? new Command.Keys(id, node, signed)
                : new Command.Prune(id, node),
            _ => new Command.Wait(id, node, Seconds(model)),
        };
    }

    private Command? Start(ServerModel model, int id, int node)
    {
        if (Chance(30) && Again(model, id, node) is { } again)
            return again;
        var client = Client(model);
        var user = Chance(50) && Choose(model.Members.Where(m => m.Value == Orgs.Both).Select(m => m.Key), out var one) ? one : User();
        return random.Next(10) switch
        {
            < 6 => new Command.Login(id, node, client, user, SomeScope(), Ticked(), Chosen(model, user))
            {
                Resources = Wished(),
                Meanwhile = Chance(5) ? Pick([Orgs.Acme, Orgs.Globex]) : Orgs.None,
            },
            < 8 => new Command.AskDevice(id, node, client, ProofOf(), SomeScope(), Wished()),
            8 => new Command.NewPersonal(
                id,
                node,
                user,
                SomeScope(),
                Pick([60, 3600, 86400]),
                Chosen(model, user, model.Members.GetValueOrDefault(user))
            )
            {
                Resources = Wished(),
            },
            _ => new Command.OwnToken(id, node, client, ProofOf(), SomeScope(), Wished()),
        };
    }

    private Command? Redeem(ServerModel model, int id, int node)
    {
        if (!model.Devices.IsEmpty && Chance(40))
        {
            Choose(model.Devices.Keys, out var device);
            var user = User();
            return model.Devices[device].IsApproved is null && Chance(60)
                ? new Command.AnswerDevice(id, node, device, user, Ticked(), Chosen(model, user))
                : new Command.Poll(
                    id,
                    node,
                    device,
                    ClientOr(model, model.Devices[device].Client),
                    ProofOf(),
                    PartOf(model.Devices[device].Resources)
                );
        }

        // A code that is not redeemed, or any, for a replay.
        var fresh = model.Codes.Keys.Where(c => model.Grants.TryGetValue(c, out var g) && !g.IsRedeemed).ToList();
        if (!Choose(fresh.Count > 0 && Chance(75) ? fresh : model.Codes.Keys, out var code))
            return null;
        var verifier = Chance(88) ? Verifier.Right : Pick([Verifier.Wrong, Verifier.None]);
        return new Command.Redeem(id, node, code, ClientOr(model, model.Codes[code]), ProofOf(), verifier, Chance(97))
        {
            Resources = PartOf(model.Grants.GetValueOrDefault(code)?.Resources ?? Resources.None),
        };
    }

    private Command.Refresh? Refresh(ServerModel model, int id, int node)
    {
        var live = model.RefreshTokens.Where(t => model.Grants.TryGetValue(t.Value.Grant, out var g) && g.Chain!.Turn == t.Value.Turn);
        if (!Choose(Chance(60) ? live.Select(t => t.Key) : model.RefreshTokens.Keys, out var token))
            return null;
        var grant = model.Grants.GetValueOrDefault(model.RefreshTokens[token].Grant);
        return new Command.Refresh(
            id,
            node,
            token,
            ClientOr(model, grant?.Client),
            ProofOf(),
            Chance(75) ? Scopes.None : SomeScope(),
            PartOf(grant?.Resources ?? Resources.None)
        );
    }

    private Command.Introspect? Introspect(ServerModel model, int id, int node)
    {
        if (Any(model) is not { } token)
            return null;
        var isOwn = token.IsRefresh || Chance(20);
        return new Command.Introspect(
            id,
            node,
            token,
            isOwn ? ClientOr(model, Owner(model, token)) : null,
            isOwn ? ProofOf() : Proof.Right
        );
    }

    private Command.Revoke? Revoke(ServerModel model, int id, int node) =>
        Any(model) is not { } token ? null
        : Owner(model, token) is { } client && !Chance(5) ? new Command.Revoke(id, node, token, ClientOr(model, client), ProofOf())
        : new Command.Revoke(id, node, token, null, Proof.Right);

    // Some seconds, or to a moment when something ends: one second before it, then, or one second after.
    private int Seconds(ServerModel model)
    {
        if (Chance(25))
            return Pick([1, 4, 5, 10, 31, 901, 86400, 3 * 86400]);
        var ends = model
            .Grants.Values.SelectMany(g =>
                new[] { g.CodeUntil, g.EndsAt ?? 0, g.ConsentUntil ?? 0, g.Chain?.Until ?? 0, g.Chain?.IdleUntil ?? 0 }.Concat(
                    g.Chain?.Spent.Select(s => s.At + ServerModel.Leeway) ?? []
                )
            )
            .Concat(model.Access.Values.Select(a => a.Until))
            .Concat(model.Devices.Values.Select(d => d.Until))
            .Concat(model.Clients.Values.SelectMany(c => c.Secrets.Select(s => s.Until ?? 0)))
            .Concat(model.Answers.Values.Select(a => a.Until))
            .Select(end => end - model.Now + random.Next(-1, 2))
            .Where(seconds => seconds > 0)
            .Distinct()
            .Order()
            .ToList();
        // The next moments matter more than those in months.
        return ends.Count == 0 ? 1 : (int)ends[random.Next(random.Next(ends.Count) + 1)];
    }

    private Token? Any(ServerModel model) =>
        Chance(35) && Choose(model.RefreshTokens.Keys, out var refresh) ? new(true, refresh)
        : Choose(model.Access.Keys, out var access) ? new(false, access)
        : null;

    private static int? Owner(ServerModel model, Token token) =>
        !token.IsRefresh ? model.Access[token.Of].Client
        : model.Grants.TryGetValue(model.RefreshTokens[token.Of].Grant, out var grant) ? grant.Client
        : null;

    // A client, or in one of ten cases another one: a thief with a client of his own.
    private int ClientOr(ServerModel model, int? client) => client is { } own && Chance(90) ? own : Client(model);

    private int Client(ServerModel model) => Choose(model.Clients.Keys, out var client) ? client : throw new InvalidOperationException();

    private Proof ProofOf() => Chance(90) ? Proof.Right : Pick([Proof.First, Proof.Wrong, Proof.None]);

    private Scopes? Ticked() =>
        Chance(75) ? Scopes.All
        : Chance(85) ? (Scopes)random.Next(8)
        : null;

    private Scopes SomeScope() => (Scopes)random.Next(1, 8);

    private Scopes OneScope() => Pick([Scopes.Read, Scopes.Write, Scopes.Delete]);

    private int User() => random.Next(Users);

    private int Node() => random.Next(nodes);

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> among) => among[random.Next(among.Count)];

    private bool Choose(IEnumerable<int> among, out int chosen)
    {
        var all = among.Order().ToList();
        chosen = all.Count > 0 ? all[random.Next(all.Count)] : 0;
        return all.Count > 0;
    }
}
