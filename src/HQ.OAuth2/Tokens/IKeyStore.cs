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
/// <param name="id">Its kind and its number, for instance <c>signing-3</c>. Unique.</param>
/// <param name="activeFrom">The time from which it signs or encrypts; before, it is only published.</param>
/// <param name="data">The key itself, protected by the host (Data Protection): it cannot be read without that.</param>
public sealed class KeyRecord(string id, DateTimeOffset activeFrom, string data)
{
    /// <summary>Its kind and its number, for instance <c>signing-3</c>. Unique.</summary>
    public string Id { get; } = id;

    /// <summary>The time from which it signs or encrypts; before, it is only published.</summary>
    public DateTimeOffset ActiveFrom { get; } = activeFrom;

    /// <summary>The key itself, protected by the host (Data Protection): it cannot be read without that.</summary>
    public string Data { get; } = data;
}
