namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A key store that cannot be reached while a test says so.</summary>
internal sealed class FailingKeyStore : IKeyStore
{
    private readonly InMemoryKeyStore inner = new();
    private int reads;

    public int Reads => reads;

    public Exception? Failure { get; set; }

    public ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref reads);
        return Failure is { } failure ? ValueTask.FromException<IReadOnlyList<KeyRecord>>(failure) : inner.ListAsync(ct);
    }

    public ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) => inner.TryAddAsync(key, ct);

    public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);
}
