namespace HQ.OAuth2.Tests;

/// <summary>What is particular to one of the two places where documents are kept: a registry, or the ticket store.</summary>
internal sealed class KeptDocumentStoresTests
{
    private const string Url = "https://app.example.com/client.json";

    private static readonly Client document = Given.Client(Url) with
    {
        Provenance = ClientProvenance.Cimd,
        ClientName = "Some app",
        DocumentHash = "hash",
    };

    private TestClock clock = null!;
    private ScriptedClientRegistry registry = null!;
    private InMemoryTicketStore tickets = null!;

    [SetUp]
    public void Nothing_is_kept()
    {
        (clock, registry) = (new(), new());
        tickets = new(clock);
    }

    [Test]
    public async Task One_that_an_administrator_disabled_in_a_registry_stays_disabled_whatever_is_approved()
    {
        var kept = await Node(registry).KeepAsync(document, default);
        (await registry.TryUpdateAsync(kept with { Version = kept.Version + 1, Disabled = true, Org = "theirs" }, default))
            .Should()
            .BeTrue();

        await Node(registry).KeepAsync(document with { ClientName = "Renamed" }, default);

        (await registry.FindAsync(Url, default)).Should().Match<Client>(c => c.Disabled && c.Org == "theirs" && c.ClientName == "Renamed");
        (await Node(registry).FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
    }

    [Test]
    public async Task A_ticket_that_holds_no_client_is_ignored()
    {
        foreach (var odd in new[] { "", "{}", "null", Given.Client("app").ToJson() })
            (await Saying(odd).FindAsync(Url, default)).Should().BeNull(odd);

        (await Saying(document.ToJson()).FindAsync(Url, default))!.ClientName.Should().Be("Some app");
    }

    private KeptDocuments Saying(string ticket) =>
        new(new ReadOnlyStore(), new SayingTickets(ticket), new(Given.Options(o => o.ClientIdMetadataDocuments = true)), clock);

    private ClientLookup Node(IClientStore store)
    {
        var options = Given.Options(o => o.ClientIdMetadataDocuments = true);
        return Given.Directory(options, store, new(new ServerSettings(options), clock), clock, tickets: tickets);
    }

    private sealed class ReadOnlyStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }

    private sealed class SayingTickets(string value) : ITicketStore
    {
        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) => new(true);

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => new(value);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) => new(true);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => new(true);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => new(0);
    }
}
