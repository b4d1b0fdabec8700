using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// The Data column of a row: everything that is no column of its own, as JSON with short names. Times are Unix milliseconds, bytes are
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

internal sealed partial record OAuthAuthorization
{
    /// <summary>The row as a store holds it.</summary>
    public AuthorizationRecord ToRecord() =>
        new(
            Id,
            Version,
            Subject,
            ClientId,
            PruneAfter,
            JsonSerializer.Serialize(
                new()
                {
                    WriteId = WriteId,
                    ClientCreatedAt = ClientCreatedAt.ToUnixTimeMilliseconds(),
                    IssuedAt = IssuedAt.ToUnixTimeMilliseconds(),
                    SignedInAt = SignedInAt?.ToUnixTimeMilliseconds(),
                    Scope = Scope.ToString(),
                    Resources = Resources,
                    AccessUntil = AccessUntil?.ToUnixTimeMilliseconds(),
                    Code = new()
                    {
                        Hash = Code.Hash,
                        Challenge = Code.Challenge,
                        RedirectUri = Code.RedirectUri,
                        RedirectUriWasSent = Code.RedirectUriWasSent,
                        ExpiresAt = Code.ExpiresAt.ToUnixTimeMilliseconds(),
                        RedeemedAt = Code.RedeemedAt?.ToUnixTimeMilliseconds(),
                    },
                    Refresh = Refresh is { } r
                        ? new()
                        {
                            FamilyHash = r.FamilyHash,
                            Turn = r.Turn,
                            Hash = r.Hash,
                            ExpiresAt = r.ExpiresAt.ToUnixTimeMilliseconds(),
                            IdleUntil = r.IdleUntil.ToUnixTimeMilliseconds(),
                            UsedAt = r.UsedAt?.ToUnixTimeMilliseconds(),
                            Spent =
                                r.Spent.Count == 0
                                    ? null
                                    :
                                    [
                                        .. r.Spent.Select(s => new AuthorizationData.SpentData
                                        {
                                            Turn = s.Turn,
                                            Hash = s.Hash,
                                            Salt = s.Salt,
                                            SpentAt = s.SpentAt.ToUnixTimeMilliseconds(),
                                        }),
                                    ],
                        }
                        : null,
                    Consent = Consent is { } c
                        ? new()
                        {
                            RedirectHost = c.RedirectHost,
                            Until = c.Until.ToUnixTimeMilliseconds(),
                            DocumentHash = c.DocumentHash,
                        }
                        : null,
                },
                AuthorizationJson.Default.AuthorizationData
            )
        );

    /// <summary>The row that a store holds.</summary>
    /// <exception cref="JsonException">The data is not ours.</exception>
    public static OAuthAuthorization FromRecord(AuthorizationRecord record)
    {
        var data =
            JsonSerializer.Deserialize(record.Data, AuthorizationJson.Default.AuthorizationData)
            ?? throw new JsonException("The data is null.");
        return new()
        {
            Id = record.Id,
            Version = record.Version,
            Subject = record.Subject,
            ClientId = record.ClientId,
            WriteId = data.WriteId,
            ClientCreatedAt = Time(data.ClientCreatedAt),
            IssuedAt = Time(data.IssuedAt),
            SignedInAt = Time(data.SignedInAt),
            Scope = ScopeSet.Parse(data.Scope).Value,
            Resources = data.Resources.All(r => r is not null) ? data.Resources : throw new JsonException("A resource is null."),
            AccessUntil = Time(data.AccessUntil),
            Code = new()
            {
                Hash = data.Code.Hash,
                Challenge = data.Code.Challenge,
                RedirectUri = data.Code.RedirectUri,
                RedirectUriWasSent = data.Code.RedirectUriWasSent,
                ExpiresAt = Time(data.Code.ExpiresAt),
                RedeemedAt = Time(data.Code.RedeemedAt),
            },
            Refresh = data.Refresh is { } r
                ? new()
                {
                    FamilyHash = r.FamilyHash,
                    Turn = r.Turn,
                    Hash = r.Hash,
                    ExpiresAt = Time(r.ExpiresAt),
                    IdleUntil = Time(r.IdleUntil),
                    UsedAt = Time(r.UsedAt),
                    Spent = [.. (r.Spent ?? []).Select(s => new SpentTurn(s.Turn, s.Hash, s.Salt, Time(s.SpentAt)))],
                }
                : null,
            Consent = data.Consent is { } c ? new(c.RedirectHost, Time(c.Until), c.DocumentHash) : null,
        };
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? Time(ms) : null;
}
