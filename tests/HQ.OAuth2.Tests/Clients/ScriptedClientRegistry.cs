namespace HQ.OAuth2;

/// <summary>The registry in memory, which counts and whose answers a test may change.</summary>
internal sealed class ScriptedClientRegistry : IClientRegistry
{
    public InMemoryClientRegistry Inner { get; } = new();

    public int Reads { get; private set; }

    public int Lists { get; private set; }

    public int Counts { get; private set; }

    /// <summary>How many clients lists have answered with.</summary>
    public int Listed { get; private set; }

    /// <summary>What was noted, in order.</summary>
    public List<(string ClientId, DateOnly Day)> Uses { get; } = [];

    public Exception? NoteFailure { get; set; }

    /// <summary>What to do at the next additions instead of only adding.</summary>
    public Queue<Func<IClientRegistry, Client, Task<bool>>> Adds { get; } = new();

    /// <summary>What to do at the next updates instead of only updating.</summary>
    public Queue<Func<IClientRegistry, Client, Task<bool>>> Updates { get; } = new();

    /// <summary>What to do at the next removals instead of only removing.</summary>
    public Queue<Func<IClientRegistry, string, Task<bool>>> Removals { get; } = new();

    /// <summary>What to do at the next read, after the answer is known and before it is given.</summary>
    public Queue<Func<Task>> BeforeAnswer { get; } = new();

    /// <summary>What is thrown instead of the answer of a change that is committed.</summary>
    public Exception? LostAnswer { get; set; }

    /// <summary>What to answer at the next counts instead of only counting.</summary>
    public Queue<Func<CancellationToken, Task<int>>> CountAnswers { get; } = new();

    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        Reads++;
        var found = await Inner.FindAsync(clientId, ct);
        if (BeforeAnswer.TryDequeue(out var act))
            await act();
        return found;
    }

    public async ValueTask<bool> TryAddAsync(Client client, CancellationToken ct) =>
        Adds.TryDequeue(out var add) ? await add(Inner, client) : await Inner.TryAddAsync(client, ct);

    public async ValueTask<bool> TryUpdateAsync(Client next, CancellationToken ct) =>
        Answered(Updates.TryDequeue(out var update) ? await update(Inner, next) : await Inner.TryUpdateAsync(next, ct));

    public async ValueTask<bool> TryRemoveAsync(string clientId, CancellationToken ct) =>
        Answered(Removals.TryDequeue(out var remove) ? await remove(Inner, clientId) : await Inner.TryRemoveAsync(clientId, ct));

    private bool Answered(bool answer) => LostAnswer is { } failure ? throw failure : answer;

    public async ValueTask<Page<Client>> ListAsync(ClientFilter by, CancellationToken ct)
    {
        Lists++;
        var page = await Inner.ListAsync(by, ct);
        Listed += page.Items.Count;
        return page;
    }

    public async ValueTask<int> CountAsync(ClientProvenance provenance, CancellationToken ct)
    {
        Counts++;
        return await (CountAnswers.TryDequeue(out var answer) ? answer(ct) : Inner.CountAsync(provenance, ct).AsTask());
    }

    public ValueTask NoteUseAsync(string clientId, DateOnly day, CancellationToken ct)
    {
        Uses.Add((clientId, day));
        return NoteFailure is { } failure ? ValueTask.FromException(failure) : Inner.NoteUseAsync(clientId, day, ct);
    }

    public ValueTask<int> RemoveUnusedAsync(
        DateTimeOffset neverUsedAndMadeBefore,
        DateOnly lastUsedBefore,
        int limit,
        CancellationToken ct
    ) => Inner.RemoveUnusedAsync(neverUsedAndMadeBefore, lastUsedBefore, limit, ct);
}
