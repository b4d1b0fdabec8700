namespace HQ.OAuth2;

/// <summary>
/// The promises of <see cref="IClientStore"/>, for a store of one method over a host's own table. A registry is tested with
/// <see cref="ClientRegistryContract"/>.
/// </summary>
public abstract class ClientStoreContract : StoreContract<IClientStore>
{
    private Client stored = null!;

    /// <summary>A store, and a client that is in it as the store should return it. The host writes it into its own table.</summary>
    protected abstract ValueTask<(IClientStore Store, Client Stored)> CreateStoreAsync();

    private protected sealed override async ValueTask<IClientStore> OpenAsync()
    {
        (var store, stored) = await CreateStoreAsync();
        return store;
    }

    [Test]
    public async Task The_stored_client_is_found_with_all_its_members()
    {
        foreach (var node in Nodes)
        {
            var found = await FindAsync(node);
            Assert.That(found.ToJson(), Is.EqualTo(stored.ToJson()), "FindAsync returns every member of the client");
            Assert.That(found.LastUsedOn, Is.EqualTo(stored.LastUsedOn), "FindAsync returns the day of the last use");
        }
    }

    [Test]
    public async Task An_unknown_id_is_null()
    {
        foreach (var id in new[] { "unknown-" + Guid.CreateVersion7().ToString("N"), "%", "漢🦊' or 1=1 --" })
            Assert.That(await Store.FindAsync(id, default), Is.Null, $"FindAsync of an unknown id is null: '{id}'");
    }

    [Test]
    public async Task Ids_are_compared_ordinally()
    {
        var id = stored.ClientId;
        string[] others = [id.ToUpperInvariant(), id.ToLowerInvariant(), id + " ", " " + id, id[..^1] + "_", id[..^1] + "%", id[..^1]];
        foreach (var other in others.Where(o => o != id))
            Assert.That(await Store.FindAsync(other, default), Is.Null, $"FindAsync compares ids ordinally: '{other}' is not '{id}'");
    }

    [Test]
    public async Task Many_who_look_at_once_find_the_same()
    {
        var found = await RaceAsync(20, async (node, _) => (await FindAsync(node)).ToJson());

        Assert.That(found, Has.All.EqualTo(stored.ToJson()), "FindAsync finds the same client for everybody who asks at once");
    }

    [Test]
    public async Task A_client_was_made_at_one_time_only()
    {
        var first = (await FindAsync(Store)).CreatedAt;

        foreach (var node in Nodes)
            Assert.That(
                (await FindAsync(node)).CreatedAt,
                Is.EqualTo(first),
                "CreatedAt is the same at each FindAsync: authorizations note it"
            );
    }

    [Test]
    public async Task What_is_found_is_usable()
    {
        var found = await FindAsync(Store);

        Assert.That(found.ClientId, Is.EqualTo(stored.ClientId), "ClientId is the id that was asked for");
        Assert.That(found.TokenEndpointAuthMethod, Is.Not.Null.And.Not.Empty, "TokenEndpointAuthMethod is stated");
        Assert.That(Enum.IsDefined(found.Type), Is.True, "Type is public or confidential");
        Assert.That(Enum.IsDefined(found.Provenance), Is.True, "Provenance is one of the three");
        foreach (var uri in found.RedirectUris)
        {
            Assert.That(
                Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
                    && uri.StartsWith(parsed.Scheme + ":", StringComparison.OrdinalIgnoreCase),
                Is.True,
                $"a redirect URI is absolute, with its scheme: '{uri}'"
            );
        }

        if (found.GrantTypes.Contains(OAuthGrantTypes.AuthorizationCode))
            Assert.That(found.RedirectUris, Is.Not.Empty, "a client of the authorization code grant has a redirect URI");
        if (found.Type == ClientType.Confidential && found.TokenEndpointAuthMethod.StartsWith("client_secret_", StringComparison.Ordinal))
        {
            Assert.That(
                found.Secrets.Count(s => s.Hash is { Length: 60 } hash && hash.StartsWith("$2", StringComparison.Ordinal)),
                Is.AtLeast(1),
                "a confidential client with a secret has at least one bcrypt hash"
            );
        }
    }

    private async Task<Client> FindAsync(IClientStore node)
    {
        var found = await node.FindAsync(stored.ClientId, default);
        Assert.That(found, Is.Not.Null, $"FindAsync finds the stored client '{stored.ClientId}'");
        return found!;
    }
}
