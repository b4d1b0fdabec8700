namespace HQ.OAuth2;

/// <summary>The reference store: rows in memory, lost when the process ends. It has one lock, so that its rules are easy to read.</summary>
internal sealed class InMemoryAuthorizationStore : IAuthorizationStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, AuthorizationRecord> rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> bySubject = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> byClient = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Subject, string Client), SortedSet<string>> byBoth = [];
    private readonly SortedSet<(DateTimeOffset PruneAfter, string Id)> byAge = new(ByAge);

    // A tuple's own comparison of text depends on the culture of the process.
    private static Comparer<(DateTimeOffset PruneAfter, string Id)> ByAge { get; } =
        Comparer<(DateTimeOffset PruneAfter, string Id)>.Create(
            (a, b) => a.PruneAfter.CompareTo(b.PruneAfter) is not 0 and var age ? age : string.CompareOrdinal(a.Id, b.Id)
        );

    public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
    {
        lock (gate)
        {
            rows.Add(record.Id, record);
            IdsOf(bySubject, record.Subject).Add(record.Id);
            IdsOf(byClient, record.ClientId).Add(record.Id);
            IdsOf(byBoth, (record.Subject, record.ClientId)).Add(record.Id);
            byAge.Add((record.PruneAfter, record.Id));
        }

        return default;
    }

    public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
    {
        lock (gate)
            return new(rows.GetValueOrDefault(id));
    }

    public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
    {
        lock (gate)
        {
            if (!rows.TryGetValue(next.Id, out var current) || current.Version != next.Version - 1)
                return new(false);
            rows[next.Id] = next;
            if (current.PruneAfter != next.PruneAfter)
            {
                byAge.Remove((current.PruneAfter, current.Id));
                byAge.Add((next.PruneAfter, next.Id));
            }

            return new(true);
        }
    }

    public ValueTask RemoveAsync(string id, CancellationToken ct)
    {
        lock (gate)
            Remove(id);
        return default;
    }

    public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
    {
        var limit = Math.Clamp(by.Limit, 1, 1000);
        lock (gate)
        {
            SortedSet<string> ids =
                (by.Subject, by.ClientId) switch
                {
                    ({ } subject, { } client) => byBoth.GetValueOrDefault((subject, client)),
                    ({ } subject, null) => bySubject.GetValueOrDefault(subject),
                    (null, { } client) => byClient.GetValueOrDefault(client),
                    _ => throw new ArgumentException("Name a subject, a client or both.", nameof(by)),
                } ?? [];
            var found = (by.NewestFirst ? ids.Reverse() : ids)
                .Where(id => by.After is null || string.CompareOrdinal(id, by.After) > 0)
                .Take(limit + 1)
                .Select(id => rows[id])
                .ToList();
            return new(new Page<AuthorizationRecord>([.. found.Take(limit)], found.Count > limit ? found[limit - 1].Id : null));
        }
    }

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        lock (gate)
        {
            var expired = byAge.TakeWhile(row => row.PruneAfter < now).Take(limit).ToList();
            expired.ForEach(row => Remove(row.Id));
            return new(expired.Count);
        }
    }

    private void Remove(string id)
    {
        if (!rows.Remove(id, out var row))
            return;
        Forget(bySubject, row.Subject, id);
        Forget(byClient, row.ClientId, id);
        Forget(byBoth, (row.Subject, row.ClientId), id);
        byAge.Remove((row.PruneAfter, id));
    }

    private static SortedSet<string> IdsOf<T>(Dictionary<T, SortedSet<string>> index, T key)
        where T : notnull => index.TryGetValue(key, out var ids) ? ids : index[key] = new(StringComparer.Ordinal);

    private static void Forget<T>(Dictionary<T, SortedSet<string>> index, T key, string id)
        where T : notnull
    {
        var ids = IdsOf(index, key);
        ids.Remove(id);
        if (ids.Count == 0)
            index.Remove(key);
    }
}
