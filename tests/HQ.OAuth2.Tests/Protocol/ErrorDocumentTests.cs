using System.Globalization;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>docs/errors.md and its pages name the errors that there are.</summary>
internal sealed partial class ErrorDocumentTests
{
    private static readonly string docs = Path.Combine(Repository.Root, "docs");

    [Test]
    public void Each_error_has_a_page_that_names_its_code_and_status()
    {
        var pages = Directory
            .EnumerateFiles(Path.Combine(docs, "errors"))
            .Select(f => (File: Path.GetFileName(f), Entry: PageForm().Match(File.ReadAllText(f))))
            .ToList();

        pages.Should().OnlyContain(p => p.Entry.Success && p.File == p.Entry.Groups["id"].Value + ".md");
        pages.Select(p => Entry(p.Entry)).Should().BeEquivalentTo(Expected());
    }

    [Test]
    public void The_index_has_each_error_in_order_with_an_anchor_and_a_link_to_its_page()
    {
        var rows = File.ReadAllLines(Path.Combine(docs, "errors.md")).Where(l => l.Contains("HQ1") && l.StartsWith('|')).ToList();
        var entries = rows.Select(r => RowForm().Match(r)).ToList();

        entries.Should().OnlyContain(e => e.Success);
        entries.Select(Entry).Should().Equal(Expected());
        entries.Select(e => e.Groups["anchor"].Value).Should().Equal(Expected().Select(e => e.Id.ToLowerInvariant()));
        foreach (var entry in entries)
            Title(entry.Groups["id"].Value).Should().BeEquivalentTo(entry.Groups["title"].Value);
    }

    private static IEnumerable<(string Id, string Code, string Status)> Expected() =>
        ErrorCatalogue
            .All("x")
            .Select(e =>
                (e.Id, e.Id == "HQ1000" ? "that of the grant type" : $"`{e.Code}`", e.Status.ToString(CultureInfo.InvariantCulture))
            )
            .OrderBy(e => e.Id, StringComparer.Ordinal);

    private static (string Id, string Code, string Status) Entry(Match entry) =>
        (entry.Groups["id"].Value, entry.Groups["code"].Value, entry.Groups["status"].Value);

    private static string Title(string id) =>
        PageForm().Match(File.ReadAllText(Path.Combine(docs, "errors", id + ".md"))).Groups["title"].Value;

    [GeneratedRegex(
        """
            ^# (?<id>HQ\d{4}): (?<title>.+)

            \| error code \| status \|
            \|---\|---\|
            \| (?<code>.+) \| (?<status>\d{3}) \|

            ## When it happens

            .+

            ## What helps

            .+
            """
    )]
    private static partial Regex PageForm();

    [GeneratedRegex(
        """^\| <a id="(?<anchor>hq\d{4})"></a>\[(?<id>HQ\d{4})\]\(errors/\k<id>\.md\) \| (?<code>.+) \| (?<status>\d{3}) \| (?<title>.+) \|$"""
    )]
    private static partial Regex RowForm();
}
