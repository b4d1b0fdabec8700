using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>A client in the requests of an administrator: the metadata of RFC 7591 §2 and the settings that only the host decides.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClientBody : ClientMembers
{
    [JsonPropertyName("org")]
    public string? Org { get; init; }

    [JsonPropertyName("disabled")]
    public bool Disabled { get; init; }

    [JsonPropertyName("trusted")]
    public bool Trusted { get; init; }

    [JsonPropertyName("require_pkce")]
    public bool? RequirePkce { get; init; }

    [JsonPropertyName("introspects")]
    public IReadOnlyList<string>? Introspects { get; init; }

    [JsonIgnore]
    public ClientMetadata Metadata => new(this);

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
    /// <summary>How long the earlier secrets continue to work, in seconds; 86400 when absent, 0 = not at all.</summary>
    [JsonPropertyName("overlap_seconds")]
    public int? OverlapSeconds { get; init; }
}

/// <summary>A client in the answers to an administrator, without hashes. A secret is included once, when it was made.</summary>
internal sealed record ClientResponse : ClientMembers
{
    private ClientResponse(Client client)
        : base(client, emptyLists: true) { }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    /// <summary>The version, which each write raises; the ETag is this number in quotes.</summary>
    [JsonPropertyName("version")]
    public required long Version { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    [JsonPropertyName("provenance")]
    public required string Provenance { get; init; }

    [JsonPropertyName("org")]
    public string? Org { get; init; }

    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Whether the client may request no other scope.</summary>
    [JsonPropertyName("scope_is_ceiling")]
    public required bool ScopeIsCeiling { get; init; }

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

    // A registered client always has these members, as the API description says.
    [JsonRequired, JsonPropertyName("redirect_uris")]
    public new IReadOnlyList<string> RedirectUris
    {
        get => base.RedirectUris!;
        init => base.RedirectUris = value;
    }

    [JsonRequired, JsonPropertyName("token_endpoint_auth_method")]
    public new string TokenEndpointAuthMethod
    {
        get => base.TokenEndpointAuthMethod!;
        init => base.TokenEndpointAuthMethod = value;
    }

    [JsonRequired, JsonPropertyName("grant_types")]
    public new IReadOnlyList<string> GrantTypes
    {
        get => base.GrantTypes!;
        init => base.GrantTypes = value;
    }

    [JsonRequired, JsonPropertyName("contacts")]
    public new IReadOnlyList<string> Contacts
    {
        get => base.Contacts!;
        init => base.Contacts = value;
    }

    public static ClientResponse Of(Client client, string? secret = null) =>
        new(client)
        {
            ClientId = client.ClientId,
            Version = client.Version,
            ClientSecret = secret,
            Provenance = client.Provenance.Name(),
            Org = client.Org,
            Type = client.Type == ClientType.Public ? "public" : "confidential",
            ScopeIsCeiling = client.Scope is not null && (client.ScopeIsCeiling || !client.IsSelfRegistered),
            Disabled = client.Disabled,
            Trusted = client.Trusted,
            RequirePkce = client.RequirePkce,
            Introspects = client.Introspects,
            CreatedAt = Rfc3339.Text(client.CreatedAt),
            LastUsedOn = client.LastUsedOn?.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            Secrets = [.. client.Secrets.Select(s => new SecretResponse(s.ExpiresAt is { } end ? Rfc3339.Text(end) : null, s.Generated))],
        };
}

/// <summary>A secret of a client, without the secret text.</summary>
/// <param name="ExpiresAt">When it stops working; absent = never.</param>
/// <param name="Generated">Whether this server made it.</param>
internal sealed record SecretResponse(
    [property: JsonPropertyName("expires_at")] string? ExpiresAt,
    [property: JsonPropertyName("generated")] bool Generated
);

/// <summary>A page of clients.</summary>
/// <param name="Items">The clients.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next page; absent on the last page.</param>
internal sealed record ClientsResponse(
    [property: JsonPropertyName("items")] IReadOnlyList<ClientResponse> Items,
    [property: JsonPropertyName("next")] string? Next
);

/// <summary>The number of revoked authorizations.</summary>
internal sealed record RevokedResponse([property: JsonPropertyName("revoked")] int Revoked);
