using System.Text;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Fuzz;

/// <summary>The inputs that are kept in <c>tests/corpus</c>: well-formed ones, malformed ones, and each that ever broke a rule.</summary>
internal static partial class Corpus
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "corpus");

    /// <summary>The inputs of a target, in the order of their names.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(string target) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Folder, target))
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))),
        ];

    /// <summary>The words of <c>oauth.dict</c>, which is in the format of afl-fuzz: <c>"text"</c>, with <c>\x00</c> for a byte.</summary>
    public static byte[][] Words() =>
        [
            .. File.ReadLines(Path.Combine(Folder, "oauth.dict"))
                .Where(l => l.StartsWith('"'))
                .Select(l => Encoding.Latin1.GetBytes(Escape().Replace(l[1..^1], m => Plain(m.Value)))),
        ];

    private static string Plain(string escape) => escape[1] == 'x' ? ((char)Convert.FromHexString(escape[2..])[0]).ToString() : escape[1..];

    [GeneratedRegex(@"\\(x[0-9A-Fa-f]{2}|.)")]
    private static partial Regex Escape();
}
