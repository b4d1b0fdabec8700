using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

public sealed partial record Client
{
    /// <summary>
    /// The client as JSON, for a registry that keeps it as one value: everything but <see cref="LastUsedOn"/>, which moves on its own.
    /// It holds hashes of secrets, so it belongs in a store and in no log.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(ClientData.Of(this), ClientJson.Default.ClientData);

    /// <summary>The client of a JSON text that <see cref="ToJson"/> made.</summary>
    /// <exception cref="JsonException">It is no such text.</exception>
    public static Client FromJson(string json) =>
        (JsonSerializer.Deserialize(json, ClientJson.Default.ClientData) ?? throw new JsonException("The client is null.")).ToClient();
}

/// <summary>A client as it is kept. A member that is added later must be optional: old texts do not have it.</summary>
internal sealed record ClientData
{
    public required string ClientId { get; init; }
    public required ClientType Type { get; init; }
    public required ClientProvenance Provenance { get; init; }
    public required string TokenEndpointAuthMethod { get; init; }

    /// <summary>Unix milliseconds, like every time here.</summary>
    public required long CreatedAt { get; init; }

    public long? Version { get; init; }

    public IReadOnlyList<SecretData>? Secrets { get; init; }
    public IReadOnlyList<string>? RedirectUris { get; init; }
    public required IReadOnlyList<string> GrantTypes { get; init; }
    public string? Scope { get; init; }
    public bool ScopeIsCeiling { get; init; }
    public string? Org { get; init; }
    public bool Disabled { get; init; }
    public bool Trusted { get; init; }
    public bool? RequirePkce { get; init; }
    public IReadOnlyList<string>? Introspects { get; init; }
    public string? ClientName { get; init; }
    public string? ClientUri { get; init; }
    public string? LogoUri { get; init; }
    public string? TosUri { get; init; }
    public string? PolicyUri { get; init; }
    public IReadOnlyList<string>? Contacts { get; init; }
    public string? SoftwareId { get; init; }
    public string? SoftwareVersion { get; init; }
    public string? ApplicationType { get; init; }
    public string? RegistrationAccessTokenHash { get; init; }
    public string? DocumentHash { get; init; }

    public sealed record SecretData(string Hash, long? ExpiresAt = null, bool Generated = false);

    public static ClientData Of(Client c) =>
        new()
        {
            ClientId = c.ClientId,
            Type = c.Type,
            Provenance = c.Provenance,
            TokenEndpointAuthMethod = c.TokenEndpointAuthMethod,
            CreatedAt = c.CreatedAt.ToUnixTimeMilliseconds(),
            Version = c.Version,
            Secrets = [.. c.Secrets.Select(s => new SecretData(s.Hash, s.ExpiresAt?.ToUnixTimeMilliseconds(), s.Generated))],
            RedirectUris = c.RedirectUris,
            GrantTypes = c.GrantTypes,
            Scope = c.Scope?.ToString(),
            ScopeIsCeiling = c.ScopeIsCeiling,
            Org = c.Org,
            Disabled = c.Disabled,
            Trusted = c.Trusted,
            RequirePkce = c.RequirePkce,
            Introspects = c.Introspects,
            ClientName = c.ClientName,
            ClientUri = c.ClientUri,
            LogoUri = c.LogoUri,
            TosUri = c.TosUri,
            PolicyUri = c.PolicyUri,
            Contacts = c.Contacts,
            SoftwareId = c.SoftwareId,
            SoftwareVersion = c.SoftwareVersion,
            ApplicationType = c.ApplicationType,
            RegistrationAccessTokenHash = c.RegistrationAccessTokenHash,
            DocumentHash = c.DocumentHash,
        };

    public Client ToClient() =>
        new()
        {
            ClientId = ClientId,
            Type = Type,
            Provenance = Provenance,
            TokenEndpointAuthMethod = TokenEndpointAuthMethod,
            CreatedAt = ToTime(CreatedAt),
            Version = Version ?? 1,
            Secrets = [.. (Secrets ?? []).Select(ToSecret)],
            RedirectUris = ToTexts(RedirectUris),
            GrantTypes = ToTexts(GrantTypes),
            Scope = Scope is null ? null : ToScope(Scope),
            ScopeIsCeiling = ScopeIsCeiling,
            Org = Org,
            Disabled = Disabled,
            Trusted = Trusted,
            RequirePkce = RequirePkce,
            Introspects = ToTexts(Introspects),
            ClientName = ClientName,
            ClientUri = ClientUri,
            LogoUri = LogoUri,
            TosUri = TosUri,
            PolicyUri = PolicyUri,
            Contacts = ToTexts(Contacts),
            SoftwareId = SoftwareId,
            SoftwareVersion = SoftwareVersion,
            ApplicationType = ApplicationType,
            RegistrationAccessTokenHash = RegistrationAccessTokenHash,
            DocumentHash = DocumentHash,
        };

    // Annotations are respected for members, not for what stands in a list.
    private static IReadOnlyList<string> ToTexts(IReadOnlyList<string>? texts) =>
        texts is not null && texts.Any(t => t is null) ? throw new JsonException("A list holds null.") : texts ?? [];

    private static ScopeSet ToScope(string text) =>
        ScopeSet.Parse(text).Failed(out var error, out var scope) ? throw new JsonException(error.Description) : scope;

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

/// <summary>The names of RFC 7591 where it has one.</summary>
[JsonSerializable(typeof(ClientData))]
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true
)]
internal sealed partial class ClientJson : JsonSerializerContext;
