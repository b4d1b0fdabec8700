namespace HQ.OAuth2;

/// <summary>Where clients are. The one thing nearly every host replaces; throw when it cannot be reached, never return null for that.</summary>
public interface IClientStore
{
    /// <summary>The client with this identifier, compared ordinally; null when there is none.</summary>
    ValueTask<Client?> FindAsync(string clientId, CancellationToken ct);
}

/// <summary>
/// A client store that clients can be added to: needed for dynamic registration and for registration by hand at run time; it also keeps
/// the metadata documents that users approved. It keeps each client as the text of <see cref="Client.ToJson"/>, with columns beside it for
/// what it is asked by.
/// </summary>
public interface IClientRegistry : IClientStore
{
    /// <summary>Adds a client with the version it has. False when the identifier is taken; the client that has it is unchanged.</summary>
    ValueTask<bool> TryAddAsync(Client client, CancellationToken ct);

    /// <summary>
    /// Replaces a client only where the stored <see cref="Client.Version"/> is <c>next.Version - 1</c>, in one atomic step; of parallel
    /// updates with one version exactly one wins. <see cref="Client.LastUsedOn"/> stays as it is stored. False when there is no such client
    /// or its version differs; it never inserts.
    /// </summary>
    ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct);

    /// <summary>Removes a client. False when there is none.</summary>
    ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct);

    /// <summary>Clients in a stable order, a page at a time.</summary>
    ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct);

    /// <summary>How many clients of this provenance there are. Called at most once a minute and node, while clients register.</summary>
    ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct);

    /// <summary>
    /// Moves <see cref="Client.LastUsedOn"/> forward to a day, never back, and touches nothing else of the client, its version neither. No
    /// error when there is no such client. Called at most once a day for a client and node.
    /// </summary>
    ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct);

    /// <summary>
    /// Removes at most <paramref name="limit"/> clients that nobody here registered (<see cref="ClientProvenance.Dcr"/> and
    /// <see cref="ClientProvenance.Cimd"/>): those never used and made before one time, and those last used before a day. Returns how many. A client that is used meanwhile stays.
    /// </summary>
    ValueTask<int> RemoveUnusedAsync(DateTimeOffset neverUsedAndMadeBefore, DateOnly lastUsedBefore, int limit, CancellationToken ct);
}

/// <summary>Which clients to list.</summary>
/// <param name="org">Of this organization; null = of any.</param>
/// <param name="provenance">Of this provenance; null = of any.</param>
/// <param name="limit">At most so many, 1 to 1000.</param>
/// <param name="after">The <see cref="Page{T}.Next"/> of the page before; null = from the start.</param>
public sealed class ClientFilter(string? org = null, ClientProvenance? provenance = null, int limit = 100, string? after = null)
{
    /// <summary>Of this organization; null = of any.</summary>
    public string? Org { get; } = org;

    /// <summary>Of this provenance; null = of any.</summary>
    public ClientProvenance? Provenance { get; } = provenance;

    /// <summary>At most so many, 1 to 1000.</summary>
    public int Limit { get; } = limit;

    /// <summary>The <see cref="Page{T}.Next"/> of the page before; null = from the start.</summary>
    public string? After { get; } = after;

    /// <summary>
    /// With one of these <see cref="Client.NameKey"/>s, at most a few dozen; null = with any. Asked for <c>api</c> clients only, before each
    /// consent page of a self-registered client: answer it from an index.
    /// </summary>
    public IReadOnlyList<string>? NameKeys { get; init; }
}
