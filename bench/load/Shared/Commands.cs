using System.Diagnostics;

namespace HQ.OAuth2.Load;

/// <summary>
/// Counts the database commands of the process, but only between <see cref="Listen"/> and <see cref="Stop"/>, so that counting costs nothing
/// while anything is timed. EF Core reports its own, Npgsql all on PostgreSQL; a server that uses SQLite without EF Core calls <see cref="Add"/>.
/// </summary>
internal static class Commands
{
    private static long ofNpgsql;
    private static long others;
    private static Listener? listener;

    /// <summary>Begins to count at zero.</summary>
    public static void Listen()
    {
        listener ??= new Listener();
        (ofNpgsql, others) = (0, 0);
    }

    public static long Stop()
    {
        listener?.Dispose();
        listener = null;
        // A command of EF Core on PostgreSQL is in both.
        return Math.Max(Interlocked.Exchange(ref ofNpgsql, 0), Interlocked.Exchange(ref others, 0));
    }

    public static void Add()
    {
        if (listener is not null)
            Interlocked.Increment(ref others);
    }

    private sealed class Listener : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private const string Executed = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuted";

        private readonly List<IDisposable> subscriptions = [];
        private readonly ActivityListener npgsql = new()
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Opening a connection is an activity too.
                if (activity.GetTagItem("db.query.text") is not null)
                    Interlocked.Increment(ref ofNpgsql);
            },
        };

        public Listener()
        {
            ActivitySource.AddActivityListener(npgsql);
            subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
                subscriptions.Add(value.Subscribe(this, name => name == Executed));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == Executed)
                Interlocked.Increment(ref others);
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void Dispose()
        {
            npgsql.Dispose();
            foreach (var subscription in subscriptions)
                subscription.Dispose();
        }
    }
}
