using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Two nodes over one database: what each store of the fixtures below is opened with.</summary>
internal sealed class Nodes(Engine engine) : IAsyncDisposable
{
    private readonly List<ServiceProvider> open = [];
    private TestDatabase? database;

    /// <summary>Where the database of the nodes is.</summary>
    public string ConnectionString => database!.ConnectionString;

    /// <summary>A service of a new node; the first one makes the database.</summary>
    public async ValueTask<T> OpenAsync<T>(TimeProvider? time = null)
        where T : class
    {
        database ??= engine switch
        {
            Engine.Sqlite => TestDatabase.Sqlite(),
            Engine.PostgreSql => await TestDatabase.PostgreSqlAsync(),
            Engine.Serializable => await TestDatabase.PostgreSqlAsync(serializable: true),
            Engine.Galera => await GaleraDatabase.OpenAsync(),
            _ => await TestDatabase.MariaDbAsync(),
        };
        var services = new ServiceCollection().AddSingleton(time ?? TimeProvider.System);
        database.Use(services.AddHqOAuth2(TestApp.Defaults));
        var node = services.BuildServiceProvider();
        open.Add(node);
        // A context of the host's own has its tables already.
        if (node.GetService<SchemaUpdate>() is { } schema)
            await schema.RunAsync(default);
        return node.GetRequiredService<T>();
    }

    /// <summary>Ends the nodes and the database; the next one is another.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in open)
            await node.DisposeAsync();
        open.Clear();
        if (database is not null)
            await database.DisposeAsync();
        database = null;
    }
}

[TestFixtureSource(typeof(Engines), nameof(Engines.OfTheKit))]
internal sealed class AuthorizationStoreTests(Engine engine) : AuthorizationStoreContract
{
    private readonly Nodes nodes = new(engine);

    protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => nodes.OpenAsync<IAuthorizationStore>();

    protected override ValueTask<IAuthorizationStore> OpenSecondAsync(IAuthorizationStore store) => nodes.OpenAsync<IAuthorizationStore>();

    protected override ValueTask CleanUpAsync(IAuthorizationStore store) => nodes.DisposeAsync();
}

[TestFixtureSource(typeof(Engines), nameof(Engines.OfTheKit))]
internal sealed class ClientRegistryTests(Engine engine) : ClientRegistryContract
{
    private readonly Nodes nodes = new(engine);

    protected override async ValueTask<IClientRegistry> CreateStoreAsync() => (IClientRegistry)await nodes.OpenAsync<IClientStore>();

    protected override async ValueTask<IClientRegistry> OpenSecondAsync(IClientRegistry store) =>
        (IClientRegistry)await nodes.OpenAsync<IClientStore>();

    protected override ValueTask CleanUpAsync(IClientRegistry store) => nodes.DisposeAsync();
}

[TestFixtureSource(typeof(Engines), nameof(Engines.OfTheKit))]
internal sealed class TicketStoreTests(Engine engine) : TicketStoreContract
{
    private readonly Nodes nodes = new(engine);
    private TimeProvider clock = TimeProvider.System;

    protected override ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time) => nodes.OpenAsync<ITicketStore>(clock = time);

    protected override ValueTask<ITicketStore> OpenSecondAsync(ITicketStore store) => nodes.OpenAsync<ITicketStore>(clock);

    protected override ValueTask CleanUpAsync(ITicketStore store) => nodes.DisposeAsync();
}

[TestFixtureSource(typeof(Engines), nameof(Engines.OfTheKit))]
internal sealed class KeyStoreTests(Engine engine) : KeyStoreContract
{
    private readonly Nodes nodes = new(engine);

    protected override ValueTask<IKeyStore> CreateStoreAsync() => nodes.OpenAsync<IKeyStore>();

    protected override ValueTask<IKeyStore> OpenSecondAsync(IKeyStore store) => nodes.OpenAsync<IKeyStore>();

    protected override ValueTask CleanUpAsync(IKeyStore store) => nodes.DisposeAsync();
}
