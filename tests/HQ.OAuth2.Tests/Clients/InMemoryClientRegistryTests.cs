using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class InMemoryClientRegistryTests : ClientRegistryContract
{
    protected override ValueTask<IClientRegistry> CreateStoreAsync() => new(new InMemoryClientRegistry());

    [Test, Rfc("6749-2.2-1")]
    public async Task An_identifier_belongs_to_one_client()
    {
        (await Store.TryAddAsync(Given.Client() with { ClientName = "first" }, default)).Should().BeTrue();
        (await Store.TryAddAsync(Given.Client() with { ClientName = "second" }, default)).Should().BeFalse();

        (await Store.FindAsync("app", default))!.ClientName.Should().Be("first");
    }

    [Test, Rfc("6749-2.1-1")]
    public async Task The_type_is_kept_as_it_was_stated()
    {
        var odd = Given.Client() with { Type = ClientType.Public, Secrets = [new() { Hash = "h" }] };
        await Store.TryAddAsync(odd, default);

        (await Store.FindAsync("app", default)).Should().Be(odd);
    }

    [TestCase(ClientProvenance.Api, "app")]
    [TestCase(ClientProvenance.Dcr, "self")]
    [TestCase(null, "app,self")]
    public async Task A_filter_by_name_finds_the_clients_of_the_provenance_asked_for(ClientProvenance? provenance, string ids)
    {
        var own = Given.Client() with { ClientName = "Some App" };
        await Store.TryAddAsync(own, default);
        await Store.TryAddAsync(Given.Client("self") with { ClientName = "some-app", Provenance = ClientProvenance.Dcr }, default);
        await Store.TryAddAsync(Given.Client("other") with { ClientName = "Other" }, default);

        var page = await Store.ListAsync(new(provenance: provenance) { NameKeys = [own.NameKey] }, default);

        page.Items.Select(c => c.ClientId).Should().Equal(ids.Split(','));
    }
}

internal sealed class InMemoryClientStoreTests : ClientStoreContract
{
    protected override async ValueTask<(IClientStore Store, Client Stored)> CreateStoreAsync()
    {
        var registry = new InMemoryClientRegistry();
        var stored = Given.Client("App-1", ClientType.Confidential) with { Secrets = [new() { Hash = SecretHash }], Org = "x" };
        await registry.TryAddAsync(stored, default);
        return (registry, stored);
    }

    private const string SecretHash = "$2a$04$abcdefghijklmnopqrstuuO1u3dVv9y0k1VhN1n9J9m1cI9Qp0b3e";
}
