namespace HQ.OAuth2;

internal sealed class InMemoryKeyStoreTests : KeyStoreContract
{
    protected override ValueTask<IKeyStore> CreateStoreAsync() => new(new InMemoryKeyStore());
}
