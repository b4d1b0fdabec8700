using System.Text;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Configuration;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The examples of docs/configuration.md read as the page says.</summary>
internal sealed partial class ConfigurationGuideTests
{
    private static readonly ILookup<string, string> blocks = Block()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")))
        .ToLookup(m => m.Groups["language"].Value, m => m.Groups["text"].Value);

    [Test]
    public void The_complete_example_is_right_in_production_and_has_no_warning()
    {
        var options = Read(Json(blocks["json"].First()));

        HqOAuth2OptionsRules.Problems(options, development: false).Should().BeEmpty();
        OptionsWarnings.Of(options).Should().BeEmpty();
        options
            .Should()
            .BeEquivalentTo(
                new
                {
                    Enabled = true,
                    IssuerURL = "https://auth.example.com",
                    ErrorURI = "https://docs.example.com/errors/",
                    AccessTokenLifetime = TimeSpan.FromMinutes(10),
                }
            );
        (options.Scopes.Count, options.Resources.Count, options.Clients.Count).Should().Be((3, 2, 1));
    }

    [Test]
    public void The_mistakes_of_the_wrong_example_are_reported_in_these_words()
    {
        var options = Read(Json(blocks["json"].ElementAt(1)));

        HqOAuth2OptionsRules.Problems(options, development: false).Should().Equal(Lines(blocks["text"].Single()));
    }

    [Test]
    public void The_environment_variables_complete_the_example()
    {
        // As the provider of the framework does with the variables of a process.
        var variables = Lines(blocks["ini"].Single())
            .Select(l => l.Split('=', 2))
            .Select(p => KeyValuePair.Create(p[0].Replace("__", ":"), p[1]));
        var options = Read(Json(blocks["json"].First()).AddInMemoryCollection(variables!));

        HqOAuth2OptionsRules.Problems(options, development: false).Should().BeEmpty();
        options.InitialAccessTokens.Should().Equal("a-token-that-only-our-build-knows");
        options.Clients.Should().ContainSingle().Which.SecretHash.Should().StartWith("$2a$10$");
    }

    private static IConfigurationBuilder Json(string text) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static HqOAuth2Options Read(IConfigurationBuilder configuration)
    {
        var options = new HqOAuth2Options();
        ConfigurationReader.Read(configuration.Build(), options);
        return options;
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^```(?<language>json|text|ini)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
