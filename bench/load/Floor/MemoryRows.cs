using System.Collections.Concurrent;

namespace HQ.OAuth2.Load.Floor;

/// <summary>Rows in a dictionary.</summary>
internal sealed class MemoryRows : IRows
{
    private readonly ConcurrentDictionary<string, string> rows = [];

    public ValueTask InsertAsync(string id)
    {
        rows[id] = Row.Data;
        return default;
    }

    public ValueTask UpdateAsync(string id)
    {
        rows[id] = Row.Data;
        return default;
    }

    public ValueTask<bool> ReadAsync(string id) => ValueTask.FromResult(rows.TryGetValue(id, out _));
}
