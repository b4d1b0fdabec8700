using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// The one rule of keys, pure: which key is used now, which one must be made, which ones may be removed. A key is published first, used
/// later, and retired when no token of it is left. The keys of one kind are numbered, so that only one of many nodes can make the next.
/// </summary>
internal static class KeyRotation
{
    // A request takes time, and the lifetime of tokens may have been shortened since a token was issued.
    private static readonly TimeSpan leastMargin = TimeSpan.FromHours(1);

    /// <summary>Plans the keys of one kind.</summary>
    /// <param name="kind">The name before the number, for instance <c>signing</c>.</param>
    /// <param name="keys">All keys, of any kind and in any order.</param>
    /// <param name="now">The present time.</param>
    /// <param name="options">The lifetimes.</param>
    public static KeyPlan Plan(string kind, IEnumerable<KeyRecord> keys, DateTimeOffset now, HqOAuth2Options options)
    {
        var row = keys.Select(k => (Key: k, Number: Number(kind, k.Id))).Where(k => k.Number > 0).OrderBy(k => k.Number).ToList();
        if (row.Count == 0)
            return new(new(Id(kind, 1), now), []);

        var (last, number) = row[^1];
        var due = last.ActiveFrom + options.SigningKeyLifetime;
        // Not at the end of the last key, but a whole lead time from now: a key that is made late must be published for that long, too.
        var next = now < due - options.SigningKeyLeadTime ? null : new DueKey(Id(kind, number + 1), now + options.SigningKeyLeadTime);
        // Clocks differ: a node that is behind signs with the old key for longer, a node that is ahead retires it earlier.
        var margin = options.SigningKeyLeadTime > leastMargin ? options.SigningKeyLeadTime : leastMargin;
        var retired = row.Zip(row.Skip(1))
            .Where(pair => now >= pair.Second.Key.ActiveFrom + options.AccessTokenLifetime + margin)
            .Select(pair => pair.First.Key.Id);
        return new(next, [.. retired]);
    }

    /// <summary>The key of a kind that is used at a time: the newest active key, or the oldest key when none is active yet.</summary>
    public static T ActiveAt<T>(IReadOnlyList<T> keys, DateTimeOffset now)
        where T : IServerKey => keys.LastOrDefault(k => k.ActiveFrom <= now) ?? keys[0];

    /// <summary>The number of a key; 0 when it is of another kind.</summary>
    public static int Number(string kind, string id) =>
        id.Length > kind.Length
        && id.StartsWith(kind, StringComparison.Ordinal)
        && id[kind.Length] == '-'
        && int.TryParse(id.AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static string Id(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
}

/// <summary>The plan for the keys of one kind.</summary>
/// <param name="Next">The key to make; null when none is due.</param>
/// <param name="Retired">The ids of keys of which no token is left.</param>
internal sealed record KeyPlan(DueKey? Next, IReadOnlyList<string> Retired);

/// <summary>A key that must be made.</summary>
internal sealed record DueKey(string Id, DateTimeOffset ActiveFrom);
