using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Localization;

namespace HQ.OAuth2;

/// <summary>
/// The words of our pages, in the language of the request (<see cref="CultureInfo.CurrentUICulture"/>): the host's own first
/// (<c>UsePageTexts</c>), then ours, in English when we do not have the language.
/// </summary>
internal sealed class PageTexts(IStringLocalizer? own = null)
{
    /// <summary>The text with this name; a name that nobody has is a bug of ours.</summary>
    public string this[string name] => Find(name) ?? throw new KeyNotFoundException($"There is no text {name}.");

    /// <summary>The text with this name; null when there is none.</summary>
    public string? Find(string name) => own?[name] is { ResourceNotFound: false } text ? text.Value : Ours().GetValueOrDefault(name);

    /// <summary>The text with its holes, {0} and so on, filled; the text itself is encoded like anything else.</summary>
    public Html Of(string name, params ReadOnlySpan<Html> holes)
    {
        var text = this[name];
        var result = new List<Html>();
        while (text.IndexOf('{', StringComparison.Ordinal) is >= 0 and var hole && hole + 2 < text.Length && text[hole + 2] == '}')
        {
            result.Add(Html.Of($"{text[..hole]}"));
            if (text[hole + 1] - '0' is >= 0 and var index && index < holes.Length)
                result.Add(holes[index]);
            text = text[(hole + 3)..];
        }

        return Html.Join([.. result, Html.Of($"{text}")]);
    }

    /// <summary>The same with plain text in its holes.</summary>
    public string Plain(string name, params object[] holes) => string.Format(CultureInfo.CurrentCulture, this[name], holes);

    /// <summary>A scope in words: the host's text <c>scope.NAME</c>, else its configured description, else its name.</summary>
    public string Scope(ConsentScope scope) => Find("scope." + scope.Name) ?? scope.Description ?? scope.Name;

    /// <summary>A length of time in its largest fitting unit, rounded up.</summary>
    public string Duration(TimeSpan time)
    {
        var (unit, count) =
            time.TotalDays >= 2 ? ("days", time.TotalDays)
            : time.TotalHours >= 2 ? ("hours", time.TotalHours)
            : ("minutes", time.TotalMinutes);
        return Math.Ceiling(count) is > 1 and var n ? Plain("time." + unit, n) : this["time.minute"];
    }

    // The name of a culture, not its properties: without ICU they are all the same.
    private static FrozenDictionary<string, string> Ours() =>
        CultureInfo.CurrentUICulture.Name.Split('-')[0] == "de" ? GermanTexts.All : EnglishTexts.All;
}
