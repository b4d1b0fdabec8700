using NUnit.Framework.Internal;

namespace HQ.OAuth2;

/// <summary>
/// The kit on the stores of the core, which pass; a test of the kit gives one of these a broken store instead, and a second node of it.
/// </summary>
internal sealed class AuthorizationKit : AuthorizationStoreContract
{
    public Func<IAuthorizationStore, IAuthorizationStore> Broken { get; init; } = store => store;

    public Func<IAuthorizationStore, IAuthorizationStore> Node { get; init; } = store => store;

    protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(Broken(new InMemoryAuthorizationStore()));

    protected override ValueTask<IAuthorizationStore> OpenSecondAsync(IAuthorizationStore store) => new(Node(store));
}

internal sealed class RegistryKit : ClientRegistryContract
{
    public Func<IClientRegistry, IClientRegistry> Broken { get; init; } = store => store;

    public Func<IClientRegistry, IClientRegistry> Node { get; init; } = store => store;

    protected override ValueTask<IClientRegistry> CreateStoreAsync() => new(Broken(new InMemoryClientRegistry()));

    protected override ValueTask<IClientRegistry> OpenSecondAsync(IClientRegistry store) => new(Node(store));
}

internal sealed class TicketKit : TicketStoreContract
{
    public Func<ITicketStore, TimeProvider, ITicketStore> Broken { get; init; } = (store, _) => store;

    protected override ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time) => new(Broken(new InMemoryTicketStore(time), time));
}

internal sealed class KeyKit : KeyStoreContract
{
    public Func<IKeyStore, IKeyStore> Broken { get; init; } = store => store;

    public Func<IKeyStore, IKeyStore> Node { get; init; } = store => store;

    protected override ValueTask<IKeyStore> CreateStoreAsync() => new(Broken(new InMemoryKeyStore()));

    protected override ValueTask<IKeyStore> OpenSecondAsync(IKeyStore store) => new(Node(store));
}

internal sealed class ClientKit : ClientStoreContract
{
    public static readonly Client Stored = new()
    {
        ClientId = "App-1",
        Type = ClientType.Confidential,
        TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.ClientSecretBasic,
        RedirectUris = ["https://app.example.com/cb"],
        Secrets = [new() { Hash = "$2a$04$abcdefghijklmnopqrstuuO1u3dVv9y0k1VhN1n9J9m1cI9Qp0b3e" }],
    };

    /// <summary>What the store finds for an id.</summary>
    public Func<string, Client?> Finds { get; init; } = id => id == Stored.ClientId ? Stored : null;

    /// <summary>What the host says that it stored.</summary>
    public Client Said { get; init; } = Stored;

    protected override ValueTask<(IClientStore Store, Client Stored)> CreateStoreAsync() => new((new Finder(Finds), Said));

    private sealed class Finder(Func<string, Client?> finds) : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new(finds(clientId));
    }
}

internal static class Kit
{
    /// <summary>Runs one test of the kit and says whether it failed, without failing itself.</summary>
    public static async Task<bool> CatchesAsync<TStore, TKit>(TKit kit, Func<TKit, Task> test)
        where TStore : class
        where TKit : StoreContract<TStore>
    {
        using var outside = new TestExecutionContext.IsolatedContext();
        await kit.OpenStoreAsync();
        try
        {
            await test(kit);
            return false;
        }
        catch (AssertionException)
        {
            return true;
        }
        finally
        {
            await kit.CloseStoreAsync();
        }
    }
}
