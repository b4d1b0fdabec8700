using System.Text.RegularExpressions;

namespace HQ.OAuth2.Tests;

/// <summary>A page of the documentation, and the blocks of code in it.</summary>
/// <param name="Path">Its path in the repository, with slashes.</param>
/// <param name="Text">The Markdown.</param>
internal sealed partial record Guide(string Path, string Text)
{
    /// <summary>The root folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>All pages of the repository that show code to readers.</summary>
    public static IEnumerable<Guide> All =>
        new[] { "README.md" }
            .Concat(Below("docs"))
            .Concat(Below("src"))
            .Concat(Below("samples"))
            .Concat(Below("templates"))
            .Select(path => new Guide(path, File.ReadAllText(System.IO.Path.Combine(Root, path))))
            .OrderBy(guide => guide.Path, StringComparer.Ordinal);

    /// <summary>
    /// The blocks of a language, in order: those that readers see, and supporting code in comments, <c>&lt;!-- csharp … --&gt;</c>.
    /// </summary>
    public IEnumerable<Block> Blocks(string language) =>
        Fences()
            .Matches(Text)
            .Concat(Comments().Matches(Text))
            .Where(match => match.Groups["language"].Value == language)
            .OrderBy(match => match.Index)
            .Select(match => new Block(
                match.Groups["code"].Value,
                Text.AsSpan(0, match.Groups["code"].Index).Count('\n') + 1,
                match.Index
            ));

    /// <summary>Supporting code of a page that cannot hold it in a comment: package galleries show comments.</summary>
    public IEnumerable<Block> Support
    {
        get
        {
            var name = System.IO.Path.ChangeExtension(Path, ".cs").Replace('/', '-');
            var file = System.IO.Path.Combine(Root, "tests/HQ.OAuth2.Guides.Tests/Support", name);
            return File.Exists(file) ? [new Block(File.ReadAllText(file), 1, 0)] : [];
        }
    }

    public override string ToString() => Path;

    private static IEnumerable<string> Below(string folder) =>
        Directory
            .EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/") && !path.Contains("/obj/"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "HQ.OAuth2.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The repository is not above the test assembly.");
    }

    [GeneratedRegex(@"^(?<indent> *)```(?<language>\w+)[^\n]*\n(?<code>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^<!-- (?<language>\w+)\n(?<code>.*?)^-->", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Comments();
}

/// <summary>A block of code of a page.</summary>
/// <param name="Code">The lines.</param>
/// <param name="Line">The line of the page where they begin, from 1.</param>
/// <param name="Index">The character of the page where the block begins.</param>
internal sealed record Block(string Code, int Line, int Index)
{
    /// <summary>Whether it is a program of its own.</summary>
    public bool IsProgram => Code.Contains("WebApplication.CreateBuilder", StringComparison.Ordinal);
}
