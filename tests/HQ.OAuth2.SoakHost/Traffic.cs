using System.Collections.Concurrent;
using System.Globalization;

namespace HQ.OAuth2.Soak;

/// <summary>Counts requests and answers, and leaks something for each of them when the run shall fail.</summary>
internal sealed class Traffic(string? leak)
{
    private const int LeakedBytes = 8 * 1024;
    private const int RequestsOfAFile = 100;

    private static readonly ConcurrentQueue<object> kept = new();

    private readonly ConcurrentDictionary<string, int> failures = new();
    private long requests;

    public long Requests => Interlocked.Read(ref requests);

    /// <summary>The answers from 500 up, by status and path.</summary>
    public IReadOnlyDictionary<string, int> Failures => failures;

    public async Task CountAsync(HttpContext http, RequestDelegate next)
    {
        var number = Interlocked.Increment(ref requests);
        if (leak == "memory")
            kept.Enqueue(new byte[LeakedBytes]);
        else if (leak == "files" && number % RequestsOfAFile == 0)
            kept.Enqueue(File.OpenRead(typeof(Traffic).Assembly.Location));
        try
        {
            await next(http);
        }
        finally
        {
            if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError && !http.RequestAborted.IsCancellationRequested)
                failures.AddOrUpdate(Name(http), 1, (_, n) => n + 1);
        }
    }

    private static string Name(HttpContext http) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{http.Response.StatusCode} {(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route"}"
        );
}
