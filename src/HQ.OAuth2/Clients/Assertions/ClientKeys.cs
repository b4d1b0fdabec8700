namespace HQ.OAuth2;

/// <summary>The public keys of clients: by value in their registration, or at their <c>jwks_uri</c> (RFC 7591 §2).</summary>
/// <param name="sets">Makes the cache of fetched sets for the clients of one provenance.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientKeys(Func<PublishedKeySets> sets, TimeProvider time)
{
    // Clients of different provenance share neither places nor limits: strangers who register clients with slow addresses must not keep the
    // keys of the host's own clients from being fetched.
    private readonly Dictionary<ClientProvenance, PublishedKeySets> published = Enum.GetValues<ClientProvenance>()
        .ToDictionary(p => p, _ => sets());

    // Registrations change rarely, and a text has always the same keys.
    private readonly BoundedCache<JwkSet> registered = new(limit: 1000, TimeSpan.FromDays(1));

    /// <summary>The key of the client that may have signed a JWT.</summary>
    /// <param name="client">The client.</param>
    /// <param name="jwt">The JWT, which names key and algorithm.</param>
    /// <param name="mayFetch">Whether the keys may be fetched for it.</param>
    /// <param name="ct">Cancels the wait.</param>
    /// <returns>The key; <c>invalid_client</c> when it has none such; or that its keys cannot be had now.</returns>
    public async ValueTask<Outcome<PublicJwk>> FindAsync(Client client, SignedJwt jwt, bool mayFetch, CancellationToken ct)
    {
        if (client.Jwks is { } own)
            return Registered(own)?.Find(jwt.KeyId, jwt.Algorithm) is { } key ? key : PublishedKeySets.NoSuchKey;
        return Place(client) is { } url
            ? await published[client.Provenance].FindAsync(url, jwt.KeyId, jwt.Algorithm, mayFetch, ct)
            : OAuthError.InvalidClient.Because("the client has no keys here");
    }

    /// <summary>Fetches the set of a client that has a <see cref="Place"/>, unless it was fetched just now.</summary>
    /// <returns>Null when the set is as new as it may be; else why it cannot be had.</returns>
    public ValueTask<OAuthError?> FetchAsync(Client client, CancellationToken ct) =>
        published[client.Provenance].FetchAsync(Place(client)!, ct);

    /// <summary>
    /// Where the keys of the client are fetched; null when nowhere. A document vouches for keys on its own origin only: a stored one may be older
    /// than this rule.
    /// </summary>
    public static string? Place(Client client) =>
        client.JwksUri is { } url
        && UriText.IsPlainHttpsUrl(url)
        && (client.Provenance != ClientProvenance.Cimd || ClientDocumentUrl.Origin(url) == ClientDocumentUrl.Origin(client.ClientId))
            ? url
            : null;

    private JwkSet? Registered(string json)
    {
        var now = time.GetUtcNow();
        if (registered.TryGet(json, now, out var set))
            return set;
        if (JwkSet.TryRead(json, out set, out _))
            registered.Set(json, set, now);
        return set;
    }
}
