using System.Globalization;
using System.Text;

namespace HQ.OAuth2;

/// <summary>A tile with the first letter of a name. Pages show it instead of a logo, since an app could choose any logo.</summary>
internal static class Monogram
{
    // The classes t0 to t7 of the style.
    private const uint Colors = 8;

    /// <summary>The tile of an app. The same name at another place has another colour, most of the time.</summary>
    public static Html Of(string name, string place) =>
        Html.Of(
            $"<span class=\"tile t{(Hash(name + "\n" + place) % Colors).ToString(CultureInfo.InvariantCulture)}\" aria-hidden=\"true\">{Letter(name)}</span>"
        );

    /// <summary>The first letter or digit of a name in upper case; its first character when it has none.</summary>
    public static string Letter(string name)
    {
        var runes = name.EnumerateRunes().ToList();
        var letter = runes.Exists(Rune.IsLetterOrDigit) ? runes.Find(Rune.IsLetterOrDigit) : runes.FirstOrDefault(new Rune('?'));
        return Rune.ToUpperInvariant(letter).ToString();
    }

    // FNV-1a, which is the same in each process.
    private static uint Hash(string text) =>
        Encoding.UTF8.GetBytes(text).Aggregate(2166136261u, (hash, b) => unchecked((hash ^ b) * 16777619u));
}
