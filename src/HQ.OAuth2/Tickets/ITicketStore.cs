namespace HQ.OAuth2;

/// <summary>
/// Values that all nodes share or that are single-use, and that are no authorizations: a revoked <c>jti</c>, for instance. Most tickets live for
/// minutes. One for each approved form lives for a day; one for each user and client with a remembered consent lives as long as the consent; a
/// metadata document that a user approved lives for up to two periods of 180 days, if the client store cannot add clients. Keys and values are
/// compared ordinally. Throw when the store cannot be reached.
/// </summary>
public interface ITicketStore
{
    /// <summary>Adds a ticket that is valid until a time. False when a valid ticket with this key exists.</summary>
    ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct);

    /// <summary>The value of a ticket; null when there is none, or its time has passed.</summary>
    ValueTask<string?> FindAsync(string key, CancellationToken ct);

    /// <summary>Replaces the value of a ticket if it is still <paramref name="expected"/>; its time stays. False otherwise.</summary>
    ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct);

    /// <summary>Removes a ticket. False when there was no valid one: of several callers exactly one gets true.</summary>
    ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct);

    /// <summary>
    /// Removes at most <paramref name="limit"/> tickets whose time has passed; returns how many. An engine that removes them itself returns 0.
    /// </summary>
    ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct);
}
