using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace HQ.OAuth2;

/// <summary>Client names as people read them. A name is the attacker's to choose: nothing in it may turn, hide or push the text around it.</summary>
internal static class DisplayName
{
    private const int MaxLength = 64;

    // More marks on one letter than any language has climb over the lines above.
    private const int MaxMarks = 2;

    // Letters and symbols by their category, and yet nothing to see.
    private static readonly FrozenSet<int> blanks = FrozenSet.ToFrozenSet([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0]);

    /// <summary>The name of a client, cleaned and cut; its id when nothing of it can be seen.</summary>
    public static string Of(Client client) => Clean(client.ClientName) is { Length: > 0 } name ? name : client.ClientId;

    /// <summary>A name without what cannot be seen or moves the text around it, cut; empty when nothing is left.</summary>
    public static string Clean(string? name)
    {
        var text = new StringBuilder();
        var (length, marks) = (0, 0);
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (!IsVisible(rune, category))
                continue;
            marks = category == UnicodeCategory.NonSpacingMark ? marks + 1 : 0;
            // Spaces of any kind and number are one.
            var isSpace = category == UnicodeCategory.SpaceSeparator;
            if (marks > MaxMarks || (isSpace && (length == 0 || text[^1] == ' ')))
                continue;
            if (length++ == MaxLength)
                return text.ToString().TrimEnd() + "…";
            text.Append(isSpace ? " " : rune.ToString());
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The beginning of a text, and no half of a surrogate pair at its end.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static bool IsVisible(Rune rune, UnicodeCategory category) =>
        category
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.OtherNotAssigned
            )
        && !blanks.Contains(rune.Value);
}
