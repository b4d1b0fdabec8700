namespace HQ.OAuth2.Mutants;

/// <summary>No test: copies the assembly that the mutation tool made to the file of HQ_MUTANTS.</summary>
public sealed class KeepTests
{
    [Test]
    public void Keep()
    {
        // The tool tries the mutants that a test reaches, and every mutant when no test reaches any: this one reaches a few.
        Assert.That(Pkce.IsChallenge(""), Is.False);
        File.Copy(typeof(OAuthError).Assembly.Location, Environment.GetEnvironmentVariable("HQ_MUTANTS")!, overwrite: true);
    }
}
