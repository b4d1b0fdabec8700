using System.Collections.Immutable;

namespace HQ.OAuth2.Model.Tests;

// What administrators do, and clients for themselves.
internal sealed partial class ServerModel
{
    private Expected Register(Command.NewClient c)
    {
        Clients = Clients.Add(c.Id, new(c.Kind, c.Kind == ClientKind.Confidential ? [("SECRET" + c.Id, null)] : []));
        return new(201);
    }

    private Expected? Change(int client, Func<ClientState, ClientState> change)
    {
        if (!Clients.TryGetValue(client, out var known))
            return Registered(client) ? Expected.Problem(404) : null;
        Clients = Clients.SetItem(client, change(known));
        return new(200);
    }

    // Whether there ever was such a client: the driver then knows its id.
    private bool Registered(int client) => removed.ContainsKey(client);

    private ImmutableDictionary<int, ClientState> removed = ImmutableDictionary<int, ClientState>.Empty;

    // A client as it is; one that was removed as it was before, for a request that was recognised earlier.
    private ClientState Known(int client) => Clients.TryGetValue(client, out var there) ? there : removed[client];

    // The next write on the way to the removal of a client: it is disabled, and it is gone. The last one is what users allowed it, which Delete does.
    private bool Leaves(int id)
    {
        if (!Clients.TryGetValue(id, out var client))
            return false;
        if (client.IsDisabled)
            Remove(id);
        else
            Clients = Clients.SetItem(id, client with { IsDisabled = true });
        return true;
    }

    private void Remove(int client)
    {
        removed = removed.Add(client, Clients[client]);
        Clients = Clients.Remove(client);
    }

    /// <summary>The earlier secrets end after the overlap, at once without one.</summary>
    private Expected? Rotate(Command.NewSecret c)
    {
        if (!Clients.TryGetValue(c.Client, out var client))
            return Registered(c.Client) ? Expected.Problem(404) : null;
        if (client.IsPublic)
            return Expected.Problem(400);
        var end = Now + c.OverlapSeconds;
        Clients = Clients.SetItem(
            c.Client,
            client with
            {
                Secrets =
                [
                    ("SECRET" + c.Id, null),
                    .. client.Secrets.Select(s => (s.Name, (long?)Math.Min(s.Until ?? long.MaxValue, end))),
                ],
            }
        );
        return new(200);
    }

    private Expected? Delete(Command.DeleteClient c)
    {
        if (Clients.ContainsKey(c.Client))
            Remove(c.Client);
        else if (!isAssumed)
            return Registered(c.Client) ? Expected.Problem(404) : null;
        EndAll(g => g.Client == c.Client);
        return new(204);
    }

    /// <summary>A token of the client's own has no grant, and no refresh token.</summary>
    private Expected? OwnToken(Command.OwnToken c)
    {
        if (!Clients.ContainsKey(c.By) && !Registered(c.By))
            return null;
        if (!IsProved(c.By, c.Proof))
            return Unproved();
        if (Clients[c.By].IsPublic)
            return Expected.Refused("unauthorized_client");
        if (Named(c.Resources) is not { } resources)
            return Expected.Refused("invalid_target");
        Access = Access.Add(c.Id, new(null, c.By, c.Scope, resources, Now + AccessLife));
        return new(200)
        {
            Scope = c.Scope,
            Audience = resources,
            Organization = "",
            ExpiresIn = AccessLife,
        };
    }

    /// <summary>A client ends the whole grant by any token of it that may still be known; of another client's token it is told no.</summary>
    private Expected? Revoke(Command.Revoke c)
    {
        if (c.By is { } by && !Clients.ContainsKey(by) && !Registered(by))
            return null;
        if (c.By is { } client && !IsProved(client, c.Proof))
            return Unproved();
        if (c.Token.IsRefresh)
        {
            var (grant, _) = RefreshTokens[c.Token.Of];
            if (!Grants.TryGetValue(grant, out var known))
                return new(200);
            return known.Client == c.By ? End(grant) : Expected.Refused("invalid_grant");
        }

        var token = Access[c.Token.Of];
        if (Now >= token.Until || token.IsRevoked || !IsThere(token.Client) || (token.Grant is { } its && !Grants.ContainsKey(its)))
            return new(200);
        if (token.Client != c.By)
            return Expected.Refused("invalid_grant");
        if (token.Grant is { } id)
            return End(id);
        if (!rules.RevocationDoesNothing)
            Access = Access.SetItem(c.Token.Of, token with { IsRevoked = true });
        return new(200);
    }

    private Expected End(int grant)
    {
        if (!rules.RevocationDoesNothing)
            Grants = Grants.Remove(grant);
        return new(200);
    }

    private Expected? Introspect(Command.Introspect c)
    {
        if (c.By is { } by)
        {
            if (!Clients.ContainsKey(by) && !Registered(by))
                return null;
            // A client that proves nothing may not introspect.
            if (!IsProved(by, c.Proof) || Known(by).IsPublic)
                return Unproved();
        }

        return c.Token.IsRefresh ? OfRefreshToken(c) : OfAccessToken(c);
    }

    // Only its own client is told about a refresh token, and only about the live one.
    private Expected OfRefreshToken(Command.Introspect c)
    {
        var (id, turn) = RefreshTokens[c.Token.Of];
        // A membership that is over ends the grant, whoever asks.
        if (
            c.By is not { } by
            || !Grants.TryGetValue(id, out var grant)
            || turn != grant.Chain!.Turn
            || Now >= grant.Chain.EndsAt
            || !grant.IsUsable(Now)
            || !IsStillMember(c.Node, id)
            || grant.Client != by
        )
            return new(200) { Active = false };
        return new(200)
        {
            Active = true,
            Scope = grant.Scope,
            Audience = grant.Resources,
            Subject = UserName(grant.User),
            Organization = NameOf(grant.For),
        };
    }

    private Expected OfAccessToken(Command.Introspect c)
    {
        var token = Access[c.Token.Of];
        return Left(c.Node, token) is not { } left || (c.By is { } by && by != token.Client)
            ? new(200) { Active = false }
            : left with
            {
                Active = true,
            };
    }

    /// <summary>An API takes a token for it, with the scope that it needs. It is told what introspection would say.</summary>
    private Expected Call(Command.Call c, AccessState token) =>
        Left(c.Node, token) is not { } left || (left.Audience & c.At) == 0 ? new Expected(401) { Error = "invalid_token" }
        : (left.Scope & c.Scope) == 0 ? new Expected(403) { Error = "insufficient_scope" }
        : left;

    // What is left of an access token; null = it is not active.
    private Expected? Left(int node, AccessState token)
    {
        if (Now >= token.Until || token.IsRevoked || !IsThere(token.Client))
            return null;
        if (token.Grant is not { } id)
            return new(200)
            {
                Scope = token.Scope,
                Audience = token.Audience,
                Subject = "client",
                Organization = "",
            };
        if (!Grants.TryGetValue(id, out var grant) || !grant.IsUsable(Now) || (token.Audience & grant.Resources) == 0)
            return null;
        return !IsStillMember(node, id)
            ? null
            : new(200)
            {
                Scope = token.Scope & grant.Scope,
                Audience = token.Audience & grant.Resources,
                Subject = UserName(grant.User),
                Organization = NameOf(grant.For),
            };
    }
}
