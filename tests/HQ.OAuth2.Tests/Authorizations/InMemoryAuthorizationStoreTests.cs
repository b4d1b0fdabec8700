namespace HQ.OAuth2;

internal sealed class InMemoryAuthorizationStoreTests : AuthorizationStoreContract
{
    protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(new InMemoryAuthorizationStore());
}
