using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The client information response (RFC 7591 §3.2.1). Absent members are left out.</summary>
internal sealed record RegistrationResponse
{
    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_id_issued_at")]
    public required long ClientIdIssuedAt { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>0 = never; present with a secret only.</summary>
    [JsonPropertyName("client_secret_expires_at")]
    public long? ClientSecretExpiresAt { get; init; }

    [JsonPropertyName("token_endpoint_auth_method")]
    public required string TokenEndpointAuthMethod { get; init; }

    [JsonPropertyName("grant_types")]
    public required IReadOnlyList<string> GrantTypes { get; init; }

    [JsonPropertyName("response_types")]
    public IReadOnlyList<string>? ResponseTypes { get; init; }

    [JsonPropertyName("redirect_uris")]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    [JsonPropertyName("client_name")]
    public string? ClientName { get; init; }

    [JsonPropertyName("client_uri")]
    public string? ClientUri { get; init; }

    [JsonPropertyName("logo_uri")]
    public string? LogoUri { get; init; }

    [JsonPropertyName("tos_uri")]
    public string? TosUri { get; init; }

    [JsonPropertyName("policy_uri")]
    public string? PolicyUri { get; init; }

    [JsonPropertyName("contacts")]
    public IReadOnlyList<string>? Contacts { get; init; }

    [JsonPropertyName("software_id")]
    public string? SoftwareId { get; init; }

    [JsonPropertyName("software_version")]
    public string? SoftwareVersion { get; init; }

    [JsonPropertyName("application_type")]
    public string? ApplicationType { get; init; }

    /// <summary>RFC 7592 §3; absent when the client may not manage its registration.</summary>
    [JsonPropertyName("registration_access_token")]
    public string? RegistrationAccessToken { get; init; }

    /// <summary>RFC 7592 §3; absent when the client may not manage its registration.</summary>
    [JsonPropertyName("registration_client_uri")]
    public string? RegistrationClientUri { get; init; }

    public static RegistrationResponse Of(RegisteredClient registered, Issuer issuer)
    {
        var client = registered.Client;
        return new()
        {
            ClientId = client.ClientId,
            ClientIdIssuedAt = client.CreatedAt.ToUnixTimeSeconds(),
            ClientSecret = registered.Secret,
            ClientSecretExpiresAt = registered.Secret is null ? null : client.Secrets[0].ExpiresAt?.ToUnixTimeSeconds() ?? 0,
            TokenEndpointAuthMethod = client.TokenEndpointAuthMethod,
            GrantTypes = client.GrantTypes,
            ResponseTypes = client.MayUse(OAuthGrantTypes.AuthorizationCode) ? ["code"] : null,
            RedirectUris = NullIfEmpty(client.RedirectUris),
            Scope = client.Scope?.ToString(),
            ClientName = client.ClientName,
            ClientUri = client.ClientUri,
            LogoUri = client.LogoUri,
            TosUri = client.TosUri,
            PolicyUri = client.PolicyUri,
            Contacts = NullIfEmpty(client.Contacts),
            SoftwareId = client.SoftwareId,
            SoftwareVersion = client.SoftwareVersion,
            ApplicationType = client.ApplicationType,
            RegistrationAccessToken = registered.RegistrationAccessToken,
            RegistrationClientUri = registered.RegistrationAccessToken is null
                ? null
                : issuer.Url($"{issuer.RegisterPath}/{client.ClientId}"),
        };
    }

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count > 0 ? list : null;

    // A record prints its members; this one must not.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(ClientId);
        return true;
    }
}
