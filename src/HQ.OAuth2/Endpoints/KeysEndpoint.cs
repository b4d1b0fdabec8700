namespace HQ.OAuth2;

/// <summary>The key set document (RFC 7517 §5) at <c>jwks_uri</c>: the public keys that verify our access tokens.</summary>
internal sealed class KeysEndpoint(TokenKeys keys)
{
    public async ValueTask<KeySet> DocumentAsync(CancellationToken ct) => new((await keys.CurrentAsync(ct)).Published);
}

internal sealed record KeySet(IReadOnlyList<PublishedKey> Keys);
