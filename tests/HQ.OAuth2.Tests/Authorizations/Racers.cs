namespace HQ.OAuth2;

/// <summary>Callers on threads of their own that begin at the same instant.</summary>
internal static class Racers
{
    public static async Task<T[]> AtOnceAsync<T>(int count, Func<int, Task<T>> race)
    {
        using var start = new ManualResetEventSlim();
        var racers = Enumerable
            .Range(0, count)
            .Select(i =>
                Task.Factory.StartNew(
                        () =>
                        {
                            start.Wait();
                            return race(i);
                        },
                        TaskCreationOptions.LongRunning
                    )
                    .Unwrap()
            )
            .ToList();
        start.Set();
        return await Task.WhenAll(racers);
    }
}
