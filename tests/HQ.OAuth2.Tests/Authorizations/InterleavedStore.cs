namespace HQ.OAuth2;

/// <summary>How the store answers a swap.</summary>
internal enum SwapAnswer
{
    Honest,
    CommittedButFalse,
    CommittedButThrew,
    ThrewUncommitted,
}

/// <summary>
/// A store whose every operation is two events that a test schedules: it takes effect, and later its answer arrives. So a value that was
/// read may be old when it is used, and a commit may have happened although the caller does not know. All of it on the test's thread.
/// </summary>
internal sealed class InterleavedStore(IAuthorizationStore inner) : IAuthorizationStore
{
    private readonly List<Operation> pending = [];

    /// <summary>Called when a swap took effect, with the row before it.</summary>
    public Action<AuthorizationRecord?, AuthorizationRecord>? Committed { get; set; }

    public Action? Removed { get; set; }

    /// <summary>Decides how the next swap is answered.</summary>
    public Func<SwapAnswer> NextAnswer { get; set; } = () => SwapAnswer.Honest;

    public int Pending => pending.Count;

    /// <summary>Lets one pending operation take effect, or its answer arrive; what the caller does next runs before this returns.</summary>
    public void Advance(int index)
    {
        var operation = pending[index];
        if (operation.Effect is { } effect)
        {
            operation.Effect = null;
            effect();
            return;
        }

        pending.RemoveAt(index);
        operation.Answer!();
    }

    public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

    public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => Schedule(() => Now(id));

    public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) =>
        Schedule(() =>
        {
            var answer = NextAnswer();
            if (answer == SwapAnswer.ThrewUncommitted)
                throw new IOException("not committed");
            var before = Now(next.Id);
            if (!inner.TryUpdateAsync(next, ct).AsTask().Result)
                return false;
            Committed?.Invoke(before, next);
            return answer switch
            {
                SwapAnswer.CommittedButThrew => throw new IOException("committed"),
                SwapAnswer.CommittedButFalse => false,
                _ => true,
            };
        });

    public async ValueTask RemoveAsync(string id, CancellationToken ct) =>
        await Schedule(() =>
        {
            inner.RemoveAsync(id, ct).AsTask().Wait(ct);
            Removed?.Invoke();
            return true;
        });

    public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => inner.ListAsync(by, ct);

    public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        inner.RemoveExpiredAsync(now, limit, ct);

    /// <summary>The committed row.</summary>
    public AuthorizationRecord? Now(string id) => inner.FindAsync(id, default).AsTask().Result;

    private ValueTask<T> Schedule<T>(Func<T> effect)
    {
        // Continuations run inside SetResult, so that one thread does everything in the order that was scheduled.
        var answer = new TaskCompletionSource<T>();
        var operation = new Operation();
        operation.Effect = () =>
        {
            try
            {
                var result = effect();
                operation.Answer = () => answer.SetResult(result);
            }
            catch (IOException e)
            {
                operation.Answer = () => answer.SetException(e);
            }
        };
        pending.Add(operation);
        return new(answer.Task);
    }

    private sealed class Operation
    {
        public Action? Effect { get; set; }
        public Action? Answer { get; set; }
    }
}
