using HQ.OAuth2;

internal sealed class MyStore(string database = "") : IAuthorizationStore
{
    public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => throw new NotSupportedException(database);

    public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask RemoveAsync(string id, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) =>
        throw new NotSupportedException();

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) => throw new NotSupportedException();
}
