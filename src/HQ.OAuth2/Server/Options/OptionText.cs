using System.Globalization;

namespace HQ.OAuth2;

/// <summary>Keys and values as a message or README shows them.</summary>
internal static class OptionText
{
    /// <summary>One sentence: the key, its value, and what to write instead.</summary>
    public static string Problem(string key, object? value, string fix) =>
        $"{HqOAuth2Options.Section}:{key} = {value ?? "(nothing)"} {fix}.";

    /// <summary>A value as one writes it into the configuration.</summary>
    public static string? Of(object? value) =>
        value switch
        {
            bool b => b ? "true" : "false",
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value?.ToString(),
        };

    public static string Below(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
