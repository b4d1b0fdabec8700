namespace HQ.OAuth2;

// The keys of a client, by value or by reference (RFC 7591 §2).
public sealed partial record ClientMetadata
{
    private bool UsesKeys => TokenEndpointAuthMethod == OAuthClientAuthenticationMethods.PrivateKeyJwt;

    /// <summary>Whether this is the method that the client names first (OpenID Connect RP Metadata Choices 1.0 §2).</summary>
    internal bool Prefers(string method) =>
        (TokenEndpointAuthMethod ?? (TokenEndpointAuthMethodsSupported is [var first, ..] ? first : null)) == method;

    /// <summary>Whether it names this method among those that it can use.</summary>
    internal bool Offers(string method) => TokenEndpointAuthMethodsSupported?.Take(MaxItems).Contains(method) == true;

    private IEnumerable<OAuthError> KeyProblems()
    {
        if (Jwks is not null && JwksUri is not null)
            yield return OAuthError.InvalidClientMetadata("jwks", "must not be present together with jwks_uri");
        JwkSet? set = null;
        string? problem = null;
        // RFC 7517 §5: a key that cannot be understood is ignored; §9.3: a private or symmetric key is refused.
        if (Jwks is { } jwks && !JwkSet.TryRead(jwks, out set, out problem))
            yield return OAuthError.InvalidClientMetadata("jwks", problem!);
        if (!UsesKeys)
            yield break;

        // A client that could never authenticate is not registered.
        var algorithms = string.Join(", ", PublicJwk.Verified);
        if (!HasKeys)
            yield return OAuthError.InvalidClientMetadata("jwks", "private_key_jwt needs jwks or jwks_uri");
        else if (set is { Keys.Count: 0 })
            yield return OAuthError.InvalidClientMetadata("jwks", $"no key verifies a signature by {algorithms}: it {problem}");
        if (TokenEndpointAuthSigningAlg is not { } algorithm)
            yield break;
        if (!PublicJwk.Verified.Contains(algorithm))
            yield return OAuthError.InvalidClientMetadata("token_endpoint_auth_signing_alg", $"this server verifies {algorithms}");
        else if (set is { Keys.Count: > 0 } && !set.Keys.Any(k => k.Fits(algorithm)))
            yield return OAuthError.InvalidClientMetadata("token_endpoint_auth_signing_alg", "no key of jwks is for it");
    }
}
