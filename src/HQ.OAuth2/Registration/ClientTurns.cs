namespace HQ.OAuth2;

/// <summary>
/// Changes of one client take turns in this process. Without turns each round of <see cref="ClientLoop"/> has one winner, and the same caller can
/// lose all of them: a client that repeats its own updates would keep out the administrator who disables it. A turn only makes a change likely to
/// win; the swap makes it right. So the wait for a turn has a limit.
/// </summary>
internal sealed class ClientTurns
{
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);

    /// <summary>The longest wait: a change that hangs in the store holds up no other one.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the turn of a change.</summary>
    /// <returns>What ends the turn when it is disposed of; null after <see cref="Longest"/>: then the change goes on without a turn.</returns>
    /// <exception cref="OperationCanceledException">The caller left before its turn came.</exception>
    public async ValueTask<IDisposable?> TakeAsync(string clientId, CancellationToken ct)
    {
        Line? line;
        lock (lines)
        {
            if (!lines.TryGetValue(clientId, out line))
                lines.Add(clientId, line = new(this, clientId));
            line.Length++;
        }

        var isTurn = false;
        try
        {
            isTurn = await line.Gate.WaitAsync(Longest, ct);
        }
        finally
        {
            if (!isTurn)
                Leave(line);
        }

        return isTurn ? line : null;
    }

    /// <summary>How many clients are being changed now.</summary>
    public int Count
    {
        get
        {
            lock (lines)
                return lines.Count;
        }
    }

    private void Leave(Line line)
    {
        lock (lines)
        {
            if (--line.Length == 0)
                lines.Remove(line.ClientId);
        }
    }

    private sealed class Line(ClientTurns turns, string clientId) : IDisposable
    {
        public string ClientId => clientId;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        // The change that has its turn, and those that wait.
        public int Length { get; set; }

        public void Dispose()
        {
            Gate.Release();
            turns.Leave(this);
        }
    }
}
