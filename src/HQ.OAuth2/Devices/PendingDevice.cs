using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// What a device asked for, and what the user answered: the value of its ticket, as JSON with short names. No part of it is a secret; the device
/// code is kept as its hash.
/// </summary>
internal sealed record PendingDevice
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The SHA-256 of the secret of the device code.</summary>
    [JsonPropertyName("h")]
    public required byte[] CodeHash { get; init; }

    [JsonPropertyName("c")]
    public required string ClientId { get; init; }

    /// <summary>The registration that the client had, as Unix milliseconds.</summary>
    [JsonPropertyName("cc")]
    public required long ClientCreatedAt { get; init; }

    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("res")]
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>The end of both codes, as Unix milliseconds.</summary>
    [JsonPropertyName("exp")]
    public required long ExpiresAt { get; init; }

    /// <summary>The answer: null = none yet, <see cref="Denied"/>, or what <see cref="AnswerOf"/> made of the approval.</summary>
    [JsonPropertyName("a")]
    public string? Answer { get; init; }

    /// <summary>The text that this was read from, which a replacement names; null before it is stored.</summary>
    [JsonIgnore]
    public string? Ticket { get; private init; }

    /// <summary>The answer of a user who refused.</summary>
    public const string Denied = "denied";

    /// <summary>
    /// An approval as text: who, in which organization, and what. Two posts that say the same are one answer.
    /// </summary>
    public static string AnswerOf(OAuthAuthorization approved) =>
        Convert.ToBase64String(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    JsonSerializer.Serialize(
                        [approved.Subject, approved.Organization ?? "", approved.Scope.ToString()],
                        PendingDeviceJson.Default.StringArray
                    )
                )
            )
        );

    /// <summary>Whether this client, in its present registration, asked.</summary>
    public bool IsOf(Client client) => ClientId == client.ClientId && ClientCreatedAt == client.CreatedAt.ToUnixTimeMilliseconds();

    /// <summary>Whether the device code is the one of this request: a user code that expired may belong to another device by now.</summary>
    public bool IsFor(DeviceCode code) => Id == code.Code.Id;

    /// <summary>What a poll is told without a look at the authorization (RFC 8628 §3.5); null = the user approved.</summary>
    public OAuthError? Refusal() =>
        Answer switch
        {
            null => OAuthError.AuthorizationPending,
            Denied => OAuthError.AccessDenied,
            _ => null,
        };

    /// <summary>The error for a poll that may not know of this request; null = it may.</summary>
    public OAuthError? Stranger(DeviceCode code, Client client) =>
        !IssuedText.Matches(code.Code.Secret, CodeHash) ? OAuthError.InvalidDeviceCode.Because("the secret of the code is wrong")
        : !IsOf(client) ? OAuthError.InvalidDeviceCode.Because($"the code was issued to client {ClientId}")
        : null;

    public string ToTicket() => JsonSerializer.Serialize(this, PendingDeviceJson.Default.PendingDevice);

    /// <summary>Null when this version did not write the text.</summary>
    public static PendingDevice? OfTicket(string ticket)
    {
        try
        {
            return JsonSerializer.Deserialize(ticket, PendingDeviceJson.Default.PendingDevice) is { } read
                ? read with
                {
                    Ticket = ticket,
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(PendingDevice))]
[JsonSerializable(typeof(string[]))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class PendingDeviceJson : JsonSerializerContext;
