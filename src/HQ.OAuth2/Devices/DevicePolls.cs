namespace HQ.OAuth2;

/// <summary>
/// How fast each device polls (RFC 8628 §3.5), counted in this process: a poll writes nothing. Only device codes that were found to be genuine
/// have an entry, so that nobody fills the cache with codes of their own making.
/// </summary>
internal sealed class DevicePolls(ServerSettings settings, TimeProvider time)
{
    /// <summary>The interval that a device is told (§3.2).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // §3.5: for this and all later polls.
    private static readonly TimeSpan growth = TimeSpan.FromSeconds(5);

    // A network delays one poll more than the next.
    private static readonly TimeSpan jitter = TimeSpan.FromSeconds(1);

    private const int MaxDevices = 10_000;

    private readonly BoundedCache<Pace> paces = new(MaxDevices, settings.Options.DeviceCodeLifetime);

    /// <summary>Counts a poll of a device that polled here before; null for any other device code, and nothing is counted.</summary>
    public bool? TryKnown(DeviceCode code, Client client)
    {
        var now = time.GetUtcNow();
        return paces.TryGet(Key(code, client), now, out var pace) ? pace.TryPoll(now) : null;
    }

    /// <summary>Counts the first poll of a genuine device code; false when another poll of it came first, a moment ago.</summary>
    public bool TryFirst(DeviceCode code, Client client)
    {
        var now = time.GetUtcNow();
        // Without room for it a device is not slowed down.
        return !paces.TryGetOrAdd(Key(code, client), new(), now, out var pace) || pace.TryPoll(now);
    }

    private static string Key(DeviceCode code, Client client) =>
        $"{Convert.ToBase64String(IssuedText.Hash(code.Code.Secret))} {client.ClientId}";

    internal sealed class Pace
    {
        private readonly Lock gate = new();
        private DateTimeOffset? last;
        private TimeSpan interval = Interval;

        /// <summary>False when it comes too early; the interval is longer from then on.</summary>
        public bool TryPoll(DateTimeOffset now)
        {
            lock (gate)
            {
                var isEarly = last is { } before && now - before < interval - jitter;
                last = now;
                if (isEarly)
                    interval += growth;
                return !isEarly;
            }
        }
    }
}
