using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The keys of access tokens, shared with all nodes through the store and kept in memory between reads: once they are read, no request
/// waits for them or fails because the store cannot be reached.
/// </summary>
internal sealed class TokenKeys(
    IKeyStore store,
    KeyProtection protection,
    ServerSettings settings,
    TimeProvider time,
    ILogger<TokenKeys> logger
) : IDisposable
{
    // Limit how often tokens with unknown key ids make us read the store.
    private static readonly TimeSpan pauseBetweenLooks = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile KeyRing? ring;
    private volatile FailedLook? failed;

    /// <summary>The keys that this node knows.</summary>
    public async ValueTask<KeyRing> CurrentAsync(CancellationToken ct) => ring ?? await RefreshAsync(ct);

    /// <summary>The keys after reading the store again: for a token of a key that this node does not know.</summary>
    public async ValueTask<KeyRing> LookAgainAsync(CancellationToken ct)
    {
        var (known, last) = (ring, failed);
        var now = time.GetUtcNow();
        if (known is not null && now - known.ReadAt < pauseBetweenLooks)
            return known;
        // A store that cannot be reached is not asked more often either. Until then throw: a token must not be called invalid.
        if (last is not null && now - last.At < pauseBetweenLooks)
            last.Error.Throw();
        return await RefreshAsync(known, last, ct);
    }

    /// <summary>Whether the store could not be read for so long that a new key may be missing.</summary>
    public bool IsStale(KeyRing read) => time.GetUtcNow() - read.ReadAt > 3 * settings.Options.CacheKeysFor;

    /// <summary>Reads the store; makes the keys that are due and removes the retired ones.</summary>
    /// <exception cref="InvalidOperationException">At the first read: a key cannot be unprotected; the message names the fix.</exception>
    public Task<KeyRing> RefreshAsync(CancellationToken ct) => RefreshAsync(ring, failed, ct);

    // If another caller refreshed while we waited for the lock, use its result.
    private async Task<KeyRing> RefreshAsync(KeyRing? before, FailedLook? failedBefore, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (ring is { } fresh && fresh != before)
                return fresh;
            if (failed is { } other && other != failedBefore)
                other.Error.Throw();
            return await LookAsync(ct);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<KeyRing> LookAsync(CancellationToken ct)
    {
        try
        {
            var now = time.GetUtcNow();
            var records = await store.ListAsync(ct);
            if (await MaintainAsync(records, now, ct))
                records = await store.ListAsync(ct);
            var unreadable = new List<string>();
            ring = new(
                now,
                Read(SigningKey.Kind, records, ring?.Signing, SigningKey.Read, unreadable),
                Read(EncryptionKey.Kind, records, ring?.Encryption, EncryptionKey.Read, unreadable)
            )
            {
                Unreadable = unreadable,
            };
            failed = null;
            return ring;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            failed = new(time.GetUtcNow(), ExceptionDispatchInfo.Capture(e));
            throw;
        }
    }

    private async ValueTask<bool> MaintainAsync(IReadOnlyList<KeyRecord> records, DateTimeOffset now, CancellationToken ct)
    {
        var changed = false;
        foreach (
            var (kind, material) in new (string, Func<byte[]>)[]
            {
                (SigningKey.Kind, () => SigningKey.NewMaterial(settings.Options.SigningAlgorithm)),
                (EncryptionKey.Kind, EncryptionKey.NewMaterial),
            }
        )
        {
            var plan = KeyRotation.Plan(kind, records, now, settings.Options);
            if (plan.Next is { } next)
            {
                // One of many nodes adds it; the others read it.
                if (await store.TryAddAsync(new(next.Id, next.ActiveFrom, protection.Protect(material())), ct))
                    logger.KeyMade(next.Id, next.ActiveFrom);
                changed = true;
            }

            foreach (var id in plan.Retired)
            {
                await store.RemoveAsync(id, ct);
                logger.KeyRetired(id);
                changed = true;
            }
        }

        return changed;
    }

    private List<T> Read<T>(
        string kind,
        IReadOnlyList<KeyRecord> records,
        IReadOnlyList<T>? known,
        Func<string, DateTimeOffset, byte[], T> read,
        List<string> unreadable
    )
        where T : IServerKey
    {
        var keys = new List<T>();
        foreach (var record in records.Where(r => KeyRotation.Number(kind, r.Id) > 0).OrderBy(r => KeyRotation.Number(kind, r.Id)))
        {
            // A key never changes: use the one that was read before.
            if (known is not null && known.FirstOrDefault(k => k.Id == record.Id && k.ActiveFrom == record.ActiveFrom) is { } same)
            {
                keys.Add(same);
                continue;
            }

            try
            {
                keys.Add(read(record.Id, record.ActiveFrom, protection.Unprotect(record.Data)));
            }
            catch (Exception e) when (e is CryptographicException or FormatException)
            {
                if (known is null)
                    throw new InvalidOperationException(
                        $"The key {record.Id} in the key store cannot be unprotected. Give every node the Data Protection keys of the node that "
                            + "made it: PersistDataProtectionKeys() after UseSqlite or UsePostgreSql keeps them in the same database, and so does "
                            + "services.AddDataProtection().PersistKeysToDbContext<YourContext>() with a context of your own. Or remove that key "
                            + "from the store: a new one is made, and the tokens of the old one are refused.",
                        e
                    );
                logger.KeyUnreadable(e, record.Id);
                unreadable.Add(record.Id);
            }
        }

        // When no stored key can be read, the known ones stay in use.
        if (keys.Count == 0 && known is not null)
            keys.AddRange(known);
        return keys;
    }

    private sealed record FailedLook(DateTimeOffset At, ExceptionDispatchInfo Error);
}
