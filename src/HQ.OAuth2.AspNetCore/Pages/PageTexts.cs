using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Localization;

namespace HQ.OAuth2;

/// <summary>
/// The texts of our pages, in the language of the request (<see cref="CultureInfo.CurrentUICulture"/>): the host's own first
/// (<see cref="HqOAuth2Builder.AddPageTexts"/>), then ours, in English when we do not have the language.
/// </summary>
internal sealed class PageTexts(IStringLocalizer? own = null)
{
    /// <summary>The text with this name; an unknown name is a bug of ours.</summary>
    public string this[string name] => Find(name) ?? throw new KeyNotFoundException($"There is no text {name}.");

    /// <summary>The text with this name; null when there is none.</summary>
    public string? Find(string name) => own?[name] is { ResourceNotFound: false } text ? text.Value : Ours().GetValueOrDefault(name);

    /// <summary>The text with its placeholders, {0} to {9}, replaced; the text itself is encoded as well.</summary>
    public Html Of(string name, params Html[] holes) =>
        Html.Join(Parts(this[name]).Select(p => p.Hole is { } hole ? holes.ElementAtOrDefault(hole) : Html.Of($"{p.Text}")));

    /// <summary>The same with plain text for its placeholders.</summary>
    public string Plain(string name, params string[] holes) =>
        string.Concat(Parts(this[name]).Select(p => p.Hole is { } hole ? holes.ElementAtOrDefault(hole) : p.Text));

    /// <summary>A scope in words: the host's text <c>scope.NAME</c>, else its configured description, else its name.</summary>
    public string Scope(ConsentScope scope) => Find("scope." + scope.Name) ?? scope.Description ?? scope.Name;

    /// <summary>The same, marked when the scope is destructive.</summary>
    public Html ScopeInWords(ConsentScope scope) =>
        scope.Destructive
            ? Html.Of($"{Scope(scope)} <strong class=\"badge\">{this["scope.destructive"]}</strong>")
            : Html.Of($"{Scope(scope)}");

    /// <summary>An item of a list of scopes: its icon, and the scope in words.</summary>
    public Html ScopeItem(ConsentScope scope) =>
        Html.Of(
            $"<li{(scope.Destructive ? Html.Of($" class=\"danger\"") : Html.None)}>{Icons.Of(scope)}<span>{ScopeInWords(scope)}</span></li>"
        );

    /// <summary>
    /// A day as readers of the language write it, in UTC. The months are a text of ours, because a host without ICU has the names of no language.
    /// </summary>
    public Html Day(DateTimeOffset time) => Time(time, DayInWords(time.UtcDateTime));

    /// <summary>A day and a time of it, in UTC.</summary>
    public Html Moment(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return Time(time, Plain("date.time", DayInWords(utc), utc.ToString("HH:mm", CultureInfo.InvariantCulture)));
    }

    /// <summary>A duration in its largest fitting unit, rounded up.</summary>
    public string Duration(TimeSpan time)
    {
        var (unit, count) =
            time.TotalDays >= 2 ? ("days", time.TotalDays)
            : time.TotalHours >= 2 ? ("hours", time.TotalHours)
            : ("minutes", time.TotalMinutes);
        return Math.Ceiling(count) is > 1 and var n ? Plain("time." + unit, n.ToString(CultureInfo.InvariantCulture)) : this["time.minute"];
    }

    private string DayInWords(DateTime utc) =>
        Plain(
            "date",
            utc.Day.ToString(CultureInfo.InvariantCulture),
            this["date.months"].Split(' ').ElementAtOrDefault(utc.Month - 1) ?? utc.Month.ToString(CultureInfo.InvariantCulture),
            utc.Year.ToString(CultureInfo.InvariantCulture)
        );

    private static Html Time(DateTimeOffset time, string words) =>
        Html.Of($"<time datetime=\"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)}\">{words}</time>");

    // A host's text may contain any braces: only a single digit between two of them is a placeholder.
    private static IEnumerable<(string Text, int? Hole)> Parts(string text)
    {
        var start = 0;
        for (var i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] != '{' || !char.IsAsciiDigit(text[i + 1]) || text[i + 2] != '}')
                continue;
            yield return (text[start..i], null);
            yield return ("", text[i + 1] - '0');
            start = i + 3;
        }

        yield return (text[start..], null);
    }

    // Compare the name of a culture, not its properties: without ICU all cultures have the same properties.
    private static FrozenDictionary<string, string> Ours() =>
        CultureInfo.CurrentUICulture.Name.Split('-')[0] == "de" ? GermanTexts.All : EnglishTexts.All;
}
