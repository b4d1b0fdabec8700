using HQ.OAuth2.Tests;

namespace Migration.Tests;

/// <summary>The guides show the code that these tests run.</summary>
internal sealed class GuideTests
{
    [TestCase("OpenIddictClients.cs", "docs/coming-from-openiddict.md")]
    [TestCase("DuendeClients.cs", "docs/coming-from-duende.md")]
    public void A_guide_shows_the_code_that_is_tested(string file, string guide)
    {
        var code = File.ReadAllText(Path.Combine(Repository.Root, "tests/Migration.Tests/Guide", file));

        File.ReadAllText(Path.Combine(Repository.Root, guide)).Should().Contain($"```csharp\n{code}```\n");
    }
}
