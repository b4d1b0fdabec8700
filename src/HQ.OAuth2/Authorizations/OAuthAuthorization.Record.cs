using System.Text.Json;

namespace HQ.OAuth2;

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
    /// <exception cref="JsonException">The data was not written by this server.</exception>
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
