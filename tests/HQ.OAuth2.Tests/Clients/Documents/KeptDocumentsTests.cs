using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Documents that users approved, kept by a registry and, for a store that is read-only, on the ticket store.</summary>
[TestFixture(true)]
[TestFixture(false)]
internal sealed class KeptDocumentsTests(bool isRegistry)
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
    private ClientCache memory = null!;

    [SetUp]
    public void Nothing_is_kept()
    {
        (clock, registry) = (new(), new());
        tickets = new(clock);
    }

    [Test]
    public async Task It_is_found_by_another_process_with_what_consents_rest_on()
    {
        var kept = await Node().KeepAsync(document, default);
        kept.CreatedAt.Should().Be(TestClock.Start, "authorizations note when it was first kept");

        var found = (await Node().FindAsync(Url, default)).Value;

        found.ToJson().Should().Be(kept.ToJson());
        (found.ClientName, found.DocumentHash).Should().Be(("Some app", "hash"));
        (await Node().FindAsync(Url + "x", default)).Error!.Id.Should().Be("HQ1032");
    }

    [Test]
    public async Task Approved_again_it_says_what_the_document_says_now_and_is_the_same_client()
    {
        await Node().KeepAsync(document, default);
        clock.Advance(TimeSpan.FromDays(1));

        await Node().KeepAsync(document with { ClientName = "Renamed" }, default);

        var found = (await Node().FindAsync(Url, default)).Value;
        (found.ClientName, found.CreatedAt).Should().Be(("Renamed", TestClock.Start));
    }

    [Test]
    public async Task Approved_again_in_a_later_period_it_is_still_the_same_client_and_the_later_document_counts()
    {
        await Node().KeepAsync(document, default);
        clock.Advance(TimeSpan.FromDays(180));

        (await Node().KeepAsync(document with { ClientName = "Renamed" }, default)).CreatedAt.Should().Be(TestClock.Start);

        var found = (await Node().FindAsync(Url, default)).Value;
        (found.ClientName, found.CreatedAt).Should().Be(("Renamed", TestClock.Start));
    }

    [Test]
    public async Task A_node_that_keeps_it_sees_it_at_once()
    {
        var node = Node();
        (await node.FindAsync(Url, default)).Error.Should().NotBeNull();
        await node.KeepAsync(document, default);
        (await node.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
        await node.KeepAsync(document with { ClientName = "Renamed" }, default);

        (await node.FindAsync(Url, default)).Value.ClientName.Should().Be("Renamed");
    }

    [Test]
    public async Task Three_hundred_approvals_at_once_keep_one_client()
    {
        var kept = await Racers.AtOnceAsync(300, n => Node().KeepAsync(document with { ClientName = $"Name {n % 3}" }, default).AsTask());

        kept.Select(c => c.CreatedAt).Distinct().Should().ContainSingle();
        (await Node().FindAsync(Url, default)).Value.ClientName.Should().StartWith("Name ");
    }

    [Test]
    public async Task While_it_is_used_once_in_a_while_it_is_never_gone()
    {
        await Node().KeepAsync(document, default);
        for (var i = 0; i < 40; i++)
        {
            clock.Advance(TimeSpan.FromDays(89));
            await PruneAsync();
            var client = (await Node().FindAsync(Url, default)).Value;
            await Node().NoteUseAsync(client, clock.Now, default);
        }
    }

    [Test]
    public async Task Unused_for_long_it_goes()
    {
        await Node().KeepAsync(document, default);
        clock.Advance(TimeSpan.FromDays(400));
        await PruneAsync();

        (await Node().FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
    }

    [Test]
    public async Task A_document_that_the_settings_no_longer_allow_is_refused_even_if_it_is_kept()
    {
        await Node().KeepAsync(document, default);

        (await Node(o => o.ClientIdMetadataDocuments = false).FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
        (await Node(o => o.Documents.DeniedHosts.Add("app.example.com")).FindAsync(Url, default)).Error!.Id.Should().Be("HQ1053");
        (await Node(o => o.Documents.AllowedHosts.Add("other.example.com")).FindOrNullAsync(Url, default)).Should().BeNull();
    }

    [Test]
    public async Task A_client_of_another_provenance_is_kept_nowhere()
    {
        var client = Given.Client();

        (await Node().KeepAsync(client, default)).Should().BeSameAs(client);
        (await Node().FindAsync("app", default)).Error.Should().NotBeNull();
    }

    private async Task PruneAsync()
    {
        await tickets.RemoveExpiredAsync(100, default);
        await registry.RemoveUnusedAsync(clock.Now.AddDays(-7), DateOnly.FromDateTime(clock.Now.AddDays(-90).UtcDateTime), 100, default);
    }

    private ClientLookup Node(Action<HqOAuth2Options>? configure = null)
    {
        var options = Given.Options(o =>
        {
            o.ClientIdMetadataDocuments = true;
            configure?.Invoke(o);
        });
        memory = new(new ServerSettings(options), clock);
        return Given.Directory(options, isRegistry ? registry : new Fixed(), memory, clock, tickets: tickets);
    }

    private sealed class Fixed : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }
}
