using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>The server's answer about a token; null = the token is not active.</summary>
internal sealed record IntrospectedToken(AccessToken? Token)
{
    // The last time that a date can represent.
    private const long LastSecond = 253_402_300_799;

    private static readonly IntrospectedToken inactive = new((AccessToken?)null);

    /// <summary>
    /// Reads an answer (RFC 7662 §2.2). An answer without an end, an audience or a client, or with another issuer, counts as inactive, and so does
    /// one about a token that is bound to something else than a key: it must not pass for a bearer token.
    /// </summary>
    /// <exception cref="JsonException">The answer is no JSON object.</exception>
    public static IntrospectedToken Read(byte[] body, string issuer, string organizationClaim)
    {
        using var document = JsonDocument.Parse(body);
        var json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("The answer is no object.");
        if (
            !json.TryGetProperty("active", out var active)
            || active.ValueKind != JsonValueKind.True
            || (Text(json, "iss") is { } iss && iss != issuer)
            || Text(json, "client_id") is not { } clientId
            || Time(json, "exp") is not { } expiresAt
            || ScopeSet.Parse(Text(json, "scope")).Failed(out _, out var scope)
            || !TryReadKey(json, out var key)
        )
            return inactive;
        return new(
            new AccessToken
            {
                Subject = Text(json, "sub") ?? clientId,
                ClientId = clientId,
                Audience = Audience(json),
                Scope = scope,
                JwtId = Text(json, "jti") ?? "",
                IssuedAt = Time(json, "iat") ?? DateTimeOffset.UnixEpoch,
                ExpiresAt = expiresAt,
                SignedInAt = Time(json, AccessToken.SignInTimeClaim),
                Context = Text(json, AccessToken.ContextClaim),
                AuthorizationId = null,
                Key = key,
                Organization = Text(json, organizationClaim),
            }
        );
    }

    // RFC 9449 §6.2. A type of token without a confirmation is bound to something that the answer does not name.
    private static bool TryReadKey(JsonElement json, out string? key)
    {
        key = null;
        if (json.TryGetProperty(Confirmation.Claim, out var confirmation) && confirmation.ValueKind != JsonValueKind.Null)
            key = Confirmation.Read(confirmation);
        else
            return Text(json, "token_type") is not { } type || !type.Equals(TokenResponse.Dpop, StringComparison.OrdinalIgnoreCase);
        return key is not null;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string[] Audience(JsonElement json) =>
        !json.TryGetProperty("aud", out var aud) ? []
        : aud.ValueKind == JsonValueKind.Array
            ? [.. aud.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]
        : Text(json, "aud") is { } only ? [only]
        : [];
}
