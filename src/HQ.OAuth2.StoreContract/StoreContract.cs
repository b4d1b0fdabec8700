namespace HQ.OAuth2;

/// <summary>What the fixtures of all stores share: an empty store before each test, and a second node that sees the same data.</summary>
/// <typeparam name="T">The store's interface.</typeparam>
public abstract class StoreContract<T>
    where T : class
{
    /// <summary>The store of the test that runs.</summary>
    protected T Store { get; private set; } = null!;

    /// <summary>Another node's view of the same data.</summary>
    protected T Second { get; private set; } = null!;

    /// <summary>Makes an empty store.</summary>
    protected abstract ValueTask<T> CreateStoreAsync();

    /// <summary>
    /// Makes what another process would see of the same data: a store with connections and caches of its own. A store that lives in one
    /// process only leaves it at the same instance.
    /// </summary>
    protected virtual ValueTask<T> OpenSecondAsync(T store) => new(store);

    /// <summary>Removes what a test left behind.</summary>
    protected virtual ValueTask CleanUpAsync(T store) => default;

    /// <summary>Called by NUnit before each test.</summary>
    [SetUp]
    public async Task SetUpStoreAsync()
    {
        Store = await CreateStoreAsync();
        Second = await OpenSecondAsync(Store);
    }

    /// <summary>Called by NUnit after each test.</summary>
    [TearDown]
    public async Task TearDownStoreAsync()
    {
        if (Store is { } store)
            await CleanUpAsync(store);
        Store = Second = null!;
    }

    /// <summary>Runs the same action many times at once, by turns on both nodes; their answers in order.</summary>
    protected Task<TAnswer[]> RaceAsync<TAnswer>(int racers, Func<T, int, ValueTask<TAnswer>> action)
    {
        // Each on a thread of its own, let go together.
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable
            .Range(0, racers)
            .Select(i =>
                Task.Run(async () =>
                {
                    await start.Task;
                    return await action(i % 2 == 0 ? Store : Second, i);
                })
            )
            .ToArray();
        start.SetResult();
        return Task.WhenAll(tasks);
    }
}
