namespace HQ.OAuth2;

/// <summary>
/// The key set document (RFC 7517 §5) at <c>jwks_uri</c>: the public keys that verify our access tokens, and those of another server that the
/// host lists.
/// </summary>
internal sealed class KeysEndpoint(TokenKeys keys, OtherServerKeys others)
{
    public async ValueTask<KeySet> DocumentAsync(CancellationToken ct)
    {
        var ring = await keys.CurrentAsync(ct);
        return new(others.All.Count == 0 ? ring.Published : [.. ring.Published, .. others.All.Where(k => !ring.Knows(k.Kid))]);
    }
}

internal sealed record KeySet(IReadOnlyList<PublishedKey> Keys);
