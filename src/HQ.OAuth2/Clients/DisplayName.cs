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

    // Capitals of other scripts that look like Latin ones (Cyrillic, Greek), and what is mistaken for one another.
    private const string Lookalikes =
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u051a\u051c\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7L10";
    private const string LookLike = "ABESIJKMHOPCTXYQWABEZHIKMNOPTYXIIO";

    // From a full-width form to its ASCII character; without ICU the normalization leaves it.
    private const int Wide = '\uFF01' - '!';

    /// <summary>The name of a client, cleaned and cut; its id when nothing of it can be seen.</summary>
    public static string Of(Client client) => Clean(client.ClientName) is { Length: > 0 } name ? name : client.ClientId;

    /// <summary>What the eye compares: without case, accents, spaces and signs, and with lookalikes of other scripts as Latin letters.</summary>
    public static string Skeleton(string name) =>
        string.Concat(
            Clean(name)
                .Normalize(NormalizationForm.FormKD)
                .Select(c => c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - Wide) : c)
                .Where(char.IsLetterOrDigit)
                .Select(char.ToUpperInvariant)
                .Select(c => Lookalikes.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i ? LookLike[i] : c)
        );

    private static string Clean(string? name)
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
