namespace HQ.OAuth2.Tests;

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "HQ.OAuth2.sln")))
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return at.FullName;
    }
}
