using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

public sealed partial record Client
{
    /// <summary>
    /// The client as JSON, for a registry that stores it as one value: everything, also what only the server sets, but <see cref="LastUsedOn"/>,
    /// which is updated separately. It holds hashes of secrets: store it, but do not log it.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(ClientData.Of(this), ClientJson.Default.ClientData);

    /// <summary>Reads a client from a JSON text that <see cref="ToJson"/> made.</summary>
    /// <exception cref="JsonException">The text is not such JSON.</exception>
    public static Client FromJson(string json) =>
        (JsonSerializer.Deserialize(json, ClientJson.Default.ClientData) ?? throw new JsonException("The client is null.")).ToClient();
}

/// <summary>A client in its stored form. A member that is added later must be optional: older texts do not have it.</summary>
internal sealed record ClientData : ClientMembers
{
    public ClientData() { }

    private ClientData(Client client)
        : base(client, emptyLists: true) { }

    public required string ClientId { get; init; }
    public required ClientType Type { get; init; }
    public required ClientProvenance Provenance { get; init; }

    /// <summary>Unix milliseconds, like every time here.</summary>
    public required long CreatedAt { get; init; }

    public long? Version { get; init; }

    public IReadOnlyList<SecretData>? Secrets { get; init; }
    public bool ScopeIsCeiling { get; init; }
    public string? Org { get; init; }
    public bool Disabled { get; init; }
    public bool Trusted { get; init; }
    public bool? RequirePkce { get; init; }
    public IReadOnlyList<string>? Introspects { get; init; }
    public string? RegistrationAccessTokenHash { get; init; }
    public string? DocumentHash { get; init; }

    public sealed record SecretData(string Hash, long? ExpiresAt = null, bool Generated = false);

    public static ClientData Of(Client c) =>
        new(c)
        {
            ClientId = c.ClientId,
            Type = c.Type,
            Provenance = c.Provenance,
            CreatedAt = c.CreatedAt.ToUnixTimeMilliseconds(),
            Version = c.Version,
            Secrets = [.. c.Secrets.Select(s => new SecretData(s.Hash, s.ExpiresAt?.ToUnixTimeMilliseconds(), s.Generated))],
            ScopeIsCeiling = c.ScopeIsCeiling,
            Org = c.Org,
            Disabled = c.Disabled,
            Trusted = c.Trusted,
            RequirePkce = c.RequirePkce,
            Introspects = c.Introspects,
            RegistrationAccessTokenHash = c.RegistrationAccessTokenHash,
            DocumentHash = c.DocumentHash,
        };

    public Client ToClient()
    {
        if (TokenEndpointAuthMethod is null)
            throw new JsonException("token_endpoint_auth_method is missing.");
        if (GrantTypes is null)
            throw new JsonException("grant_types is missing.");
        if (ScopeSet.Parse(Scope).Failed(out var error, out _))
            throw new JsonException(error.Description);
        return ToClient(ClientId, Type) with
        {
            Provenance = Provenance,
            CreatedAt = ToTime(CreatedAt),
            Version = Version ?? 1,
            Secrets = [.. (Secrets ?? []).Select(ToSecret)],
            ScopeIsCeiling = ScopeIsCeiling,
            Org = Org,
            Disabled = Disabled,
            Trusted = Trusted,
            RequirePkce = RequirePkce,
            Introspects = Introspects ?? [],
            RegistrationAccessTokenHash = RegistrationAccessTokenHash,
            DocumentHash = DocumentHash,
        };
    }

    private static ClientSecret ToSecret(SecretData? s) =>
        s is null
            ? throw new JsonException("A secret is null.")
            : new()
            {
                Hash = s.Hash,
                ExpiresAt = s.ExpiresAt is { } until ? ToTime(until) : null,
                Generated = s.Generated,
            };

    private static DateTimeOffset ToTime(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new JsonException($"{milliseconds} is no time.");
}

/// <summary>The names of RFC 7591 where a member has one.</summary>
[JsonSerializable(typeof(ClientData))]
[JsonSourceGenerationOptions(
    Converters = [typeof(TextListConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true
)]
internal sealed partial class ClientJson : JsonSerializerContext;
