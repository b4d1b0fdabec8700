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

    [Test]
    public async Task The_ticket_of_this_period_counts_before_that_of_the_last_one()
    {
        var scripted = new ScriptedTickets(tickets);
        await Kept(scripted).KeepAsync(document, default);
        clock.Advance(TimeSpan.FromDays(180));
        await Kept(scripted).KeepAsync(document with { ClientName = "Renamed" }, default);

        (await Kept(scripted).FindAsync(Url, default))!.ClientName.Should().Be("Renamed");
        scripted.Tried.Should().Be(2, "each period has a ticket of its own");
    }

    [Test]
    public async Task Where_the_store_is_a_registry_or_the_id_is_no_URL_no_ticket_is_a_client()
    {
        (await Saying(document.ToJson(), registry).FindAsync(Url, default)).Should().BeNull();
        (await Saying(Given.Client("app").ToJson()).FindAsync("app", default)).Should().BeNull();
    }

    [Test]
    public async Task An_approval_that_another_node_overtakes_keeps_the_time_of_the_first()
    {
        var scripted = new ScriptedTickets(tickets);
        var first = document with { CreatedAt = TestClock.Start };
        clock.Advance(TimeSpan.FromMinutes(1));
        scripted.BeforeWrite.Enqueue(key => tickets.TryAddAsync(key, first.ToJson(), clock.Now.AddDays(1), default));

        var second = await Kept(scripted).KeepAsync(document with { ClientName = "Renamed" }, default);

        (second.ClientName, second.CreatedAt).Should().Be(("Renamed", TestClock.Start));
        (await Kept(tickets).FindAsync(Url, default))!.ClientName.Should().Be("Renamed");
    }

    [Test]
    public async Task A_store_that_refuses_a_hundred_writes_of_one_client_is_a_fault()
    {
        var refusing = new ScriptedTickets(tickets) { Refuses = true };

        await Kept(refusing)
            .Awaiting(k => k.KeepAsync(document, default).AsTask())
            .Should()
            .ThrowAsync<InvalidOperationException>()
            .WithMessage("*ReadOnlyStore refused 100 writes of one client.");
        refusing.Tried.Should().Be(100);
    }

    [Test]
    public async Task A_use_is_written_once_in_a_period_and_for_documents_only()
    {
        var scripted = new ScriptedTickets(tickets);
        var kept = await Kept(scripted).KeepAsync(document, default);
        await NoteAsync(kept);
        await NoteAsync((await Kept(scripted).FindAsync(Url, default))!);
        await NoteAsync(Given.Client("app") with { Provenance = ClientProvenance.Dcr, LastUsedOn = DateOnly.MinValue });
        scripted.Tried.Should().Be(1, "the approval wrote it");

        clock.Advance(TimeSpan.FromDays(180));
        var found = (await Kept(scripted).FindAsync(Url, default))!;
        await NoteAsync(found);
        scripted.Tried.Should().Be(2);

        ValueTask NoteAsync(Client client) => Kept(scripted).NoteUseAsync(client, DateOnly.FromDateTime(clock.Now.UtcDateTime), default);
    }

    [Test]
    public async Task A_setting_below_180_days_changes_no_key_and_a_longer_one_keeps_documents_longer()
    {
        await Kept(tickets, TimeSpan.FromDays(30)).KeepAsync(document, default);
        (await Kept(tickets, TimeSpan.FromDays(179)).FindAsync(Url, default)).Should().NotBeNull();
        (await Kept(tickets, TimeSpan.FromDays(180)).FindAsync(Url, default)).Should().NotBeNull();

        await Kept(tickets, TimeSpan.FromDays(400)).KeepAsync(document, default);
        clock.Advance(TimeSpan.FromDays(399));
        (await Kept(tickets, TimeSpan.FromDays(400)).FindAsync(Url, default)).Should().NotBeNull();
        (await Kept(tickets, TimeSpan.FromDays(180)).FindAsync(Url, default)).Should().BeNull();
    }

    private KeptDocuments Kept(ITicketStore store, TimeSpan? lifetime = null) =>
        new(
            new ReadOnlyStore(),
            store,
            new(Given.Options(o => (o.ClientIdMetadataDocuments, o.UnusedClientLifetime) = (true, lifetime ?? o.UnusedClientLifetime))),
            clock
        );

    private KeptDocuments Saying(string ticket, IClientStore? store = null) =>
        new(store ?? new ReadOnlyStore(), new SayingTickets(ticket), new(Given.Options(o => o.ClientIdMetadataDocuments = true)), clock);

    private ClientLookup Node(IClientStore store)
    {
        var options = Given.Options(o => o.ClientIdMetadataDocuments = true);
        return Given.Directory(options, store, new(new ServerSettings(options), clock), clock, tickets: tickets);
    }

    private sealed class ReadOnlyStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }

    /// <summary>Counts the writes, and does something before the next ones.</summary>
    private sealed class ScriptedTickets(ITicketStore inner) : ITicketStore
    {
        public int Tried { get; private set; }

        public bool Refuses { get; init; }

        public Queue<Func<string, ValueTask<bool>>> BeforeWrite { get; } = new();

        public async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            await WritesAsync(key) && await inner.TryAddAsync(key, value, until, ct);

        public async ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            await WritesAsync(key) && await inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);

        private async ValueTask<bool> WritesAsync(string key)
        {
            Tried++;
            if (BeforeWrite.TryDequeue(out var act))
                await act(key);
            return !Refuses;
        }
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
