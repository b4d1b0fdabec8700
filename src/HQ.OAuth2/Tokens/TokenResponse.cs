using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The successful answer of the token endpoint (RFC 6749 §5.1). Absent members are left out.</summary>
public sealed record TokenResponse
{
    /// <summary>The access token.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary>The type of the access token.</summary>
    [JsonPropertyName("token_type")]
    public string TokenType { get; init; } = "Bearer";

    /// <summary>Its lifetime in seconds.</summary>
    [JsonPropertyName("expires_in")]
    public required long ExpiresIn { get; init; }

    /// <summary>The live refresh token; null when the client gets none.</summary>
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>The scope of the access token, always present.</summary>
    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    // A record prints its members; this one must not print the tokens.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Scope = ").Append(Scope);
        return true;
    }
}
