namespace HQ.OAuth2;

internal sealed class InMemoryAuthorizationStoreTests : AuthorizationStoreContract
{
    protected override ValueTask<IAuthorizationStore> CreateStoreAsync() => new(new InMemoryAuthorizationStore());

    [Test]
    public async Task A_row_that_is_removed_is_in_no_list()
    {
        var store = new InMemoryAuthorizationStore();
        var (gone, stays) = (Given.Authorization().Row, Given.Authorization().Row);
        await store.AddAsync(gone.ToRecord(), default);
        await store.AddAsync(stays.ToRecord(), default);

        await store.RemoveAsync(gone.Id, default);

        foreach (var by in new AuthorizationFilter[] { new("alice", "app"), new("alice", null), new(null, "app") })
            (await store.ListAsync(by, default)).Items.Select(r => r.Id).Should().Equal(stays.Id);
        await store.RemoveAsync(stays.Id, default);
        (await store.ListAsync(new("alice", "app"), default)).Items.Should().BeEmpty();
    }
}
