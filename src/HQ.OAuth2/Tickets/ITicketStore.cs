namespace HQ.OAuth2;

/// <summary>
/// What must be shared by nodes or be single-use and is no authorization: a revoked <c>jti</c>, for instance. Most tickets live for minutes;
/// one for each approved form lives for a day; a metadata document that a user approved lives for up to two periods of 180 days, where the client store cannot add clients.
/// Keys and values are compared ordinally. Throw when it cannot be reached.
/// </summary>
public interface ITicketStore
{
    /// <summary>Adds a ticket that counts until a time. False when one with this key is there and still counts.</summary>
    ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct);

    /// <summary>The value of a ticket; null when there is none, or its time is over.</summary>
    ValueTask<string?> FindAsync(string key, CancellationToken ct);

    /// <summary>Replaces the value of a ticket where it is still <paramref name="expected"/>; its time stays. False otherwise.</summary>
    ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct);

    /// <summary>Removes a ticket. False when there was none that counts: so one caller of many wins.</summary>
    ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct);

    /// <summary>Removes at most <paramref name="limit"/> tickets whose time is over; returns how many. An engine that does so itself returns 0.</summary>
    ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct);
}
