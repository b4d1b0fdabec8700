namespace HQ.OAuth2;

/// <summary>How long an answer waits for work that it does not depend on: a listener's, or the note of a use.</summary>
internal static class Patience
{
    /// <summary>For all such work of one event together.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs work that never throws, on another thread so that it may block, and waits for it no longer than that. Work that takes longer goes
    /// on by itself.
    /// </summary>
    /// <returns>Whether it is done.</returns>
    public static async ValueTask<bool> WaitAsync(Func<Task> work, TimeProvider time)
    {
        using var done = new CancellationTokenSource();
        var isDone = await WaitAsync(work, Task.Delay(Longest, time, done.Token));
        await done.CancelAsync();
        return isDone;
    }

    /// <summary>The same until a deadline that several share.</summary>
    public static async ValueTask<bool> WaitAsync(Func<Task> work, Task deadline)
    {
        var running = Task.Run(work);
        return await Task.WhenAny(running, deadline) == running;
    }
}
