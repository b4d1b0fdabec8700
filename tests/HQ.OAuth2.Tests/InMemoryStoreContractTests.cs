using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The reference stores keep the promises of the seams.</summary>
internal sealed class InMemoryAuthorizationStoreTests : AuthorizationStoreContract
{
    protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(new InMemoryAuthorizationStore());
}

internal sealed class InMemoryClientRegistryTests : ClientRegistryContract
{
    protected override ValueTask<IClientRegistry> CreateStoreAsync() => new(new InMemoryClientRegistry());

    [Test, Rfc("6749-2.2-1")]
    public async Task A_client_id_is_unique()
    {
        (await Store.TryAddAsync(Given.Client(), default)).Should().BeTrue();
        (await Store.TryAddAsync(Given.Client(), default)).Should().BeFalse();
    }

    [Test, Rfc("6749-2.1-1")]
    public async Task The_type_is_kept_as_it_was_stated()
    {
        var odd = Given.Client() with { Type = ClientType.Public, Secrets = [new() { Hash = "h" }] };
        await Store.TryAddAsync(odd, default);

        (await Store.FindAsync("app", default)).Should().Be(odd);
    }
}

internal sealed class InMemoryTicketStoreTests : TicketStoreContract
{
    protected override ValueTask<ITicketStore> CreateStoreAsync(TimeProvider time) => new(new InMemoryTicketStore(time));
}

internal sealed class InMemoryKeyStoreTests : KeyStoreContract
{
    protected override ValueTask<IKeyStore> CreateStoreAsync() => new(new InMemoryKeyStore());
}
