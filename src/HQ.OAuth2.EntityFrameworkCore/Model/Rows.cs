namespace HQ.OAuth2;

/// <summary>A row of <c>hq_authorizations</c>.</summary>
internal sealed class AuthorizationRow
{
    public required string Id { get; init; }
    public required long Version { get; init; }
    public required string Subject { get; init; }
    public required string ClientId { get; init; }

    /// <summary>The subject if the indexed column does not contain it; otherwise null. Only in databases with short index keys.</summary>
    public string? LongSubject { get; init; }

    /// <summary>The same for the client id.</summary>
    public string? LongClientId { get; init; }
    public required DateTimeOffset PruneAfter { get; init; }
    public required string Data { get; init; }

    public static AuthorizationRow Of(AuthorizationRecord r) =>
        new()
        {
            Id = r.Id,
            Version = r.Version,
            Subject = r.Subject,
            ClientId = r.ClientId,
            LongSubject = IndexText.Beside(r.Subject),
            LongClientId = IndexText.Beside(r.ClientId),
            PruneAfter = r.PruneAfter,
            Data = r.Data,
        };

    public AuthorizationRecord ToRecord() => new(Id, Version, LongSubject ?? Subject, LongClientId ?? ClientId, PruneAfter, Data);
}

/// <summary>A row of <c>hq_clients</c>: the client as JSON, and columns for values that are searched for or updated separately.</summary>
internal sealed class ClientRow
{
    public required string ClientId { get; init; }
    public required long Version { get; init; }
    public required string Provenance { get; init; }
    public required string? Org { get; init; }

    /// <summary>The key of the name of an <c>api</c> client; null = the row is older than the column, or is no such client.</summary>
    public required string? NameKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateOnly? LastUsedOn { get; init; }
    public required string Data { get; init; }

    public static ClientRow Of(Client c) =>
        new()
        {
            ClientId = c.ClientId,
            Version = c.Version,
            Provenance = c.Provenance.Name(),
            Org = c.Org,
            NameKey = c.Provenance == ClientProvenance.Api ? c.NameKey : null,
            CreatedAt = c.CreatedAt,
            LastUsedOn = c.LastUsedOn,
            Data = c.ToJson(),
        };

    public Client ToClient() => Client.FromJson(Data) with { LastUsedOn = LastUsedOn, Version = Version };
}

/// <summary>A row of <c>hq_keys</c>.</summary>
internal sealed class KeyRow
{
    public required string Id { get; init; }
    public required DateTimeOffset ActiveFrom { get; init; }
    public required string Data { get; init; }
}

/// <summary>A row of <c>hq_tickets</c>.</summary>
internal sealed class TicketRow
{
    public required string Key { get; init; }
    public required string Value { get; init; }
    public required DateTimeOffset Until { get; init; }
}
