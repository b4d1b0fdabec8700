using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>Every answer in JSON: members by the standard's names, null members left out, no reflection.</summary>
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(DeviceAuthorizationResponse))]
[JsonSerializable(typeof(PushedAuthorizationResponse))]
[JsonSerializable(typeof(IntrospectionResponse))]
[JsonSerializable(typeof(RegistrationResponse))]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(KeySet))]
[JsonSerializable(typeof(ProtectedResourceMetadata))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class OAuthJson : JsonSerializerContext;

/// <summary>An error as JSON (RFC 6749 §5.2).</summary>
internal sealed record ErrorResponse(string Error, string ErrorDescription, string? ErrorUri);
