using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// The Data column of a row: everything that has no column of its own, as JSON with short names. Times are Unix milliseconds, bytes are
/// base64, hashes are SHA-256. A member that is added later must be optional: old rows do not have it.
/// </summary>
internal sealed record AuthorizationData
{
    [JsonPropertyName("w")]
    public required string WriteId { get; init; }

    [JsonPropertyName("cc")]
    public required long ClientCreatedAt { get; init; }

    [JsonPropertyName("iat")]
    public required long IssuedAt { get; init; }

    [JsonPropertyName("sin")]
    public long? SignedInAt { get; init; }

    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("res")]
    public required IReadOnlyList<string> Resources { get; init; }

    [JsonPropertyName("au")]
    public long? AccessUntil { get; init; }

    [JsonPropertyName("code")]
    public required CodeData Code { get; init; }

    [JsonPropertyName("rt")]
    public RefreshData? Refresh { get; init; }

    [JsonPropertyName("consent")]
    public ConsentData? Consent { get; init; }

    public sealed record CodeData
    {
        [JsonPropertyName("h")]
        public required byte[] Hash { get; init; }

        [JsonPropertyName("c")]
        public string? Challenge { get; init; }

        [JsonPropertyName("uri")]
        public required string RedirectUri { get; init; }

        [JsonPropertyName("sent")]
        public bool RedirectUriWasSent { get; init; }

        [JsonPropertyName("exp")]
        public required long ExpiresAt { get; init; }

        [JsonPropertyName("red")]
        public long? RedeemedAt { get; init; }
    }

    public sealed record RefreshData
    {
        [JsonPropertyName("f")]
        public required byte[] FamilyHash { get; init; }

        [JsonPropertyName("n")]
        public required int Turn { get; init; }

        [JsonPropertyName("h")]
        public required byte[] Hash { get; init; }

        [JsonPropertyName("exp")]
        public required long ExpiresAt { get; init; }

        [JsonPropertyName("idle")]
        public required long IdleUntil { get; init; }

        [JsonPropertyName("used")]
        public long? UsedAt { get; init; }

        [JsonPropertyName("spent")]
        public IReadOnlyList<SpentData>? Spent { get; init; }
    }

    public sealed record SpentData
    {
        [JsonPropertyName("n")]
        public required int Turn { get; init; }

        [JsonPropertyName("h")]
        public required byte[] Hash { get; init; }

        [JsonPropertyName("s")]
        public required byte[] Salt { get; init; }

        [JsonPropertyName("at")]
        public required long SpentAt { get; init; }
    }

    public sealed record ConsentData
    {
        [JsonPropertyName("host")]
        public required string RedirectHost { get; init; }

        [JsonPropertyName("until")]
        public required long Until { get; init; }

        [JsonPropertyName("doc")]
        public string? DocumentHash { get; init; }
    }
}

[JsonSerializable(typeof(AuthorizationData))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AuthorizationJson : JsonSerializerContext;
