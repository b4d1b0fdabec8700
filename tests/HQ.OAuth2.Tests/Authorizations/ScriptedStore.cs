namespace HQ.OAuth2;

/// <summary>The in-memory store, whose reads and writes a test may answer otherwise. Each script is asked once per call, in order.</summary>
internal sealed class ScriptedStore : IAuthorizationStore
{
    private readonly InMemoryAuthorizationStore inner = new();

    /// <summary>What to do at the next swaps instead of only swapping.</summary>
    public Queue<Func<IAuthorizationStore, AuthorizationRecord, Task<bool>>> Swaps { get; } = new();

    /// <summary>What to return at the next reads instead of the row.</summary>
    public Queue<Func<IAuthorizationStore, Task<AuthorizationRecord?>>> Reads { get; } = new();

    /// <summary>What to do at the next additions instead of only adding.</summary>
    public Queue<Func<IAuthorizationStore, AuthorizationRecord, Task>> Adds { get; } = new();

    public int Writes { get; private set; }

    public int Removals { get; private set; }

    public async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) =>
        await (Adds.TryDequeue(out var add) ? add(inner, record) : inner.AddAsync(record, ct).AsTask());

    public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
        Reads.TryDequeue(out var read) ? await read(inner) : await inner.FindAsync(id, ct);

    public async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
    {
        Writes++;
        return Swaps.TryDequeue(out var swap) ? await swap(inner, next) : await inner.TryUpdateAsync(next, ct);
    }

    public ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        Removals++;
        return inner.RemoveAsync(id, ct);
    }

    /// <summary>What lists answer instead; null = what the store has.</summary>
    public Page<AuthorizationRecord>? List { get; set; }

    public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
        List is { } list ? new(list) : inner.ListAsync(by, ct);

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        inner.RemoveExpiredAsync(now, limit, ct);
}
