namespace HQ.OAuth2;

/// <summary>What a piece of work allocates, in the whole process: only for tests that run alone.</summary>
internal static class AllocatedBytes
{
    private const int Times = 400;

    // The runtime begins to count the calls of a method when no new method was compiled for 100 ms, and then compiles it anew in the background.
    private static readonly TimeSpan compilation = TimeSpan.FromMilliseconds(250);

    /// <summary>The average of some runs, after as many to warm up.</summary>
    public static async Task<long> OfAsync(Func<Task> workAsync, int times = Times)
    {
        for (var half = 0; half < 2; half++)
        {
            for (var i = 0; i < times / 2; i++)
                await workAsync();
            await Task.Delay(compilation);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < times; i++)
            await workAsync();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / times;
    }

    /// <summary>Items for each of these runs.</summary>
    public static async Task<Queue<T>> ForEachRunAsync<T>(Func<Task<T>> makeAsync)
    {
        var items = new Queue<T>();
        for (var i = 0; i < 2 * Times; i++)
            items.Enqueue(await makeAsync());
        return items;
    }
}
