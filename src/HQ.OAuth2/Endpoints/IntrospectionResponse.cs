using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The answer of the introspection endpoint (RFC 7662 §2.2). For an inactive token it has no other member.</summary>
internal sealed record IntrospectionResponse
{
    public static IntrospectionResponse Inactive { get; } = new() { Active = false };

    [JsonPropertyName("active")]
    public required bool Active { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    [JsonPropertyName("token_type")]
    public string? TokenType { get; init; }

    [JsonPropertyName("exp")]
    public long? ExpiresAt { get; init; }

    [JsonPropertyName("iat")]
    public long? IssuedAt { get; init; }

    /// <summary>When the user signed in (RFC 9470 §6.2); null when it is unknown or no user is involved.</summary>
    [JsonPropertyName("auth_time")]
    public long? SignedInAt { get; init; }

    /// <summary>How the user signed in (RFC 9470 §6.2); null when it is unknown or no user is involved.</summary>
    [JsonPropertyName("acr")]
    public string? Context { get; init; }

    [JsonPropertyName("sub")]
    public string? Subject { get; init; }

    [JsonPropertyName("aud")]
    [JsonConverter(typeof(AudienceConverter))]
    public IReadOnlyList<string>? Audience { get; init; }

    [JsonPropertyName("iss")]
    public string? Issuer { get; init; }

    /// <summary>The key that the token is bound to (RFC 9449 §6.2); null = none.</summary>
    [JsonPropertyName(OAuth2.Confirmation.Claim)]
    public Confirmation? Confirmation { get; init; }

    [JsonPropertyName("jti")]
    public string? JwtId { get; init; }

    /// <summary>
    /// The member for the organization, whose name the host chooses; null when there is none. It can be set: the serializer takes a member that
    /// is initialized for a constructor parameter, which this one must not be.
    /// </summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? HostMembers { get; set; }

    /// <summary>One value as a string, several as an array (RFC 7519 §4.1.3).</summary>
    internal sealed class AudienceConverter : JsonConverter<IReadOnlyList<string>>
    {
        public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Answers are written only.");

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
        {
            if (value is [var only])
            {
                writer.WriteStringValue(only);
                return;
            }

            writer.WriteStartArray();
            foreach (var audience in value)
                writer.WriteStringValue(audience);
            writer.WriteEndArray();
        }
    }
}
