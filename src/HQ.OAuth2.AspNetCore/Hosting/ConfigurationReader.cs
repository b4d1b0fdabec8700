using Microsoft.Extensions.Configuration;

namespace HQ.OAuth2;

/// <summary>
/// Reads the configuration by <see cref="ServerOptionTable"/>, which has every key there is. Another key, or a value that does not read,
/// stops the start with a sentence.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>Fills the options from the root of a configuration or from the section itself, told apart by their keys.</summary>
    public static void Read(IConfiguration configuration, HqOAuth2Options options)
    {
        var below = configuration.GetSection(HqOAuth2Options.Section);
        if (below.Exists())
            configuration = below;
        else if (!configuration.GetChildren().Any(c => ServerOptionTable.Rows.Names.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            options.Unreadable.Add(
                $"{HqOAuth2Options.Section} is not in the configuration that AddHqOAuth2 was given: "
                    + "add that section (\"enabled\": true and \"issuerURL\" are enough), or pass the section itself."
            );
        else if (configuration is IConfigurationRoot)
            options.Unreadable.Add(
                $"{HqOAuth2Options.Section} is missing: its keys stand at the root of the configuration. Move them into that section."
            );
        // The root has keys of others, too.
        var value = new ConfigurationValue(configuration, HqOAuth2Options.Section, options.Unreadable)
        {
            AllowsOtherKeys = configuration is not IConfigurationSection,
        };
        ServerOptionTable.Rows.Read(options, value);
    }
}
