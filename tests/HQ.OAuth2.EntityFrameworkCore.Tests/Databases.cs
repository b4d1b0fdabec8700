using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Which database a fixture runs on.</summary>
internal enum Engine
{
    Sqlite,
    PostgreSql,

    /// <summary>PostgreSQL with every transaction serializable.</summary>
    Serializable,
    MariaDb,

    /// <summary>MariaDB as a Galera cluster, of which every server is a writer.</summary>
    Galera,
}

/// <summary>The databases that the contract kit runs on.</summary>
internal static class Engines
{
    /// <summary>Galera only where its servers are (tests/engines.sh): a run without them skips nothing.</summary>
    public static IEnumerable<Engine> OfTheKit =>
        Enum.GetValues<Engine>().Where(e => e != Engine.Galera || GaleraDatabase.Servers.Length > 0);
}

/// <summary>A fixture that runs on each database.</summary>
[TestFixture(Engine.Sqlite)]
[TestFixture(Engine.PostgreSql)]
[TestFixture(Engine.Serializable)]
internal abstract class OnEachDatabase(Engine engine)
{
    protected Engine Engine { get; } = engine;

    protected TestDatabase Database { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync() =>
        Database =
            Engine == Engine.Sqlite
                ? TestDatabase.Sqlite()
                : await TestDatabase.PostgreSqlAsync(serializable: Engine == Engine.Serializable);

    [TearDown]
    public async Task CloseAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
    }
}
