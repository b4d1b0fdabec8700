namespace HQ.OAuth2;

/// <summary>The promises of <see cref="IClientStore"/>, for a host that keeps clients in a table of its own.</summary>
public abstract class ClientStoreContract : StoreContract<IClientStore>
{
    /// <summary>A client that the store has, as the host thinks of it; asked for after the store was made.</summary>
    protected abstract Client Stored { get; }

    /// <summary>FindAsync gives the client.</summary>
    [Test]
    public async Task A_client_is_found_as_it_is_and_the_same_each_time()
    {
        var found = await Store.FindAsync(Stored.ClientId, default);

        Assert.That(found?.ToJson(), Is.EqualTo(Stored.ToJson()), "Every member is as the host says.");
        Assert.That(
            (await Second.FindAsync(Stored.ClientId, default))?.CreatedAt,
            Is.EqualTo(found?.CreatedAt),
            "CreatedAt says which registration this is: it never differs between two reads."
        );
    }

    /// <summary>Ids are compared byte by byte (RFC 6749 §1.9).</summary>
    [Test]
    public async Task Another_id_is_nobodys()
    {
        var id = Stored.ClientId;
        foreach (var other in new[] { id.ToUpperInvariant(), id.ToLowerInvariant(), id + " ", " " + id, id + "x", id[..^1], "%", "*" })
        {
            if (other != id)
                Assert.That(await Store.FindAsync(other, default), Is.Null, $"'{other}' is not '{id}'.");
        }
    }

    /// <summary>A store is asked by many requests at once.</summary>
    [Test]
    public async Task Many_may_ask_at_once()
    {
        var answers = await RaceAsync(50, (node, i) => node.FindAsync(i % 3 == 0 ? "nobody" : Stored.ClientId, default));

        Assert.That(answers.Count(c => c is null), Is.EqualTo(17));
        Assert.That(answers.OfType<Client>().Select(c => c.ToJson()).Distinct().Count(), Is.EqualTo(1));
    }

    /// <summary>What the store gives can be used.</summary>
    [Test]
    public async Task What_is_found_can_authenticate_and_be_redirected_to()
    {
        var client = (await Store.FindAsync(Stored.ClientId, default))!;

        Assert.That(client.TokenEndpointAuthMethod, Is.Not.Empty);
        if (client.TokenEndpointAuthMethod == OAuthClientAuthenticationMethods.None)
            Assert.That(client.Type, Is.EqualTo(ClientType.Public), "Who proves nothing is a public client (RFC 6749 §2.1).");
        if (client.TokenEndpointAuthMethod.StartsWith("client_secret", StringComparison.Ordinal))
            Assert.That(
                client.Secrets,
                Has.Some.Property("Hash").Match("^\\$2[abxy]\\$[0-9]{2}\\$[./0-9A-Za-z]{53}$"),
                "A bcrypt hash is needed."
            );
        if (client.GrantTypes.Contains(OAuthGrantTypes.AuthorizationCode))
            Assert.That(client.RedirectUris, Is.Not.Empty, "The authorization code grant needs a redirect URI (RFC 6749 §3.1.2.2).");
        foreach (var uri in client.RedirectUris)
            Assert.That(Uri.TryCreate(uri, UriKind.Absolute, out _), Is.True, $"{uri} is no absolute URI (RFC 6749 §3.1.2).");
    }
}
