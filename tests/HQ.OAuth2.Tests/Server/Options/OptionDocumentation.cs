using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HQ.OAuth2;

/// <summary>The documentation of the options, as docs/configuration.md has it: one entry a key.</summary>
internal sealed partial class OptionDocumentation
{
    private readonly Dictionary<string, XElement> summaries = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "HQ.OAuth2.xml"))
        .Descendants("member")
        .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary")!, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string> paths = Lines.ToDictionary(Member, l => l.Path, StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys in the order of the tables.</summary>
    public static IReadOnlyList<OptionLine> Lines { get; } = [.. ServerOptionTable.Rows.Lines(new(), "")];

    /// <summary>The row of a key: its default, its documentation without the sentence about that, and what its rules say.</summary>
    public string Row(OptionLine line)
    {
        var text = Text(line);
        var named = NamedDefault(line);
        var standard =
            named is not null && (line.Default is null || Written(named) is null) ? named
            : line.Default is { Length: > 0 } value ? value
            : "–";
        var hints = string.Join("; ", line.Hints);
        if (hints.Length > 0)
            hints = $" {char.ToUpperInvariant(hints[0])}{hints[1..]}.";
        return $"| `{line.Path}` | {standard} | {DefaultSentence().Replace(text, "").Trim()}{hints} |";
    }

    /// <summary>The default that the documentation names; null when it names none.</summary>
    public string? NamedDefault(OptionLine line) =>
        DefaultSentence().Match(Text(line)) is { Success: true } match ? match.Groups["value"].Value : null;

    /// <summary>A default as one writes it into the configuration; null for words like "the client id".</summary>
    public static string? Written(string named) =>
        named is "true" or "false" ? named
        : Word().Match(named) is { Success: true } word ? word.Groups["word"].Value
        : Number().Match(named) is { Success: true } number
            ? Written(int.Parse(number.Groups["number"].Value.Replace(",", "")), number.Groups["unit"].Value)
        : null;

    private static string Written(int number, string unit) =>
        unit switch
        {
            "second" => TimeSpan.FromSeconds(number).ToString(),
            "minute" => TimeSpan.FromMinutes(number).ToString(),
            "hour" => TimeSpan.FromHours(number).ToString(),
            "day" => TimeSpan.FromDays(number).ToString(),
            _ => number.ToString(),
        };

    private static string Member(OptionLine line) => $"P:{line.Options.FullName}.{line.Name}";

    private string Text(OptionLine line) => Spaces().Replace(string.Concat(summaries[Member(line)].Nodes().Select(Text)), " ").Trim();

    private string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{paths[see.Attribute("cref")!.Value]}`",
            _ => throw new NotSupportedException($"The table cannot show {node}."),
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?:^| )Default (?<value>.+?)\.(?= |$)")]
    private static partial Regex DefaultSentence();

    [GeneratedRegex(@"^`(?<word>\w+)`$")]
    private static partial Regex Word();

    [GeneratedRegex(@"^(?<number>[\d,]+)( (?<unit>second|minute|hour|day)s?)?$")]
    private static partial Regex Number();
}
