namespace HQ.OAuth2;

/// <summary>
/// Where the keys of access tokens are, for all nodes: few, small, written a few times a year. Used outside of requests, so one instance
/// serves the process. Ids are compared ordinally. Throw when it cannot be reached.
/// </summary>
public interface IKeyStore
{
    /// <summary>Every key, as the last committed write left it.</summary>
    ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct);

    /// <summary>Adds a key, committed when the call returns. False when its id is taken: so one node of many makes it.</summary>
    ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct);

    /// <summary>Removes a key. No error when it is gone already.</summary>
    ValueTask RemoveAsync(string id, CancellationToken ct);
}

/// <summary>One key as a store holds it.</summary>
/// <param name="Id">What it is for and which in a row it is, for instance <c>signing-3</c>. Unique.</param>
/// <param name="ActiveFrom">From when on it signs or encrypts; before, it is only published.</param>
/// <param name="Data">The key itself, protected by the host (Data Protection): nothing in it is readable without that.</param>
public sealed record KeyRecord(string Id, DateTimeOffset ActiveFrom, string Data)
{
    // A record prints its members; what is protected need not be in a log either.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Id = ").Append(Id).Append(", ActiveFrom = ").Append(ActiveFrom.ToString("O"));
        return true;
    }
}
