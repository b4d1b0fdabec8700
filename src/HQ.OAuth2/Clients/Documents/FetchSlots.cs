using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>Bounds the fetches of documents that are in flight in this process at one time.</summary>
internal sealed class FetchSlots(int limit) : IDisposable
{
    private readonly SemaphoreSlim free = new(limit, limit);

    /// <summary>Takes a slot without waiting; false when all are in use.</summary>
    public bool TryTake([NotNullWhen(true)] out FetchSlot? slot)
    {
        slot = free.Wait(TimeSpan.Zero) ? new(() => free.Release()) : null;
        return slot is not null;
    }

    public void Dispose() => free.Dispose();
}

/// <summary>One fetch in flight. It counts until the last of its holders lets go: a look-up of a name may go on after the fetch was given up.</summary>
internal sealed class FetchSlot(Action release) : IDisposable
{
    /// <summary>Where a request to the document's host carries its slot.</summary>
    public static readonly HttpRequestOptionsKey<FetchSlot> Key = new("HQ.OAuth2.FetchSlot");

    private readonly Lock gate = new();
    private int holders = 1;

    /// <summary>Adds a holder, who disposes it too; false when the fetch has ended.</summary>
    public bool TryHold()
    {
        lock (gate)
        {
            if (holders == 0)
                return false;
            holders++;
            return true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (--holders > 0)
                return;
        }

        release();
    }
}
