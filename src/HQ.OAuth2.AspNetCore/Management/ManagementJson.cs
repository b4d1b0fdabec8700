using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The management API in JSON.</summary>
[JsonSerializable(typeof(ClientBody))]
[JsonSerializable(typeof(RotationBody))]
[JsonSerializable(typeof(ClientResponse))]
[JsonSerializable(typeof(ClientsResponse))]
[JsonSerializable(typeof(RevokedResponse))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(TextListConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class ManagementJson : JsonSerializerContext;
