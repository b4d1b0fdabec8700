namespace HQ.OAuth2;

/// <summary>The public keys of clients: by value in their registration, or at their <c>jwks_uri</c> (RFC 7591 §2).</summary>
internal sealed class ClientKeys(PublishedKeySets published, TimeProvider time)
{
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
            ? await published.FindAsync(url, jwt.KeyId, jwt.Algorithm, mayFetch, ct)
            : OAuthError.InvalidClient.Because("the client has no keys here");
    }

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
