using HQ.OAuth2.Tests;

/// <summary>Outside any namespace, so that it is the last thing that happens in the assembly.</summary>
[SetUpFixture]
internal sealed class DropDatabases
{
    [OneTimeTearDown]
    public Task DropAsync() => TestDatabase.DropAllAsync();
}
