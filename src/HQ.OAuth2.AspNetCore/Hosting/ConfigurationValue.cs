using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HQ.OAuth2;

/// <summary>One value of the configuration, with the key to name when it does not read.</summary>
internal sealed class ConfigurationValue(IConfiguration configuration, string key, IList<string> problems) : IOptionValue
{
    public bool AllowsOtherKeys { get; init; }

    private bool HasMembers => configuration.GetChildren().Any();

    private string? Raw => (configuration as IConfigurationSection)?.Value;

    public void Text(Action<string> set, bool secret)
    {
        if (Raw is { } text)
            set(text);
        else
            Wrong("a text", secret);
    }

    public void Bool(Action<bool> set)
    {
        if (bool.TryParse(Raw, out var value))
            set(value);
        else
            Wrong("true or false");
    }

    public void Number(Action<int> set)
    {
        if (int.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            set(value);
        else
            Wrong("a whole number");
    }

    public void Time(Action<TimeSpan> set)
    {
        // Without a colon .NET would read a number as days.
        if (
            Raw is { } text
            && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value)
        )
            set(value);
        else
            Wrong("a time as [d.]hh:mm:ss, for instance 00:15:00 or 30.00:00:00");
    }

    public void Word(IReadOnlyList<string> words, Action<int> set)
    {
        if (IndexOf(words, Raw) is >= 0 and var index)
            set(index);
        else
            Wrong(string.Join(" or ", words));
    }

    public IEnumerable<IOptionValue> Entries(bool secret) => Children(secret);

    public IEnumerable<IOptionValue> Objects(string first)
    {
        foreach (var entry in Children())
        {
            if (entry.HasMembers)
                yield return entry;
            else
                entry.Wrong($"an object such as {{ \"{first}\": \"...\" }}");
        }
    }

    public void Members(IReadOnlyList<string> names, Action<int, IOptionValue> read)
    {
        if (!string.IsNullOrEmpty(Raw))
            Wrong($"an object such as {{ \"{names[0]}\": ... }}");
        foreach (var child in configuration.GetChildren())
        {
            if (IndexOf(names, child.Key) is >= 0 and var index)
                read(index, Below(child));
            else if (!AllowsOtherKeys)
                problems.Add($"{key}:{child.Key} is no key of this server. Did you mean {NearestName.Of(child.Key, names)}?");
        }
    }

    private IEnumerable<ConfigurationValue> Children(bool secret = false)
    {
        if (!string.IsNullOrEmpty(Raw))
            Wrong("a list", secret);
        return configuration.GetChildren().Select(Below);
    }

    private ConfigurationValue Below(IConfigurationSection child) => new(child, $"{key}:{child.Key}", problems);

    private void Wrong(string expected, bool secret = false) =>
        problems.Add(
            $"{key} does not read: write {expected}{(Raw is { Length: > 0 and < 40 } text && !secret ? $" instead of '{text}'" : "")}."
        );

    private static int IndexOf(IReadOnlyList<string> words, string? text) =>
        words.ToList().FindIndex(w => string.Equals(w, text, StringComparison.OrdinalIgnoreCase));
}
