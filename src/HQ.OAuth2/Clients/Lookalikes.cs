using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace HQ.OAuth2;

/// <summary>Which names look alike (UTS 39 §4), by a table that tools/lookalikes.py generates; ICU is not needed.</summary>
internal static class Lookalikes
{
    /// <summary>The longest skeleton; a database column for it needs no more.</summary>
    public const int MaxSkeleton = 256;

    // Each pair of a first and a last word gives one run of words.
    private const int MaxWords = 10;

    // Words that claim trust, English and German, with their endings.
    private static readonly string[] trustWords =
    [
        .. Endings("official", ""),
        .. Endings("verified", ""),
        .. Endings("trusted", ""),
        .. Endings("trustworthy", ""),
        .. Endings("secure", "", "d"),
        .. Endings("certified", ""),
        .. Endings("approved", ""),
        .. Endings("authentic", ""),
        .. Endings("genuine", ""),
        .. Endings("offiziell", "", "e", "er", "es"),
        .. Endings("verifiziert", "", "e", "er", "es"),
        .. Endings("vertrauensw\u00fcrdig", "", "e", "er", "es"),
        .. Endings("sicher", "", "e", "er", "es"),
        .. Endings("zertifiziert", "", "e", "er", "es"),
        .. Endings("gepr\u00fcft", "", "e", "er", "es"),
        .. Endings("freigegeben", "", "e", "er", "es"),
    ];

    private static readonly FrozenDictionary<int, string> table = ReadTable();
    private static readonly FrozenSet<string> trust = trustWords.Select(Skeleton).ToFrozenSet(StringComparer.Ordinal);

    // Words that are long enough to be recognised in a name without spaces, and that are part of no other word.
    private static readonly string[] longTrust =
    [
        .. trustWords.Where(w => w.Length >= 8).Select(Skeleton).OrderByDescending(w => w.Length),
    ];
    private static readonly string[] distrust = [Skeleton("unofficial"), Skeleton("inoffiziell"), Skeleton("unverified")];

    // Heavy and light check marks.
    private static readonly FrozenSet<int> checkMarks = FrozenSet.ToFrozenSet([0x2713, 0x2714, 0x2611, 0x2705, 0x1F5F8, 0x1F5F9]);

    /// <summary>
    /// The form in which names are compared: without case, accents, spaces and signs, with lookalikes of all scripts and digits as Latin
    /// letters, and with pairs like "rn" as the letter they look like.
    /// </summary>
    public static string Skeleton(string name) => Fold(string.Concat(Words(DisplayName.Clean(name))));

    /// <summary>Whether a name claims to be official, verified, secure or the like.</summary>
    public static bool ClaimsTrust(string? name) => name is not null && (WithoutTrust(name) is not null || HasCheckMark(name));

    /// <summary>
    /// The skeletons that a name may be mistaken for: its own, and, if it has words like "official", the skeleton of each run of the other
    /// words.
    /// </summary>
    public static IReadOnlyList<string> TakenFor(string name)
    {
        // The other case of a letter may look like another letter: Cyrillic Be looks like B, and its small form like 6.
        var keys = new HashSet<string>(StringComparer.Ordinal)
        {
            Skeleton(name),
            Skeleton(name.ToLowerInvariant()),
            Skeleton(name.ToUpperInvariant()),
        };
        var words = WithoutTrust(name) ?? (HasCheckMark(name) ? Words(DisplayName.Clean(name)) : []);
        for (var end = Math.Min(words.Count, MaxWords); end > 0; end--)
        {
            for (var start = 0; start < end; start++)
                keys.Add(Fold(string.Concat(words.Take(start..end))));
        }

        keys.Remove("");
        return [.. keys];
    }

    // The words without those that claim trust; null when no word claims trust.
    private static List<string>? WithoutTrust(string name)
    {
        var (left, found) = (new List<string>(), false);
        var words = Words(DisplayName.Clean(name));
        // A reader sees single letters with spaces between them as one word.
        foreach (var word in words.All(w => w.Length == 1) ? [string.Concat(words)] : words)
        {
            var skeleton = Fold(word);
            if (distrust.Contains(skeleton))
                continue;
            if (trust.Contains(skeleton))
                found = true;
            else if (
                longTrust.FirstOrDefault(w => skeleton.EndsWith(w, StringComparison.Ordinal)) is { } last
                && !distrust.Any(d => skeleton.EndsWith(d, StringComparison.Ordinal))
            )
            {
                found = true;
                left.Add(skeleton[..^last.Length]);
            }
            else if (longTrust.FirstOrDefault(w => skeleton.StartsWith(w, StringComparison.Ordinal)) is { } first)
            {
                found = true;
                left.Add(skeleton[first.Length..]);
            }
            else
                left.Add(word);
        }

        return found ? left : null;
    }

    private static bool HasCheckMark(string name) => name.EnumerateRunes().Any(r => checkMarks.Contains(r.Value));

    // Lower-case letters and digits, each replaced by the letter it looks like; any other character ends a word, except for a mark on a letter.
    private static List<string> Words(string name)
    {
        var (words, word) = (new List<string>(), new StringBuilder());
        var runes = name.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            if (Letter(runes, i) is { } letter)
                word.Append(letter);
            else if (Rune.GetUnicodeCategory(runes[i]) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
                End();
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    private static string? Letter(Rune[] runes, int i)
    {
        var rune = runes[i];
        if (rune.IsAscii)
            return Rune.IsLetterOrDigit(rune) ? Rune.ToLowerInvariant(rune).ToString()
                : i > 0 && i < runes.Length - 1 && Rune.IsLetter(runes[i - 1]) && Rune.IsLetter(runes[i + 1]) ? InWord(rune)
                : null;
        return table.TryGetValue(rune.Value, out var like) ? like
            : Rune.IsLetterOrDigit(rune) ? Rune.ToLowerInvariant(rune).ToString()
            : null;
    }

    // A sign between letters is read as a letter.
    private static string? InWord(Rune sign) =>
        sign.Value switch
        {
            '|' or '!' => "l",
            '@' => "a",
            '$' => "s",
            _ => null,
        };

    // Digits become the letters they look like, I and l become one letter, and so do pairs that look like one letter.
    private static string Fold(string letters)
    {
        var folded = string.Concat(
                letters.Select(c =>
                    c switch
                    {
                        '0' => 'o',
                        '1' or 'l' => 'i',
                        '3' => 'e',
                        '4' => 'a',
                        '5' => 's',
                        '7' => 't',
                        _ => c,
                    }
                )
            )
            .Replace("rn", "m", StringComparison.Ordinal)
            .Replace("vv", "w", StringComparison.Ordinal)
            .Replace("ci", "d", StringComparison.Ordinal);
        return DisplayName.Cut(folded, MaxSkeleton);
    }

    private static IEnumerable<string> Endings(string word, params string[] endings) => endings.Select(e => word + e);

    private static FrozenDictionary<int, string> ReadTable()
    {
        using var reader = new StreamReader(typeof(Lookalikes).Assembly.GetManifestResourceStream("lookalikes.txt")!);
        var read = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            foreach (var rune in line[(space + 1)..].EnumerateRunes())
                read[rune.Value] = line[..space];
        }

        return read.ToFrozenDictionary();
    }
}
