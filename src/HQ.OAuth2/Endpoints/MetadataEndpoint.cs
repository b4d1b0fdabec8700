using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The authorization server metadata (RFC 8414 §2): from the configuration and the registered services, never from a request.</summary>
internal sealed class MetadataEndpoint(ClientAuthenticator clients, GrantTypes grants, GrantHost host, ServerSettings settings)
{
    public ServerMetadata Document()
    {
        var issuer = settings.Issuer;
        var methods = clients.Methods.ToList();
        // RFC 8414 §2: there where a method with a signature is listed.
        IReadOnlyList<string>? algorithms = methods.Contains(OAuthClientAuthenticationMethods.PrivateKeyJwt)
            ? settings.ClientAlgorithms
            : null;
        var scopes = settings.Options.Scopes.Select(s => s.Name).ToList();
        return new()
        {
            Issuer = issuer.Value,
            AuthorizationEndpoint = issuer.Url(issuer.AuthorizePath),
            TokenEndpoint = issuer.Url(issuer.TokenPath),
            RegistrationEndpoint = settings.Options.Dcr ? issuer.Url(issuer.RegisterPath) : null,
            IntrospectionEndpoint = issuer.Url(issuer.IntrospectPath),
            RevocationEndpoint = issuer.Url(issuer.RevokePath),
            DeviceAuthorizationEndpoint = settings.Options.DeviceAuthorization ? issuer.Url(issuer.DeviceAuthorizationPath) : null,
            PushedAuthorizationRequestEndpoint = settings.Options.PushedAuthorizationRequests
                ? issuer.Url(issuer.PushedAuthorizationPath)
                : null,
            RequirePushedAuthorizationRequests = settings.RequiresPushedRequests ? true : null,
            JwksUri = issuer.Url(issuer.JwksPath),
            ClientIdMetadataDocumentSupported = settings.Options.ClientIdMetadataDocuments ? true : null,
            ScopesSupported = scopes.Count > 0 ? scopes : null,
            GrantTypesSupported = [.. grants.Names],
            TokenEndpointAuthMethodsSupported = methods,
            TokenEndpointAuthSigningAlgValuesSupported = algorithms,
            RevocationEndpointAuthMethodsSupported = methods,
            RevocationEndpointAuthSigningAlgValuesSupported = algorithms,
            AcrValuesSupported = host.Contexts is { Count: > 0 } contexts ? contexts : null,
            DpopSigningAlgValuesSupported = settings.ClientAlgorithms,
            // A client that does not prove who it is may not introspect (RFC 7662 §2.1).
            IntrospectionEndpointAuthMethodsSupported = [.. methods.Where(m => m != OAuthClientAuthenticationMethods.None)],
            IntrospectionEndpointAuthSigningAlgValuesSupported = algorithms,
        };
    }
}

/// <summary>The document of RFC 8414 §2. Lists are arrays, empty members are left out (§3.2).</summary>
internal sealed record ServerMetadata
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public required string AuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("registration_endpoint")]
    public string? RegistrationEndpoint { get; init; }

    [JsonPropertyName("introspection_endpoint")]
    public required string IntrospectionEndpoint { get; init; }

    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationEndpoint { get; init; }

    /// <summary>RFC 8628 §4; absent = there is none.</summary>
    [JsonPropertyName("device_authorization_endpoint")]
    public string? DeviceAuthorizationEndpoint { get; init; }

    /// <summary>RFC 9126 §5; absent = there is none.</summary>
    [JsonPropertyName("pushed_authorization_request_endpoint")]
    public string? PushedAuthorizationRequestEndpoint { get; init; }

    /// <summary>RFC 9126 §5; absent = false.</summary>
    [JsonPropertyName("require_pushed_authorization_requests")]
    public bool? RequirePushedAuthorizationRequests { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("scopes_supported")]
    public IReadOnlyList<string>? ScopesSupported { get; init; }

    [JsonPropertyName("response_types_supported")]
    public IReadOnlyList<string> ResponseTypesSupported { get; } = ["code"];

    [JsonPropertyName("response_modes_supported")]
    public IReadOnlyList<string> ResponseModesSupported { get; } = ["query"];

    [JsonPropertyName("grant_types_supported")]
    public required IReadOnlyList<string> GrantTypesSupported { get; init; }

    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; init; }

    /// <summary>The algorithms of client assertions; absent = there is no method with a signature.</summary>
    [JsonPropertyName("token_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string>? TokenEndpointAuthSigningAlgValuesSupported { get; init; }

    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; }

    [JsonPropertyName("revocation_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string>? RevocationEndpointAuthSigningAlgValuesSupported { get; init; }

    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; }

    [JsonPropertyName("introspection_endpoint_auth_signing_alg_values_supported")]
    public IReadOnlyList<string>? IntrospectionEndpointAuthSigningAlgValuesSupported { get; init; }

    /// <summary>OpenID Connect Discovery §3, which RFC 9470 §7 uses; absent = the host does not tell kinds of sign-in apart.</summary>
    [JsonPropertyName("acr_values_supported")]
    public IReadOnlyList<string>? AcrValuesSupported { get; init; }

    [JsonPropertyName("code_challenge_methods_supported")]
    public IReadOnlyList<string> CodeChallengeMethodsSupported { get; } = [Pkce.Method];

    /// <summary>RFC 9449 §5.1.</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public required IReadOnlyList<string> DpopSigningAlgValuesSupported { get; init; }

    /// <summary>draft-ietf-oauth-client-id-metadata-document §5; absent = false.</summary>
    [JsonPropertyName("client_id_metadata_document_supported")]
    public bool? ClientIdMetadataDocumentSupported { get; init; }

    /// <summary>RFC 9207 §3.</summary>
    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool AuthorizationResponseIssParameterSupported { get; } = true;
}
