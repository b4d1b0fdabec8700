using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2.Tests;

/// <summary>What an approval leaves behind when a store fails in the middle of it.</summary>
internal sealed class FormAnswersTests
{
    private TestClock clock = null!;
    private ScriptedStore store = null!;
    private FailingNotes tickets = null!;
    private Approvals approvals = null!;

    [SetUp]
    public void Start()
    {
        (clock, store) = (new(), new());
        tickets = new(clock);
        var settings = new ServerSettings(Given.Options());
        var clients = Given.Directory(settings.Options, new InMemoryClientRegistry(), new(settings, clock), clock).Stored;
        var loop = Given.Loop(store);
        var consents = new ConsentIndex(new InMemoryTicketStore(clock), loop, clock, NullLogger<ConsentIndex>.Instance);
        approvals = new(clients, new(loop, tickets, consents), new GrantHost([], [], [], [], clock), Given.Events(), settings, clock);
    }

    [Test]
    public async Task A_form_whose_answer_cannot_be_noted_leaves_no_row_and_may_be_answered_again()
    {
        var form = Approval(approvals.NewCode());
        tickets.Failure = new IOException("the ticket store is away");
        var rowsAtTheNote = -1;
        tickets.BeforeFailure = async () => rowsAtTheNote = await RowsAsync();

        var approve = async () => await approvals.ApproveAsync(Given.Request(), form, default);

        (await approve.Should().ThrowAsync<IOException>()).Which.Should().BeSameAs(tickets.Failure);
        rowsAtTheNote.Should().Be(1, "the row is there before the note");
        (await RowsAsync()).Should().Be(0);
        tickets.Failure = null;
        (await approvals.ApproveAsync(Given.Request(), form, default)).Value.ToWire().Should().Be(form.FormCode!.Value.ToWire());
        (await RowsAsync()).Should().Be(1);
    }

    [Test]
    public async Task Each_form_is_answered_on_its_own()
    {
        (await ApproveAsync(approvals.NewCode())).Should().BeNull();
        (await ApproveAsync(approvals.NewCode())).Should().BeNull();

        (await RowsAsync()).Should().Be(2);
    }

    [TestCase(1)]
    [TestCase(86_399)]
    public async Task A_form_does_not_bring_back_what_was_revoked_as_long_as_it_counts(int seconds)
    {
        var code = approvals.NewCode();
        (await ApproveAsync(code)).Should().BeNull();
        await store.RemoveAsync(code.Id, default);
        clock.Advance(TimeSpan.FromSeconds(seconds));

        (await ApproveAsync(code)).ShouldBe(OAuthError.AlreadyAnswered);

        (await RowsAsync()).Should().Be(0);
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    public async Task A_form_that_is_posted_again_gives_its_code_again_until_the_code_expires(int seconds, bool gives)
    {
        var code = approvals.NewCode();
        (await ApproveAsync(code)).Should().BeNull();
        clock.Advance(new HqOAuth2Options().AuthorizationCodeLifetime + TimeSpan.FromSeconds(seconds));

        var refused = await ApproveAsync(code);

        if (gives)
            refused.Should().BeNull();
        else
            refused.ShouldBe(OAuthError.AlreadyAnswered);
    }

    private async Task<OAuthError?> ApproveAsync(AuthorizationCode code) =>
        (await approvals.ApproveAsync(Given.Request(), Approval(code), default)).Error;

    private static Approval Approval(AuthorizationCode code) =>
        new()
        {
            Subject = "alice",
            User = new(),
            Organization = null,
            Granted = null,
            Asked = true,
            FormCode = code,
            SignedInAt = null,
        };

    private async Task<int> RowsAsync() => (await store.ListAsync(new("alice", clientId: null, limit: 10), default)).Items.Count;

    private sealed class FailingNotes(TimeProvider time) : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(time);

        public Exception? Failure { get; set; }

        public Func<Task>? BeforeFailure { get; set; }

        public async ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
        {
            if (Failure is null)
                return await inner.TryAddAsync(key, value, until, ct);
            await BeforeFailure!();
            throw Failure;
        }

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
    }
}
