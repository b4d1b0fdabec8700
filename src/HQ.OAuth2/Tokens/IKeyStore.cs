namespace HQ.OAuth2;

/// <summary>
/// Stores the keys of access tokens for all nodes: few, small, written a few times a year. It is used outside of requests, so one instance
/// serves the process. Ids are compared ordinally. A method throws when the store cannot be reached.
/// </summary>
public interface IKeyStore
{
    /// <summary>Every key, as the last committed write left it.</summary>
    ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct);

    /// <summary>Adds a key, committed when the call returns. False when its id is taken: so only one of many nodes makes it.</summary>
    ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct);

    /// <summary>Removes a key. No error when it is gone already.</summary>
    ValueTask RemoveAsync(string id, CancellationToken ct);
}

/// <summary>One key as a store holds it.</summary>
/// <param name="Id">Its kind and its number, for instance <c>signing-3</c>. Unique.</param>
/// <param name="ActiveFrom">The time from which it signs or encrypts; before, it is only published.</param>
/// <param name="Data">The key itself, protected by the host (Data Protection): it cannot be read without that.</param>
public sealed record KeyRecord(string Id, DateTimeOffset ActiveFrom, string Data)
{
    // A record prints its members; this one must not print the key, although it is protected.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Id = ").Append(Id).Append(", ActiveFrom = ").Append(ActiveFrom.ToString("O"));
        return true;
    }
}
