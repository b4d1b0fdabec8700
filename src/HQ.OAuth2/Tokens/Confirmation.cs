using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>How the sender of an access token proves that it is his (RFC 7800 §3.1, RFC 9449 §6).</summary>
/// <param name="Thumbprint">The thumbprint of the key that he proves to have.</param>
internal sealed record Confirmation([property: JsonPropertyName(Confirmation.Member)] string Thumbprint)
{
    /// <summary>The claim, and the member of an introspection.</summary>
    public const string Claim = "cnf";

    public const string Member = "jkt";

    /// <summary>The thumbprint of a confirmation; null when it is one of another kind, which this server does not check.</summary>
    public static string? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(Member, out var key) ? SignedJwt.Text(key) : null;
}
