namespace HQ.OAuth2;

/// <summary>The key set document (RFC 7517 §5) at <c>jwks_uri</c>: the public keys that verify our access tokens.</summary>
internal sealed class KeysEndpoint(SigningKeys keys)
{
    public KeySet Document() => new(keys.Published);
}

internal sealed record KeySet(IReadOnlyList<PublishedKey> Keys);
