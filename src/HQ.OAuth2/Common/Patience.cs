namespace HQ.OAuth2;

/// <summary>How long an answer waits for work that it does not depend on: an event listener, or recording a use.</summary>
internal static class Patience
{
    /// <summary>The limit for all such work of one event together.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs work that never throws on another thread, because it may block, and waits for it up to that limit. Work that takes longer continues
    /// in the background.
    /// </summary>
    /// <returns>Whether it is done.</returns>
    public static async ValueTask<bool> WaitAsync(Func<Task> work, TimeProvider time)
    {
        using var done = new CancellationTokenSource();
        var isDone = await WaitAsync(work, Task.Delay(Longest, time, done.Token));
        await done.CancelAsync();
        return isDone;
    }

    /// <summary>The same, up to a deadline shared by several calls.</summary>
    public static async ValueTask<bool> WaitAsync(Func<Task> work, Task deadline)
    {
        var running = Task.Run(work);
        return await Task.WhenAny(running, deadline) == running;
    }
}
