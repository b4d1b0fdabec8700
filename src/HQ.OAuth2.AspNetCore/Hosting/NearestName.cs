namespace HQ.OAuth2;

/// <summary>The key that was probably meant by one that does not exist.</summary>
internal static class NearestName
{
    public static string Of(string key, IEnumerable<string> known) =>
        known.MinBy(k => Distance(key.ToLowerInvariant(), k.ToLowerInvariant()))!;

    // Levenshtein: how many letters to change, add or drop.
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[b.Length];
    }
}
