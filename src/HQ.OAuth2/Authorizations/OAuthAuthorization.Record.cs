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
                    Context = Context,
                    Scope = Scope.ToString(),
                    Resources = Resources,
                    Organization = Organization,
                    PolicyNote = PolicyNote,
                    PausedAt = PausedAt?.ToUnixTimeMilliseconds(),
                    EndsAt = EndsAt?.ToUnixTimeMilliseconds(),
                    AccessUntil = AccessUntil?.ToUnixTimeMilliseconds(),
                    Code = new()
                    {
                        Hash = Code.Hash,
                        Challenge = Code.Challenge,
                        RedirectUri = Code.RedirectUri,
                        RedirectUriWasSent = Code.RedirectUriWasSent,
                        ExpiresAt = Code.ExpiresAt.ToUnixTimeMilliseconds(),
                        RedeemedAt = Code.RedeemedAt?.ToUnixTimeMilliseconds(),
                        Key = Code.Key,
                    },
                    Personal = Personal is { } p ? new() { Name = p.Name, UsedOn = p.UsedOn } : null,
                    Refresh = Refresh is { } r
                        ? new()
                        {
                            FamilyHash = r.FamilyHash,
                            Turn = r.Turn,
                            Hash = r.Hash,
                            ExpiresAt = r.ExpiresAt.ToUnixTimeMilliseconds(),
                            IdleUntil = r.IdleUntil.ToUnixTimeMilliseconds(),
                            UsedAt = r.UsedAt?.ToUnixTimeMilliseconds(),
                            Key = r.Key?.Thumbprint,
                            KeyFrom = r.Key?.From,
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
            WriteId = Needed(data.WriteId),
            ClientCreatedAt = Time(Needed(data.ClientCreatedAt)),
            IssuedAt = Time(Needed(data.IssuedAt)),
            SignedInAt = Time(data.SignedInAt),
            Context = data.Context,
            Scope = ScopeSet.Parse(Needed(data.Scope)).Value,
            Resources =
                Needed(data.Resources) is var resources && resources.All(r => r is not null)
                    ? resources
                    : throw new JsonException("A resource is null."),
            Organization = data.Organization,
            PolicyNote = data.PolicyNote,
            PausedAt = Time(data.PausedAt),
            EndsAt = Time(data.EndsAt),
            AccessUntil = Time(data.AccessUntil),
            Code = Read(Needed(data.Code)),
            Personal = data.Personal is { } personal ? new(Needed(personal.Name), personal.UsedOn) : null,
            Refresh = data.Refresh is { } refresh ? Read(refresh) : null,
            Consent = data.Consent is { } c ? new(Needed(c.RedirectHost), Time(Needed(c.Until)), c.DocumentHash) : null,
        };
    }

    private static CodeFact Read(AuthorizationData.CodeData code) =>
        new()
        {
            Hash = Needed(code.Hash),
            Challenge = code.Challenge,
            RedirectUri = Needed(code.RedirectUri),
            RedirectUriWasSent = code.RedirectUriWasSent,
            ExpiresAt = Time(Needed(code.ExpiresAt)),
            RedeemedAt = Time(code.RedeemedAt),
            Key = code.Key,
        };

    private static RefreshFact Read(AuthorizationData.RefreshData refresh) =>
        new()
        {
            FamilyHash = Needed(refresh.FamilyHash),
            Turn = Needed(refresh.Turn),
            Hash = Needed(refresh.Hash),
            ExpiresAt = Time(Needed(refresh.ExpiresAt)),
            IdleUntil = Time(Needed(refresh.IdleUntil)),
            UsedAt = Time(refresh.UsedAt),
            Key = refresh.Key is { } key ? new(key, Needed(refresh.KeyFrom)) : null,
            Spent = refresh.Spent is { } spent ? [.. spent.Select(Read)] : [],
        };

    private static SpentTurn Read(AuthorizationData.SpentData spent) =>
        new(Needed(spent.Turn), Needed(spent.Hash), Needed(spent.Salt), Time(Needed(spent.SpentAt)));

    private static T Needed<T>(T? member)
        where T : class => member ?? throw new JsonException("A member is missing.");

    private static T Needed<T>(T? member)
        where T : struct => member ?? throw new JsonException("A member is missing.");

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? Time(ms) : null;
}
