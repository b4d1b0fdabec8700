using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The client information response (RFC 7591 §3.2.1). Absent members are left out.</summary>
internal sealed record RegistrationResponse : ClientMembers
{
    private RegistrationResponse(Client client)
        : base(client, emptyLists: false) { }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_id_issued_at")]
    public required long ClientIdIssuedAt { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>0 = never; present with a secret only.</summary>
    [JsonPropertyName("client_secret_expires_at")]
    public long? ClientSecretExpiresAt { get; init; }

    [JsonPropertyName("response_types")]
    public IReadOnlyList<string>? ResponseTypes { get; init; }

    /// <summary>RFC 7592 §3; absent when the client may not manage its registration.</summary>
    [JsonPropertyName("registration_access_token")]
    public string? RegistrationAccessToken { get; init; }

    /// <summary>RFC 7592 §3; absent when the client may not manage its registration.</summary>
    [JsonPropertyName("registration_client_uri")]
    public string? RegistrationClientUri { get; init; }

    public static RegistrationResponse Of(RegisteredClient registered, Issuer issuer)
    {
        var client = registered.Client;
        return new(client)
        {
            ClientId = client.ClientId,
            ClientIdIssuedAt = client.CreatedAt.ToUnixTimeSeconds(),
            ClientSecret = registered.Secret,
            ClientSecretExpiresAt = registered.Secret is null ? null : client.Secrets[0].ExpiresAt?.ToUnixTimeSeconds() ?? 0,
            ResponseTypes = client.MayUse(OAuthGrantTypes.AuthorizationCode) ? ["code"] : null,
            RegistrationAccessToken = registered.RegistrationAccessToken,
            RegistrationClientUri = registered.RegistrationAccessToken is null
                ? null
                : issuer.Url($"{issuer.RegisterPath}/{client.ClientId}"),
        };
    }

    // A record prints its members; this one must not.
    protected override bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("ClientId = ").Append(ClientId);
        return true;
    }
}
