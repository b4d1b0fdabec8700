using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Operations.Tests;

/// <summary>YAML in the documents: objects of Kubernetes, read as strictly as the manifest, or lines of a file that is tested.</summary>
internal sealed partial class GuideYamlTests
{
    private static readonly string[] tested = [Manifest.Path, Path.Combine(Repository.Root, "docs", "alerts.yaml")];

    [Test]
    public void Each_block_is_an_object_or_is_in_a_tested_file()
    {
        var blocks = Blocks().ToList();
        blocks.Should().NotBeEmpty();
        foreach (var (page, text) in blocks)
        {
            if (text.Contains("kind:", StringComparison.Ordinal) && text.StartsWith("apiVersion:", StringComparison.Ordinal))
                Manifest.Read(text);
            else
                tested.Should().Contain(file => IsIn(text, File.ReadAllLines(file)), $"{page} shows this:\n{text}");
        }
    }

    [Test]
    public void A_changed_line_is_noticed() =>
        IsIn("readinessProbe:\n  httpGet:\n    path: /health", File.ReadAllLines(Manifest.Path)).Should().BeFalse();

    internal static IEnumerable<(string Page, string Text)> Blocks(string language = "yaml") =>
        from page in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
        from Match block in Fence().Matches(File.ReadAllText(page))
        where block.Groups["language"].Value == language
        select (Path.GetRelativePath(Repository.Root, page), block.Groups["text"].Value.TrimEnd());

    // Consecutive lines, whatever their common indentation.
    private static bool IsIn(string block, string[] file)
    {
        var wanted = block.Split('\n');
        return Enumerable
            .Range(0, Math.Max(0, file.Length - wanted.Length + 1))
            .Any(start =>
            {
                var margin = file[start].Length - file[start].TrimStart().Length - (wanted[0].Length - wanted[0].TrimStart().Length);
                return margin >= 0
                    && wanted
                        .Select((line, i) => (line.Length == 0 ? "" : new string(' ', margin) + line) == file[start + i])
                        .All(same => same);
            });
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
