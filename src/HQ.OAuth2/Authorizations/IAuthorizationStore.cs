namespace HQ.OAuth2;

/// <summary>
/// Stores authorizations: one row for everything that one login allowed a client. A store keeps rows and replaces a row if its version
/// is unchanged; it does not read <see cref="AuthorizationRecord.Data"/>. Ids and subjects are compared ordinally. A method throws when
/// the store cannot be reached.
/// </summary>
public interface IAuthorizationStore
{
    /// <summary>Adds a row with a new id, committed when the call returns. Throws when the id is taken.</summary>
    ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct);

    /// <summary>The row with this id as the last committed write left it; null when there is none.</summary>
    ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct);

    /// <summary>
    /// Replaces the row if its version is one less than <paramref name="next"/>'s, committed when the call returns. False when
    /// the row has another version or does not exist: it never inserts. Subject and client of a row never change.
    /// </summary>
    ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct);

    /// <summary>Removes the row, whatever its version. No error when it is gone already.</summary>
    ValueTask RemoveAsync(string id, CancellationToken ct);

    /// <summary>The rows of a subject, of a client, or of both, in a stable order.</summary>
    ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct);

    /// <summary>
    /// Removes at most <paramref name="limit"/> rows whose <see cref="AuthorizationRecord.PruneAfter"/> is past, the oldest first; returns
    /// their number.
    /// </summary>
    ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct);
}

/// <summary>One authorization as a store holds it: six columns.</summary>
/// <param name="Id">Its key, a version 7 UUID as 32 hexadecimal digits.</param>
/// <param name="Version">Counts its writes from 1; <see cref="IAuthorizationStore.TryUpdateAsync"/> compares it.</param>
/// <param name="Subject">The user who granted it. To be indexed.</param>
/// <param name="ClientId">The client it was granted to. To be indexed.</param>
/// <param name="PruneAfter">The time after which the row has no effect and may be removed; moves in steps of a day. To be indexed.</param>
/// <param name="Data">The core's own JSON. It holds hashes, never a code or a token.</param>
public sealed record AuthorizationRecord(string Id, long Version, string Subject, string ClientId, DateTimeOffset PruneAfter, string Data);

/// <summary>Selects authorizations to list, by subject, by client or by both.</summary>
/// <param name="subject">The subject; null = any.</param>
/// <param name="clientId">The client; null = any.</param>
/// <param name="limit">The greatest number of rows, 1 to 1000.</param>
/// <param name="after">The <see cref="Page{T}.Next"/> of the previous page; null = from the start.</param>
public sealed class AuthorizationFilter(string? subject, string? clientId, int limit = 100, string? after = null)
{
    /// <summary>The subject; null = any.</summary>
    public string? Subject { get; } = subject;

    /// <summary>The client; null = any.</summary>
    public string? ClientId { get; } = clientId;

    /// <summary>The greatest number of rows, 1 to 1000.</summary>
    public int Limit { get; } = limit;

    /// <summary>The <see cref="Page{T}.Next"/> of the previous page; null = from the start.</summary>
    public string? After { get; } = after;

    /// <summary>
    /// Whether the newest come first, for a look at a few of them: never together with <see cref="After"/>. Asked with a subject and a client
    /// before a consent page. Ids are in the order of time, so an index has them in this order too.
    /// </summary>
    public bool NewestFirst { get; init; }
}
