namespace HQ.OAuth2;

/// <summary>A key store in memory, shared by the nodes of a test, that counts its reads and cannot be reached while a test says so.</summary>
internal sealed class ScriptedKeyStore(IKeyStore inner) : IKeyStore
{
    private int reads;

    public int Reads => reads;

    public Exception? Failure { get; set; }

    public async ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref reads);
        await ReachAsync();
        return await inner.ListAsync(ct);
    }

    public async ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct)
    {
        await ReachAsync();
        return await inner.TryAddAsync(key, ct);
    }

    public async ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        await ReachAsync();
        await inner.RemoveAsync(id, ct);
    }

    // A store is elsewhere: others go on meanwhile.
    private async Task ReachAsync()
    {
        await Task.Yield();
        if (Failure is { } failure)
            throw failure;
    }
}
