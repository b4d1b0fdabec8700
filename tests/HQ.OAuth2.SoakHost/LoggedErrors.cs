using System.Collections.Concurrent;

namespace HQ.OAuth2.Soak;

/// <summary>Counts what is logged as an error, and keeps the first ones.</summary>
internal sealed class LoggedErrors : ILoggerProvider, ILogger
{
    private const int Kept = 5;
    private const int Shown = 600;

    private readonly ConcurrentQueue<string> first = new();
    private int count;

    public int Count => count;

    public IReadOnlyCollection<string> First => first;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel) || Interlocked.Increment(ref count) > Kept)
            return;
        var text = $"{formatter(state, exception)} {exception}";
        first.Enqueue(text.Length > Shown ? text[..Shown] : text);
    }

    public void Dispose() { }
}
