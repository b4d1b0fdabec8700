using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>A client as an administrator writes it: the metadata of RFC 7591 §2 and what only the host decides.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientBody
{
    [JsonPropertyName("client_name")]
    public string? ClientName { get; init; }

    [JsonPropertyName("redirect_uris")]
    [JsonConverter(typeof(TextListConverter))]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    [JsonPropertyName("token_endpoint_auth_method")]
    public string? TokenEndpointAuthMethod { get; init; }

    [JsonPropertyName("grant_types")]
    [JsonConverter(typeof(TextListConverter))]
    public IReadOnlyList<string>? GrantTypes { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    [JsonPropertyName("client_uri")]
    public string? ClientUri { get; init; }

    [JsonPropertyName("logo_uri")]
    public string? LogoUri { get; init; }

    [JsonPropertyName("tos_uri")]
    public string? TosUri { get; init; }

    [JsonPropertyName("policy_uri")]
    public string? PolicyUri { get; init; }

    [JsonPropertyName("contacts")]
    [JsonConverter(typeof(TextListConverter))]
    public IReadOnlyList<string>? Contacts { get; init; }

    [JsonPropertyName("software_id")]
    public string? SoftwareId { get; init; }

    [JsonPropertyName("software_version")]
    public string? SoftwareVersion { get; init; }

    [JsonPropertyName("application_type")]
    public string? ApplicationType { get; init; }

    [JsonPropertyName("org")]
    public string? Org { get; init; }

    [JsonPropertyName("disabled")]
    public bool Disabled { get; init; }

    [JsonPropertyName("trusted")]
    public bool Trusted { get; init; }

    [JsonPropertyName("require_pkce")]
    public bool? RequirePkce { get; init; }

    [JsonPropertyName("introspects")]
    [JsonConverter(typeof(TextListConverter))]
    public IReadOnlyList<string>? Introspects { get; init; }

    [JsonIgnore]
    public ClientMetadata Metadata =>
        new()
        {
            ClientName = ClientName,
            RedirectUris = RedirectUris,
            TokenEndpointAuthMethod = TokenEndpointAuthMethod,
            GrantTypes = GrantTypes,
            Scope = Scope,
            ClientUri = ClientUri,
            LogoUri = LogoUri,
            TosUri = TosUri,
            PolicyUri = PolicyUri,
            Contacts = Contacts,
            SoftwareId = SoftwareId,
            SoftwareVersion = SoftwareVersion,
            ApplicationType = ApplicationType,
        };

    [JsonIgnore]
    public ClientSettings Settings =>
        new()
        {
            Org = Org,
            Disabled = Disabled,
            Trusted = Trusted,
            RequirePkce = RequirePkce,
            Introspects = Introspects ?? [],
        };
}

/// <summary>How a secret is rotated.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RotationBody
{
    /// <summary>How long the earlier secrets go on working, in seconds; 86400 when absent, 0 = not at all.</summary>
    [JsonPropertyName("overlap_seconds")]
    public int? OverlapSeconds { get; init; }
}

/// <summary>A client as an administrator reads it. Hashes are not part of it; a secret is there once, when it was made.</summary>
internal sealed record ClientResponse
{
    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    /// <summary>How often it was written; the ETag is this number in quotes.</summary>
    [JsonPropertyName("version")]
    public required long Version { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    [JsonPropertyName("client_name")]
    public string? ClientName { get; init; }

    [JsonPropertyName("provenance")]
    public required string Provenance { get; init; }

    [JsonPropertyName("org")]
    public string? Org { get; init; }

    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("redirect_uris")]
    public required IReadOnlyList<string> RedirectUris { get; init; }

    [JsonPropertyName("token_endpoint_auth_method")]
    public required string TokenEndpointAuthMethod { get; init; }

    [JsonPropertyName("grant_types")]
    public required IReadOnlyList<string> GrantTypes { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    /// <summary>Whether the client may ask for no other scope.</summary>
    [JsonPropertyName("scope_is_ceiling")]
    public required bool ScopeIsCeiling { get; init; }

    [JsonPropertyName("client_uri")]
    public string? ClientUri { get; init; }

    [JsonPropertyName("logo_uri")]
    public string? LogoUri { get; init; }

    [JsonPropertyName("tos_uri")]
    public string? TosUri { get; init; }

    [JsonPropertyName("policy_uri")]
    public string? PolicyUri { get; init; }

    [JsonPropertyName("contacts")]
    public required IReadOnlyList<string> Contacts { get; init; }

    [JsonPropertyName("software_id")]
    public string? SoftwareId { get; init; }

    [JsonPropertyName("software_version")]
    public string? SoftwareVersion { get; init; }

    [JsonPropertyName("application_type")]
    public string? ApplicationType { get; init; }

    [JsonPropertyName("disabled")]
    public required bool Disabled { get; init; }

    [JsonPropertyName("trusted")]
    public required bool Trusted { get; init; }

    [JsonPropertyName("require_pkce")]
    public bool? RequirePkce { get; init; }

    [JsonPropertyName("introspects")]
    public required IReadOnlyList<string> Introspects { get; init; }

    [JsonPropertyName("created_at")]
    public required string CreatedAt { get; init; }

    [JsonPropertyName("last_used_on")]
    public string? LastUsedOn { get; init; }

    [JsonPropertyName("secrets")]
    public required IReadOnlyList<SecretResponse> Secrets { get; init; }

    public static ClientResponse Of(Client client, string? secret = null) =>
        new()
        {
            ClientId = client.ClientId,
            Version = client.Version,
            ClientSecret = secret,
            ClientName = client.ClientName,
            Provenance = client.Provenance.Name(),
            Org = client.Org,
            Type = client.Type == ClientType.Public ? "public" : "confidential",
            RedirectUris = client.RedirectUris,
            TokenEndpointAuthMethod = client.TokenEndpointAuthMethod,
            GrantTypes = client.GrantTypes,
            Scope = client.Scope?.ToString(),
            ScopeIsCeiling = client.Scope is not null && (client.ScopeIsCeiling || !client.IsSelfRegistered),
            ClientUri = client.ClientUri,
            LogoUri = client.LogoUri,
            TosUri = client.TosUri,
            PolicyUri = client.PolicyUri,
            Contacts = client.Contacts,
            SoftwareId = client.SoftwareId,
            SoftwareVersion = client.SoftwareVersion,
            ApplicationType = client.ApplicationType,
            Disabled = client.Disabled,
            Trusted = client.Trusted,
            RequirePkce = client.RequirePkce,
            Introspects = client.Introspects,
            CreatedAt = Rfc3339.Text(client.CreatedAt),
            LastUsedOn = client.LastUsedOn?.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            Secrets = [.. client.Secrets.Select(s => new SecretResponse(s.ExpiresAt is { } end ? Rfc3339.Text(end) : null, s.Generated))],
        };
}

/// <summary>A secret of a client, without it.</summary>
/// <param name="ExpiresAt">When it stops working; absent = never.</param>
/// <param name="Generated">Whether this server made it.</param>
internal sealed record SecretResponse(
    [property: JsonPropertyName("expires_at")] string? ExpiresAt,
    [property: JsonPropertyName("generated")] bool Generated
);

/// <summary>A page of clients.</summary>
/// <param name="Items">The clients.</param>
/// <param name="Next">Pass it as <c>after</c> to go on; absent on the last page.</param>
internal sealed record ClientsResponse(
    [property: JsonPropertyName("items")] IReadOnlyList<ClientResponse> Items,
    [property: JsonPropertyName("next")] string? Next
);

/// <summary>How many authorizations were taken back.</summary>
internal sealed record RevokedResponse([property: JsonPropertyName("revoked")] int Revoked);

/// <summary>A list of texts none of which is null: the serializer does not look into a list.</summary>
internal sealed class TextListConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            list.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Bodies are read only.");
}
