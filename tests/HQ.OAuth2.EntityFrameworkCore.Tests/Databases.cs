using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Which database a fixture runs on.</summary>
internal enum Engine
{
    Sqlite,
    PostgreSql,
    MariaDb,
}

/// <summary>A fixture that runs on each database.</summary>
[TestFixture(Engine.Sqlite)]
[TestFixture(Engine.PostgreSql)]
internal abstract class OnEachDatabase(Engine engine)
{
    protected Engine Engine { get; } = engine;

    protected TestDatabase Database { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync() => Database = Engine == Engine.Sqlite ? TestDatabase.Sqlite() : await TestDatabase.PostgreSqlAsync();

    [TearDown]
    public async Task CloseAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
    }
}
