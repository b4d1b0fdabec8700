namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The store in memory, with something that happens before each operation.</summary>
internal abstract class WrappedAuthorizationStore : IAuthorizationStore
{
    private readonly InMemoryAuthorizationStore inner = new();

    protected abstract Task BeforeAsync(string operation);

    public async ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
    {
        await BeforeAsync("add");
        await inner.AddAsync(record, ct);
    }

    public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
    {
        await BeforeAsync("find");
        return await inner.FindAsync(id, ct);
    }

    public async ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
    {
        await BeforeAsync("update");
        return await inner.TryUpdateAsync(next, ct);
    }

    public async ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        await BeforeAsync("remove");
        await inner.RemoveAsync(id, ct);
    }

    public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
    {
        await BeforeAsync("list");
        return await inner.ListAsync(by, ct);
    }

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        inner.RemoveExpiredAsync(now, limit, ct);
}

/// <summary>A store that cannot be reached while a test says so.</summary>
internal sealed class FailingAuthorizationStore : WrappedAuthorizationStore
{
    public Exception? Failure { get; set; }

    /// <summary>Which operation fails; null = all.</summary>
    public string? Only { get; set; }

    protected override Task BeforeAsync(string operation) =>
        Failure is { } failure && (Only is null || Only == operation) ? Task.FromException(failure) : Task.CompletedTask;
}

/// <summary>A client store that cannot be reached while a test says so.</summary>
internal sealed class FailingClientStore : IClientStore
{
    public InMemoryClientRegistry Inner { get; } = new();

    public Exception? Failure { get; set; }

    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
        Failure is { } failure ? ValueTask.FromException<Client?>(failure) : Inner.FindAsync(clientId, ct);
}
