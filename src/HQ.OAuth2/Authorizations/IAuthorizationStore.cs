namespace HQ.OAuth2;

/// <summary>
/// Where authorizations are: one row for everything that one login allowed a client. A store holds rows and swaps one if nobody else
/// has; it never learns what is in <see cref="AuthorizationRecord.Data"/>. Ids and subjects are compared ordinally. Throw when it
/// cannot be reached.
/// </summary>
public interface IAuthorizationStore
{
    /// <summary>Adds a row with a new id, committed when the call returns. Throws when the id is taken.</summary>
    ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct);

    /// <summary>The row with this id as the last committed write left it; null when there is none.</summary>
    ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct);

    /// <summary>
    /// Replaces the row where its version is one less than <paramref name="next"/>'s, committed when the call returns. False when
    /// another version is there, or none: it never inserts. Subject and client of a row never change.
    /// </summary>
    ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct);

    /// <summary>Removes the row, whatever its version. No error when it is gone already.</summary>
    ValueTask RemoveAsync(string id, CancellationToken ct);

    /// <summary>The rows of a subject, of a client, or of both, in a stable order.</summary>
    ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct);

    /// <summary>
    /// Removes at most <paramref name="limit"/> rows whose <see cref="AuthorizationRecord.PruneAfter"/> is past, the oldest first; returns
    /// how many.
    /// </summary>
    ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct);
}

/// <summary>One authorization as a store holds it: six columns.</summary>
/// <param name="Id">Its key, a version 7 UUID as 32 hexadecimal digits.</param>
/// <param name="Version">Counts its writes from 1; what <see cref="IAuthorizationStore.TryUpdateAsync"/> compares.</param>
/// <param name="Subject">Whose it is. To be indexed.</param>
/// <param name="ClientId">Which client's it is. To be indexed.</param>
/// <param name="PruneAfter">From when on nothing in it counts; moves in steps of a day. To be indexed.</param>
/// <param name="Data">The core's own JSON. It holds hashes, never a code or a token.</param>
public sealed record AuthorizationRecord(string Id, long Version, string Subject, string ClientId, DateTimeOffset PruneAfter, string Data);

/// <summary>Which authorizations to list; at least one of subject and client.</summary>
/// <param name="Subject">Of this subject; null = of any.</param>
/// <param name="ClientId">Of this client; null = of any.</param>
/// <param name="Limit">At most so many, 1 to 1000.</param>
/// <param name="After">The <see cref="Page{T}.Next"/> of the page before; null = from the start.</param>
public sealed record AuthorizationFilter(string? Subject, string? ClientId, int Limit = 100, string? After = null);
