using System.Reflection;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>An option is its property and its row; the table of docs/configuration.md follows from both.</summary>
internal sealed class ConfigurationPageTests
{
    private const string Begin = "<!-- options -->\n";
    private const string End = "<!-- /options -->";

    private static readonly Type[] types =
    [
        typeof(HqOAuth2Options),
        typeof(ClientDocumentOptions),
        typeof(ClientOptions),
        typeof(LimitOptions),
        typeof(NetworkLimitOptions),
        typeof(PageOptions),
        typeof(ResourceOptions),
        typeof(ScopeOptions),
    ];

    // HQ_WRITE_DOCS=1 writes the table instead.
    [Test]
    public void The_table_is_what_the_options_say()
    {
        var path = Path.Combine(Repository.Root, "docs", "configuration.md");
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var documentation = new OptionDocumentation();
        var table = string.Concat(
            OptionDocumentation
                .Lines.Select(documentation.Row)
                .Prepend("|---|---|---|")
                .Prepend("| key | default | |")
                .Select(r => r + "\n")
        );
        if (Environment.GetEnvironmentVariable("HQ_WRITE_DOCS") == "1")
            File.WriteAllText(path, page[..begin] + table + page[end..]);
        else
            page[begin..end].Should().Be(table, "HQ_WRITE_DOCS=1 writes it");
    }

    [Test]
    public void Each_property_has_a_row()
    {
        var rows = OptionDocumentation.Lines.Select(l => $"{l.Options.Name}.{l.Name}");
        var groups = types.SelectMany(t => t.GetProperties()).Where(p => types.Contains(p.PropertyType)).ToList();

        types
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Except(groups)
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}")
            .Should()
            .BeEquivalentTo(rows, o => o.Using(StringComparer.OrdinalIgnoreCase));
    }

    [Test]
    public void A_default_in_the_documentation_is_the_one_that_counts()
    {
        var documentation = new OptionDocumentation();
        foreach (var line in OptionDocumentation.Lines.Where(l => l.Default is not null))
            if (documentation.NamedDefault(line) is { } named && OptionDocumentation.Written(named) is { } written)
                written.Should().Be(line.Default, line.Path);
    }
}
