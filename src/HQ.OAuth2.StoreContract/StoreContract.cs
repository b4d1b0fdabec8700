namespace HQ.OAuth2;

/// <summary>What the fixtures have in common: an empty store before each test, seen from two nodes.</summary>
/// <typeparam name="TStore">The interface whose promises are tested.</typeparam>
public abstract class StoreContract<TStore>
    where TStore : class
{
    /// <summary>The store of this test.</summary>
    protected TStore Store { get; private set; } = null!;

    /// <summary>The same data as another node sees it.</summary>
    private protected TStore Second { get; private set; } = null!;

    private protected TStore[] Nodes => [Store, Second];

    [SetUp]
    public async Task OpenStoreAsync()
    {
        Store = await OpenAsync();
        Second = await OpenSecondAsync(Store);
    }

    [TearDown]
    public async Task CloseStoreAsync()
    {
        if (Store is { } store)
            await CleanUpAsync(store);
        (Store, Second) = (null!, null!);
    }

    /// <summary>
    /// Another node's view of the same data: a second instance with nothing in common but the database. The same instance when not
    /// overridden, which is right for a store that lives in one process only.
    /// </summary>
    protected virtual ValueTask<TStore> OpenSecondAsync(TStore store) => new(store);

    /// <summary>Called after each test with its store.</summary>
    protected virtual ValueTask CleanUpAsync(TStore store) => default;

    private protected abstract ValueTask<TStore> OpenAsync();

    private protected TStore Node(int i) => i % 2 == 0 ? Store : Second;

    /// <summary>Callers that wait for each other and then start at once, on both nodes in turn.</summary>
    private protected async Task<T[]> RaceAsync<T>(int callers, Func<TStore, int, ValueTask<T>> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var race = Enumerable.Range(0, callers).Select(i => Task.Run(() => WaitAndCallAsync(i))).ToList();
        start.SetResult();
        return await Task.WhenAll(race);

        async Task<T> WaitAndCallAsync(int i)
        {
            await start.Task;
            return await call(Node(i), i);
        }
    }

    private protected static async Task<Exception?> FailureOfAsync(Func<ValueTask> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (Exception failure) when (failure is not ResultStateException)
        {
            return failure;
        }
    }

    /// <summary>What may become of a call whose token was cancelled before: it says so, or it does its work.</summary>
    private protected static async Task CancelledAsync(string method, Func<CancellationToken, ValueTask> call)
    {
        var failure = await FailureOfAsync(() => call(new CancellationToken(canceled: true)));
        Assert.That(
            failure is null or OperationCanceledException,
            Is.True,
            $"{method} with a cancelled token throws OperationCanceledException or does its work: {failure}"
        );
    }
}
