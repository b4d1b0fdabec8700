using System.Collections.Concurrent;

namespace HQ.OAuth2;

// The hash of another server becomes a bcrypt hash.
internal sealed partial class ClientSecrets
{
    private readonly ConcurrentDictionary<string, bool> replacing = new(StringComparer.Ordinal);

    /// <summary>
    /// Replaces the stored secret that was just verified, if another server hashed it. Does nothing when there is none, when another request is
    /// replacing it, or when bcrypt does not read the whole secret.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="presented">The secret, which was right.</param>
    /// <param name="replaceAsync">Replaces the stored form of the secret; the function makes its bcrypt hash.</param>
    public async Task ReplaceForeignAsync(Client client, string presented, Func<ClientSecret, Func<Task<ClientSecret>>, Task> replaceAsync)
    {
        var now = time.GetUtcNow();
        if (
            !Fits(presented)
            || Candidates(client, presented, now).Find(c => c.Foreign is not null && verified.TryGet(c.Key, now, out _)) is not { } right
            || !replacing.TryAdd(right.Key, true)
        )
            return;
        try
        {
            await replaceAsync(right.Kept, () => RehashAsync(client.ClientId, presented, now));
        }
        finally
        {
            replacing.TryRemove(right.Key, out _);
        }
    }

    private async Task<ClientSecret> RehashAsync(string clientId, string presented, DateTimeOffset now)
    {
        await bcrypts.WaitAsync();
        try
        {
            Count();
            var kept = await Task.Factory.StartNew(
                () => Keep(presented, settings.Options.BcryptWorkFactor),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            verified.Set(MemoryKey(clientId, kept.Hash, presented), true, now);
            return kept;
        }
        finally
        {
            bcrypts.Release();
        }
    }
}
