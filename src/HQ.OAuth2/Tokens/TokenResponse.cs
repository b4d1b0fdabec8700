using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The successful answer of the token endpoint (RFC 6749 §5.1). Absent members are left out.</summary>
public sealed class TokenResponse
{
    internal const string Bearer = "Bearer";
    internal const string Dpop = "DPoP";

    internal TokenResponse() { }

    /// <summary>The access token.</summary>
    [JsonPropertyName("access_token")]
    public string AccessToken { get; internal init; } = "";

    /// <summary>The type of the access token: <c>Bearer</c>, or <c>DPoP</c> when it is bound to a key (RFC 9449 §5).</summary>
    [JsonPropertyName("token_type")]
    public string TokenType { get; internal init; } = Bearer;

    /// <summary>Its lifetime in seconds.</summary>
    [JsonPropertyName("expires_in")]
    public long ExpiresIn { get; internal init; }

    /// <summary>The live refresh token; null when the client gets none.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; internal init; }

    /// <summary>How many seconds the refresh token lasts if it is not used; null when the host does not tell, or there is none.</summary>
    [JsonPropertyName("refresh_token_expires_in")]
    public long? RefreshTokenExpiresIn { get; internal init; }

    /// <summary>How many seconds refreshing goes on at most; null when the host does not tell, or there is no refresh token.</summary>
    [JsonPropertyName("authorization_expires_in")]
    public long? AuthorizationExpiresIn { get; internal init; }

    /// <summary>The scope of the access token, always present.</summary>
    [JsonPropertyName("scope")]
    public string Scope { get; internal init; } = "";
}
