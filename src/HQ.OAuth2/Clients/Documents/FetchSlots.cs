using System.Diagnostics.CodeAnalysis;

namespace HQ.OAuth2;

/// <summary>Limits the number of documents that this process fetches in parallel.</summary>
internal sealed class FetchSlots(int limit)
{
    private int taken;

    /// <summary>Takes a slot without waiting; false when all are in use.</summary>
    public bool TryTake([NotNullWhen(true)] out FetchSlot? slot)
    {
        slot = new(() => Interlocked.Decrement(ref taken));
        if (Interlocked.Increment(ref taken) <= limit)
            return true;
        slot.Dispose();
        slot = null;
        return false;
    }
}

/// <summary>
/// One fetch in flight. It counts until its last holder disposes it: a name look-up may continue after the fetch was given up.
/// </summary>
internal sealed class FetchSlot(Action release) : IDisposable
{
    /// <summary>The option by which a request to the document's host carries its slot.</summary>
    public static readonly HttpRequestOptionsKey<FetchSlot> Key = new("HQ.OAuth2.FetchSlot");

    private readonly Lock gate = new();
    private int holders = 1;

    /// <summary>Adds a holder, which must dispose it too; false when the fetch has ended.</summary>
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
