namespace HQ.OAuth2;

/// <summary>A client made in configuration or code; its provenance is <c>api</c>. The names are those of RFC 7591 §2.</summary>
public sealed class ClientOptions
{
    /// <summary>The client identifier.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>What users read. Default the client id.</summary>
    public string? ClientName { get; set; }

    /// <summary>The organization it belongs to. Default <see cref="HqOAuth2Options.DefaultOrg"/>.</summary>
    public string? Org { get; set; }

    /// <summary>A bcrypt hash of its secret.</summary>
    public string? SecretHash { get; set; }

    /// <summary>Its secret in clear, in Development only.</summary>
    public string? Secret { get; set; }

    /// <summary>
    /// How it authenticates. Default <c>client_secret_basic</c> with a secret, <c>private_key_jwt</c> with keys, else <c>none</c>.
    /// </summary>
    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Its public keys, a JWK Set in JSON (RFC 7517 §5), for <c>private_key_jwt</c>; not together with <see cref="JwksUri"/>.</summary>
    public string? Jwks { get; set; }

    /// <summary>The https URL of its public keys, for <c>private_key_jwt</c>: fetched when it signs, from public addresses only.</summary>
    public string? JwksUri { get; set; }

    /// <summary>The one algorithm that it signs by: <c>ES256</c>, <c>RS256</c> or <c>PS256</c>. Default any of them.</summary>
    public string? TokenEndpointAuthSigningAlg { get; set; }

    /// <summary>Complete redirect URIs, matched exactly.</summary>
    public IList<string> RedirectUris { get; } = [];

    /// <summary>What it may do at the token endpoint. Default <c>authorization_code</c> and <c>refresh_token</c>.</summary>
    public IList<string> GrantTypes { get; } = [];

    /// <summary>The scopes it may have, its ceiling. Default all of the server's.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>Resource identifiers whose tokens it may introspect; <c>*</c> = all.</summary>
    public IList<string> Introspects { get; } = [];

    /// <summary>
    /// Whether the host vouches for it: its consent is remembered on loopback and private-use redirects too. Default false.
    /// </summary>
    public bool Trusted { get; set; }

    /// <summary>Whether it must use PKCE. A public client always must. Default <see cref="HqOAuth2Options.RequirePkce"/>.</summary>
    public bool? RequirePkce { get; set; }

    /// <summary>
    /// Whether it must push its authorization requests (RFC 9126 §6). Default <see cref="HqOAuth2Options.RequirePushedAuthorizationRequests"/>.
    /// </summary>
    public bool? RequirePushedAuthorizationRequests { get; set; }

    /// <summary>Whether it gets no token without a DPoP proof (RFC 9449 §5.2), so that each of its tokens is bound to a key. Default false.</summary>
    public bool DpopBoundAccessTokens { get; set; }
}
