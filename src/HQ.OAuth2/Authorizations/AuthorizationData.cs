using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// The Data column of a row: everything that has no column of its own, as JSON with short names. Times are Unix milliseconds, bytes are
/// base64, hashes are SHA-256. A member that is added later must be optional: old rows do not have it. The members can be set and are checked
/// by <see cref="OAuthAuthorization.FromRecord"/>: for members that must be initialized the serializer collects arguments first, and boxes
/// the numbers among them, at each introspection.
/// </summary>
internal sealed class AuthorizationData
{
    [JsonPropertyName("w")]
    public string? WriteId { get; set; }

    [JsonPropertyName("cc")]
    public long? ClientCreatedAt { get; set; }

    [JsonPropertyName("iat")]
    public long? IssuedAt { get; set; }

    [JsonPropertyName("sin")]
    public long? SignedInAt { get; set; }

    [JsonPropertyName("acr")]
    public string? Context { get; set; }

    [JsonPropertyName("scope")]
    public string? Scope { get; set; }

    [JsonPropertyName("res")]
    public IReadOnlyList<string>? Resources { get; set; }

    [JsonPropertyName("org")]
    public string? Organization { get; set; }

    [JsonPropertyName("note")]
    public string? PolicyNote { get; set; }

    [JsonPropertyName("pause")]
    public long? PausedAt { get; set; }

    [JsonPropertyName("end")]
    public long? EndsAt { get; set; }

    [JsonPropertyName("au")]
    public long? AccessUntil { get; set; }

    [JsonPropertyName("code")]
    public CodeData? Code { get; set; }

    [JsonPropertyName("pat")]
    public PersonalData? Personal { get; set; }

    [JsonPropertyName("rt")]
    public RefreshData? Refresh { get; set; }

    [JsonPropertyName("consent")]
    public ConsentData? Consent { get; set; }

    public sealed class CodeData
    {
        [JsonPropertyName("h")]
        public byte[]? Hash { get; set; }

        [JsonPropertyName("c")]
        public string? Challenge { get; set; }

        [JsonPropertyName("uri")]
        public string? RedirectUri { get; set; }

        [JsonPropertyName("sent")]
        public bool RedirectUriWasSent { get; set; }

        [JsonPropertyName("exp")]
        public long? ExpiresAt { get; set; }

        [JsonPropertyName("red")]
        public long? RedeemedAt { get; set; }

        [JsonPropertyName("jkt")]
        public string? Key { get; set; }
    }

    public sealed class PersonalData
    {
        [JsonPropertyName("name")]
        public string? Name { get; set; }

        [JsonPropertyName("used")]
        public DateOnly? UsedOn { get; set; }
    }

    public sealed class RefreshData
    {
        [JsonPropertyName("f")]
        public byte[]? FamilyHash { get; set; }

        [JsonPropertyName("n")]
        public int? Turn { get; set; }

        [JsonPropertyName("h")]
        public byte[]? Hash { get; set; }

        [JsonPropertyName("exp")]
        public long? ExpiresAt { get; set; }

        [JsonPropertyName("idle")]
        public long? IdleUntil { get; set; }

        [JsonPropertyName("used")]
        public long? UsedAt { get; set; }

        [JsonPropertyName("spent")]
        public IReadOnlyList<SpentData>? Spent { get; set; }

        [JsonPropertyName("jkt")]
        public string? Key { get; set; }

        [JsonPropertyName("jktn")]
        public int? KeyFrom { get; set; }
    }

    public sealed class SpentData
    {
        [JsonPropertyName("n")]
        public int? Turn { get; set; }

        [JsonPropertyName("h")]
        public byte[]? Hash { get; set; }

        [JsonPropertyName("s")]
        public byte[]? Salt { get; set; }

        [JsonPropertyName("at")]
        public long? SpentAt { get; set; }
    }

    public sealed class ConsentData
    {
        [JsonPropertyName("host")]
        public string? RedirectHost { get; set; }

        [JsonPropertyName("until")]
        public long? Until { get; set; }

        [JsonPropertyName("doc")]
        public string? DocumentHash { get; set; }
    }
}

[JsonSerializable(typeof(AuthorizationData))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AuthorizationJson : JsonSerializerContext;
