using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// The one rule of keys, pure: which key is used now, which one is to be made, which may go. Publish first, use later, retire when no
/// token of a key is left. Keys of one kind are numbered in a row, so that of many nodes that make the next one only one can.
/// </summary>
internal static class KeyRotation
{
    // Tokens travel, and somebody may have shortened their lifetime meanwhile.
    private static readonly TimeSpan leastMargin = TimeSpan.FromHours(1);

    /// <summary>What to do with the keys of one kind now.</summary>
    /// <param name="kind">The name before the number, for instance <c>signing</c>.</param>
    /// <param name="keys">The keys there are, of any kind and in any order.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">Lifetimes.</param>
    public static KeyPlan Plan(string kind, IEnumerable<KeyRecord> keys, DateTimeOffset now, HqOAuth2Options options)
    {
        var row = keys.Select(k => (Key: k, Number: Number(kind, k.Id))).Where(k => k.Number > 0).OrderBy(k => k.Number).ToList();
        if (row.Count == 0)
            return new(new(Id(kind, 1), now), []);

        var (last, number) = row[^1];
        var due = last.ActiveFrom + options.SigningKeyLifetime;
        var next =
            now < due - options.SigningKeyLeadTime ? null : new DueKey(Id(kind, number + 1), Later(due, now + options.SigningKeyLeadTime));
        // Clocks differ: one that is behind signs with the predecessor for longer, one that is ahead retires it earlier.
        var margin = options.SigningKeyLeadTime > leastMargin ? options.SigningKeyLeadTime : leastMargin;
        var retired = row.Zip(row.Skip(1))
            .Where(pair => now >= pair.Second.Key.ActiveFrom + options.AccessTokenLifetime + margin)
            .Select(pair => pair.First.Key.Id);
        return new(next, [.. retired]);
    }

    /// <summary>The key of a kind that is used at a time: the youngest that is active, or the oldest when none is yet.</summary>
    public static T ActiveAt<T>(IReadOnlyList<T> keys, DateTimeOffset now)
        where T : IServerKey => keys.LastOrDefault(k => k.ActiveFrom <= now) ?? keys[0];

    /// <summary>Which in its row a key is; 0 when it is of another kind.</summary>
    public static int Number(string kind, string id) =>
        id.Length > kind.Length
        && id.StartsWith(kind, StringComparison.Ordinal)
        && id[kind.Length] == '-'
        && int.TryParse(id.AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static string Id(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>What is to be done with the keys of a kind.</summary>
/// <param name="Next">The key to make; null when none is due.</param>
/// <param name="Retired">Ids of keys of which no token is left.</param>
internal sealed record KeyPlan(DueKey? Next, IReadOnlyList<string> Retired);

/// <summary>A key that is to be made.</summary>
internal sealed record DueKey(string Id, DateTimeOffset ActiveFrom);
