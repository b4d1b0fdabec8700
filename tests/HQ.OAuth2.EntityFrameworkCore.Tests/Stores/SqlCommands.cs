using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HQ.OAuth2;

/// <summary>The commands that EF Core sends while this listens.</summary>
internal sealed class SqlCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentQueue<string> seen = new();
    private readonly ConcurrentBag<string?> refused = [];
    private readonly ConcurrentBag<IDisposable> subscriptions = [];
    private int opened;

    /// <summary>How many connections EF Core opened so far.</summary>
    public int Opened => opened;

    public SqlCommands() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <summary>How many commands the database ended with an SQLSTATE.</summary>
    public int Refused(string state) => refused.Count(s => s == state);

    /// <summary>Verb and table of each command since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (seen.TryDequeue(out var sql))
            taken.Add(Shorten(sql));
        return taken;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
            subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == RelationalEventId.CommandExecuting.Name)
            seen.Enqueue(((CommandEventData)value.Value!).Command.CommandText);
        if (value.Key == RelationalEventId.CommandError.Name)
            refused.Add((((CommandErrorEventData)value.Value!).Exception as DbException)?.SqlState);
        if (value.Key == RelationalEventId.ConnectionOpened.Name)
            Interlocked.Increment(ref opened);
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void Dispose()
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    private static string Shorten(string sql)
    {
        var words = sql.Split([' ', '\n', '\r', '"', '('], StringSplitOptions.RemoveEmptyEntries);
        return $"{words[0].ToLowerInvariant()} {words.FirstOrDefault(w => w.StartsWith("hq_", StringComparison.Ordinal))}";
    }
}
