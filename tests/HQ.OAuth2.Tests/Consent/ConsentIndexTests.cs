using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2.Tests;

/// <summary>Remembered consents are found by keys, whatever else a user has allowed.</summary>
public sealed class ConsentIndexTests
{
    private TestClock clock = null!;
    private ScriptedStore rows = null!;
    private InMemoryTicketStore tickets = null!;
    private RecordingLogger<ConsentIndex> log = null!;
    private ConsentIndex index = null!;

    [SetUp]
    public void Start()
    {
        (clock, rows) = (new(), new());
        (tickets, log) = (new(clock), new());
        index = new(tickets, Given.Loop(rows), clock, log);
    }

    [Test]
    public async Task The_newest_eight_are_named_and_the_newest_comes_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
            ids.Add((await GivenAsync()).Id);

        (await FoundAsync()).Should().Equal(Enumerable.Reverse(ids).Take(8));
    }

    [Test]
    public async Task A_consent_that_is_noted_in_time_warns_nobody()
    {
        await GivenAsync();

        log.Lines.Should().BeEmpty();
    }

    [Test]
    public async Task A_consent_whose_row_is_revoked_counts_for_nothing()
    {
        var first = await GivenAsync();
        var second = await GivenAsync();
        await rows.RemoveAsync(second.Id, default);

        (await FoundAsync()).Should().Equal(first.Id);
    }

    [Test]
    public async Task Another_user_or_client_has_a_ticket_of_its_own()
    {
        await GivenAsync();

        (await FoundAsync("bob")).Should().BeEmpty();
        (await FoundAsync(client: "other")).Should().BeEmpty();
    }

    [Test]
    public async Task A_ticket_that_names_a_row_of_somebody_else_names_nobody()
    {
        var row = await GivenAsync();
        var key = Key(row.ClientId);
        (await tickets.TryRemoveAsync(key, default)).Should().BeTrue();
        await GivenAsync(subject: "bob");
        await tickets.TryAddAsync(key, (await FoundAsync("bob")).Single() + ",junk," + row.Id, clock.Now.AddDays(1), default);

        (await FoundAsync()).Should().Equal(row.Id);
    }

    [Test]
    public async Task A_later_consent_lasts_as_long_as_it_says()
    {
        await GivenAsync();
        clock.Advance(TimeSpan.FromDays(80));
        var later = await GivenAsync();
        clock.Advance(TimeSpan.FromDays(80));

        (await FoundAsync()).Should().Contain(later.Id);
    }

    private async Task<OAuthAuthorization> GivenAsync(string subject = "alice")
    {
        var (row, _) = Given.Authorization();
        row = row with
        {
            Id = Guid.CreateVersion7(clock.Now).ToString("N"),
            Subject = subject,
            Consent = new("app.example.com", clock.Now.AddDays(90)),
        };
        await rows.AddAsync(row.ToRecord(), default);
        await index.NoteAsync(row);
        return row;
    }

    private async Task<List<string>> FoundAsync(string subject = "alice", string? client = null)
    {
        var found = new List<string>();
        await foreach (var row in index.FindAsync(subject, client ?? Given.Authorization().Item1.ClientId, default))
            found.Add(row.Id);
        return found;
    }

    private static string Key(string client) =>
        "consent:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"alice\n{client}")));
}
