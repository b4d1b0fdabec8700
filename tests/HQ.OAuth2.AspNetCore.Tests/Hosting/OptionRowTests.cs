using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Each row of the tables, read from a configuration.</summary>
internal sealed class OptionRowTests
{
    private static IEnumerable<TestCaseData> Rows()
    {
        var lines = ServerOptionTable.Rows.Lines(new(), "").ToList();
        OptionLine? list = null;
        foreach (var line in lines)
        {
            var property = line.Options.GetProperty(line.Name, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)!;
            if (list is not null && line.Path.StartsWith(list.Path + ":", StringComparison.Ordinal))
            {
                var first = lines[lines.IndexOf(list) + 1].Name;
                var path = $"{list.Path}:0:{line.Name}";
                yield return Case(path, property.PropertyType, line.Default, $"{list.Path}:0:{first}");
            }
            else if (property.PropertyType.Name == "IList`1" && property.PropertyType != typeof(IList<string>))
                list = line;
            else
                yield return Case(line.Path, property.PropertyType, line.Default, "enabled");
        }
    }

    // The first member of an entry has to be there, so that there is an entry before another key is set.
    [TestCaseSource(nameof(Rows))]
    public void A_row_reads_its_own_property_and_no_other(string path, string value, string entry)
    {
        var key = path;
        if (value.StartsWith("[]", StringComparison.Ordinal))
            (key, value) = (path + ":0", "sample");
        var before = Flat(Read(new() { [entry] = "false" }));
        var after = Flat(Read(new() { [entry] = "false", [key] = value }));

        after
            .Except(before)
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(p => (p.Key + ":").StartsWith(path + ":", StringComparison.OrdinalIgnoreCase));
    }

    private static TestCaseData Case(string path, Type type, string? standard, string entry)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var value =
            type == typeof(string) ? "sample"
            : type == typeof(bool) ? (standard == "true" ? "false" : "true")
            : type == typeof(int) ? "77"
            : type == typeof(TimeSpan) ? "00:00:07"
            : type.IsEnum ? Enum.GetNames(type)[^1]
            : "[]";
        return new TestCaseData(path, value, entry).SetArgDisplayNames(path);
    }

    private static HqOAuth2Options Read(Dictionary<string, string?> settings)
    {
        var options = new HqOAuth2Options();
        var section = settings.Select(s => KeyValuePair.Create($"{HqOAuth2Options.Section}:{s.Key}", s.Value));
        ConfigurationReader.Read(new ConfigurationBuilder().AddInMemoryCollection(section).Build(), options);
        options.Unreadable.Should().BeEmpty();
        return options;
    }

    private static Dictionary<string, string> Flat(HqOAuth2Options options)
    {
        var values = new Dictionary<string, string>();
        Add(JsonSerializer.SerializeToNode(options), "");
        return values;

        void Add(JsonNode? node, string path)
        {
            if (node is JsonObject members)
                foreach (var (name, member) in members)
                    Add(member, path + ":" + name);
            else if (node is JsonArray entries)
                for (var i = 0; i < entries.Count; i++)
                    Add(entries[i], path + ":" + i);
            else
                values[path.TrimStart(':')] = node?.ToJsonString() ?? "";
        }
    }
}
