using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// The key sets that clients publish at their <c>jwks_uri</c>, cached by the rules of HTTP. A key id that a fresh set does not have causes a
/// fetch too, so that keys are replaced without a restart. Fetches are limited, since anyone can name a client and a key id: one of a URL in each
/// <see cref="CoolDown"/>, one at a time of a URL, a fixed number in parallel, and a number per minute of URLs that never had keys.
/// </summary>
internal sealed class PublishedKeySets(
    DocumentFetcher fetcher,
    ServerSettings settings,
    TimeProvider time,
    ILogger<PublishedKeySets> logger
)
{
    /// <summary>The longest key set that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The maximum number of parallel fetches in a process.</summary>
    public const int MaxInFlight = 8;

    /// <summary>After a fetch, how long a URL is not fetched again whatever is asked for.</summary>
    public static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(30);

    private const int MaxKept = 1000;

    // The hosts of URLs that never had keys share this many times the limit of one host.
    private const int HostsPerMinute = 10;

    private readonly BoundedCache<KeptKeys> known = new(MaxKept, DocumentFetcher.LongestLife);
    private readonly BoundedCache<OAuthError> failures = new(MaxKept, CoolDown);
    private readonly ConcurrentDictionary<string, Lazy<Task<OAuthError?>>> flights = new(StringComparer.Ordinal);
    private readonly FetchSlots slots = new(MaxInFlight);
    private readonly MinuteLimit tries = new(time, CoolDown);
    private readonly MinuteLimit hosts = new(time);

    /// <summary>The keys of the client do not have the one that a JWT names.</summary>
    public static OAuthError NoSuchKey { get; } =
        OAuthError.InvalidClient.Because(
            "the client has no key with the kid of the assertion that fits its alg, or the assertion names none"
        );

    /// <summary>The key with an id that fits an algorithm; see <see cref="JwkSet.Find"/>.</summary>
    /// <param name="url">Where the set is.</param>
    /// <param name="kid">The id of the key; null = the JWT names none.</param>
    /// <param name="algorithm">The algorithm of the signature.</param>
    /// <param name="mayFetch">Whether the set may be fetched; else a set that would have to be counts as unavailable.</param>
    /// <param name="ct">Cancels the wait, not the fetch that others wait for.</param>
    public async ValueTask<Outcome<PublicJwk>> FindAsync(string url, string? kid, string algorithm, bool mayFetch, CancellationToken ct)
    {
        if (Fresh(url) is { } fresh)
        {
            if (fresh.Find(kid, algorithm) is { } key)
                return key;
            // A newer set could only have another answer for an id that this one does not have.
            if (kid is null || fresh.Has(kid))
                return NoSuchKey;
        }

        if (!mayFetch)
            return OAuthError.ClientKeysUnavailable.Because("the keys of the client have to be fetched");
        var failed = await FetchAsync(url, ct);
        return Fresh(url)?.Find(kid, algorithm) is { } found ? found : failed ?? NoSuchKey;
    }

    /// <summary>Fetches a set unless it was fetched just now; callers that ask at the same time share one fetch.</summary>
    /// <returns>Null when the set is as new as it may be; else why it cannot be had.</returns>
    public async ValueTask<OAuthError?> FetchAsync(string url, CancellationToken ct)
    {
        var ours = new Lazy<Task<OAuthError?>>(() => FetchForAllAsync(url));
        return await flights.GetOrAdd(url, ours).Value.WaitAsync(ct);
    }

    private JwkSet? Fresh(string url) =>
        known.TryGet(url, time.GetUtcNow(), out var kept) && time.GetUtcNow() < kept.FreshUntil ? kept.Set : null;

    private async Task<OAuthError?> FetchForAllAsync(string url)
    {
        try
        {
            return await FetchInTurnAsync(url);
        }
        finally
        {
            flights.TryRemove(url, out _);
        }
    }

    private async Task<OAuthError?> FetchInTurnAsync(string url)
    {
        if (!tries.TryTake(url, 1, out var place))
            return failures.TryGet(url, time.GetUtcNow(), out var last) ? last
                : Fresh(url) is null ? Unavailable("they were fetched less than 30 seconds ago")
                : null;
        if (!slots.TryTake(out var slot))
        {
            place.GiveBack();
            return Unavailable($"{MaxInFlight} key sets are being fetched");
        }

        using (slot)
        {
            if (!MayFetch(url))
            {
                place.GiveBack();
                return Unavailable("limits:documentFetchesPerMinute is reached for the host, or for all hosts together");
            }

            if ((await ReadAsync(url, slot)).Failed(out var error, out var kept))
            {
                logger.KeySetUnavailable(url, error.Reason);
                failures.Set(url, error, time.GetUtcNow());
                return error;
            }

            known.Set(url, kept, time.GetUtcNow());
            failures.Forget(url);
            logger.KeySetFetched(url, kept.Set.Keys.Count, kept.FreshUntil);
            return null;
        }
    }

    private async Task<Outcome<KeptKeys>> ReadAsync(string url, FetchSlot slot)
    {
        if ((await fetcher.FetchAsync(url, slot, MaxBytes)).Failed(out var error, out var fetched))
            return Unavailable(error.Reason ?? error.Description);
        return JwkSet.TryRead(fetched.Body, out var set, out var problem) && set.Keys.Count > 0
            ? new KeptKeys(set, time.GetUtcNow() + fetched.FreshFor)
            : Unavailable($"the answer {problem}");
    }

    // A set that was had within a day has a limit of its own, the cool-down, so that made-up clients cannot keep its client out.
    private bool MayFetch(string url)
    {
        var perMinute = settings.Options.Limits.DocumentFetchesPerMinute;
        return known.TryGet(url, time.GetUtcNow(), out _)
            || (
                hosts.TryTake(new Uri(url).Host, perMinute)
                && hosts.TryTake("", (int)Math.Min((long)perMinute * HostsPerMinute, int.MaxValue))
            );
    }

    private static OAuthError Unavailable(string reason) => OAuthError.ClientKeysUnavailable.Because($"jwks_uri: {reason}");

    private sealed record KeptKeys(JwkSet Set, DateTimeOffset FreshUntil);
}
