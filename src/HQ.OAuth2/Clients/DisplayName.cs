using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// Client names as people read them. An attacker can choose the name: no character in it may reverse, hide or move the text around it.
/// </summary>
internal static class DisplayName
{
    private const int MaxLength = 64;

    // More combining marks on one letter than any language uses would cover the lines above.
    private const int MaxMarks = 2;

    // Characters whose category is letter or symbol, although they are invisible.
    private static readonly FrozenSet<int> blanks = FrozenSet.ToFrozenSet([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0]);

    /// <summary>The name of a client, cleaned and shortened; its id when no visible character is left.</summary>
    public static string Of(Client client) => Clean(client.ClientName) is { Length: > 0 } name ? name : client.ClientId;

    /// <summary>
    /// A name without invisible characters and characters that move the text around it, shortened; empty when nothing is left.
    /// </summary>
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
            // A run of spaces of any kind becomes one space.
            var isSpace = category == UnicodeCategory.SpaceSeparator;
            if (marks > MaxMarks || (isSpace && (length == 0 || text[^1] == ' ')))
                continue;
            if (length++ == MaxLength)
                return text.ToString().TrimEnd() + "…";
            text.Append(isSpace ? " " : rune.ToString());
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The beginning of a text, without half of a surrogate pair at its end.</summary>
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
