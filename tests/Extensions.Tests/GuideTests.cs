using System.Text.RegularExpressions;

namespace Extensions.Tests;

/// <summary>What docs/extending.md and docs/consent-and-pages.md show of a sample is in it.</summary>
internal sealed partial class GuideTests
{
    private static readonly string root = Root();

    [TestCase("extending.md")]
    [TestCase("consent-and-pages.md")]
    public void Each_line_of_a_shown_part_is_in_the_file_that_is_named_above_it(string page)
    {
        var shown = Shown(File.ReadAllText(Path.Combine(root, "docs", page))).ToList();
        shown.Should().NotBeEmpty();
        foreach (var (file, block) in shown)
        {
            var source = Plain(File.ReadAllText(Path.Combine(root, file)));
            foreach (var line in block.Split('\n').Select(Plain).Where(l => l.Length > 20))
                source.Should().Contain(line, $"{page} shows it as a part of {file}");
        }
    }

    // The first block of C# behind a link to a file of a sample, up to the next heading. A part that the guide shortens has no such link.
    private static IEnumerable<(string File, string Block)> Shown(string page) =>
        from section in Heading().Split(page)
        let link = Link().Match(section)
        let block = Code().Match(section)
        where link.Success && block.Success && link.Index < block.Index
        select (link.Groups["file"].Value, block.Groups["text"].Value);

    // Without white space, and without what makes the part of a class a whole one.
    private static string Plain(string text) =>
        Space().Replace(text.Replace("internal sealed partial class", "internal sealed class", StringComparison.Ordinal), "");

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "HQ.OAuth2.sln")))
            at = at.Parent!;
        return at.FullName;
    }

    [GeneratedRegex("^##+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(\.\./(?<file>samples/[A-Za-z./]+\.cs)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```csharp\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
