using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// What a client says about itself (RFC 7591 §2): what is kept and given back, its keys among it, and gives it no rights. This is the one
/// list of it: the client, its metadata, the stored JSON and the answers all derive from it.
/// </summary>
public abstract record ClientDescription
{
    private protected ClientDescription() { }

    /// <summary>What it calls itself; anybody's word unless the provenance is <c>api</c>.</summary>
    [JsonPropertyName("client_name")]
    public string? ClientName { get; init; }

    /// <summary>Its home page, https.</summary>
    [JsonPropertyName("client_uri")]
    public string? ClientUri { get; init; }

    /// <summary>Its logo, https. Never fetched by this server.</summary>
    [JsonPropertyName("logo_uri")]
    public string? LogoUri { get; init; }

    /// <summary>Its terms of service, https.</summary>
    [JsonPropertyName("tos_uri")]
    public string? TosUri { get; init; }

    /// <summary>Its privacy policy, https.</summary>
    [JsonPropertyName("policy_uri")]
    public string? PolicyUri { get; init; }

    /// <summary>The software it is an installation of (RFC 7591 §2).</summary>
    [JsonPropertyName("software_id")]
    public string? SoftwareId { get; init; }

    /// <summary>The version of that software.</summary>
    [JsonPropertyName("software_version")]
    public string? SoftwareVersion { get; init; }

    /// <summary>
    /// <c>web</c> or <c>native</c>, as it says itself (OpenID Connect Registration §2): a hint that decides nothing, since shipping clients
    /// name one and redirect like the other. Null = it does not say.
    /// </summary>
    [JsonPropertyName("application_type")]
    public string? ApplicationType { get; init; }

    /// <summary>
    /// The one algorithm with which it signs its assertions (OpenID Connect Registration §2); null = any that this server verifies.
    /// </summary>
    [JsonPropertyName("token_endpoint_auth_signing_alg")]
    public string? TokenEndpointAuthSigningAlg { get; init; }

    /// <summary>Where its public keys are, https. Fetched when it signs an assertion (<c>private_key_jwt</c>).</summary>
    [JsonPropertyName("jwks_uri")]
    public string? JwksUri { get; init; }

    /// <summary>
    /// Its public keys as a JWK Set in JSON (RFC 7517 §5), in place of <see cref="JwksUri"/>: of each key the members that verify a signature,
    /// and none that cannot verify one here.
    /// </summary>
    [JsonPropertyName("jwks"), JsonConverter(typeof(RawJsonConverter))]
    public string? Jwks { get; init; }

    internal bool HasKeys => Jwks is not null || JwksUri is not null;

    /// <summary>
    /// Whether its authorization requests must be pushed (RFC 9126 §6): a demand on itself. Null and false = the server's setting holds.
    /// </summary>
    [JsonPropertyName("require_pushed_authorization_requests")]
    public bool? RequirePushedAuthorizationRequests { get; init; }
}
