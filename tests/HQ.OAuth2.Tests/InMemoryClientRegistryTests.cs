using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class InMemoryClientRegistryTests
{
    private InMemoryClientRegistry registry = null!;

    [SetUp]
    public void An_empty_registry() => registry = new();

    [Test, Rfc("6749-2.2-1")]
    public async Task An_id_that_is_taken_is_refused_and_its_owner_unchanged()
    {
        (await registry.TryAddAsync(Given.Client() with { ClientName = "first" }, default)).Should().BeTrue();
        (await registry.TryAddAsync(Given.Client() with { ClientName = "second" }, default)).Should().BeFalse();

        (await registry.FindAsync("app", default))!.ClientName.Should().Be("first");
    }

    [Test]
    public async Task Ids_are_compared_ordinally()
    {
        await registry.TryAddAsync(Given.Client(), default);

        (await registry.FindAsync("APP", default)).Should().BeNull();
        (await registry.FindAsync("app ", default)).Should().BeNull();
        (await registry.TryAddAsync(Given.Client("APP"), default)).Should().BeTrue();
    }

    [Test, Rfc("6749-2.1-1")]
    public async Task The_type_is_kept_as_it_was_stated()
    {
        var odd = Given.Client() with { Type = ClientType.Public, Secrets = [new() { Hash = "h" }] };
        await registry.TryAddAsync(odd, default);

        (await registry.FindAsync("app", default)).Should().Be(odd);
    }

    [Test]
    public async Task An_update_replaces_and_never_inserts()
    {
        (await registry.TryUpdateAsync(Given.Client(), default)).Should().BeFalse();
        (await registry.FindAsync("app", default)).Should().BeNull();
        await registry.TryAddAsync(Given.Client(), default);
        (await registry.TryUpdateAsync(Given.Client() with { Disabled = true }, default)).Should().BeTrue();
        (await registry.FindAsync("app", default))!.Disabled.Should().BeTrue();
    }

    [Test]
    public async Task A_client_is_removed_once()
    {
        await registry.TryAddAsync(Given.Client(), default);

        (await registry.TryRemoveAsync("app", default)).Should().BeTrue();
        (await registry.TryRemoveAsync("app", default)).Should().BeFalse();
        (await registry.FindAsync("app", default)).Should().BeNull();
    }

    [TestCase(null, null, "a b c d")]
    [TestCase("x", null, "a c")]
    [TestCase(null, ClientProvenance.Dcr, "b c")]
    [TestCase("x", ClientProvenance.Dcr, "c")]
    [TestCase("none", null, "")]
    public async Task Clients_are_listed_by_organization_and_provenance(string? org, ClientProvenance? provenance, string ids)
    {
        await FourClients();

        var page = await registry.ListAsync(new(org, provenance), default);

        page.Items.Select(c => c.ClientId).Should().Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        page.Next.Should().BeNull();
    }

    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended()
    {
        await FourClients();

        var first = await registry.ListAsync(new(Limit: 3), default);
        first.Items.Select(c => c.ClientId).Should().Equal("a", "b", "c");
        await registry.TryRemoveAsync("c", default);
        var second = await registry.ListAsync(new(Limit: 3, After: first.Next), default);
        second.Items.Select(c => c.ClientId).Should().Equal("d");
        second.Next.Should().BeNull();
        (await registry.ListAsync(new(Limit: 0), default)).Items.Should().HaveCount(1);
    }

    private async Task FourClients()
    {
        await registry.TryAddAsync(Given.Client("d"), default);
        await registry.TryAddAsync(Given.Client("b") with { Provenance = ClientProvenance.Dcr }, default);
        await registry.TryAddAsync(Given.Client("c") with { Provenance = ClientProvenance.Dcr, Org = "x" }, default);
        await registry.TryAddAsync(Given.Client("a") with { Org = "x" }, default);
    }
}
