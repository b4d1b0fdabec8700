using System.Security.Claims;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The questions to the host about an authorization: how long an answer counts, and what no answer means.</summary>
internal sealed class GrantQuestionTests
{
    private readonly TestClock clock = new();
    private InMemoryAuthorizationStore store = null!;
    private OAuthAuthorization row = null!;
    private Policy policy = null!;
    private Members members = null!;
    private GrantAnswers answers = null!;
    private RecordingEvents events = null!;

    [SetUp]
    public async Task StartAsync()
    {
        (store, policy, members, answers, events) = (new(), new(), new(), new(clock), new());
        row = Given.Active().Row with { Organization = "acme" };
        await store.AddAsync(row.ToRecord(), default);
    }

    [Test]
    public async Task An_answer_counts_for_thirty_seconds()
    {
        await AskAsync();
        policy.Answer = GrantDecision.Refuse;
        clock.Advance(TimeSpan.FromSeconds(29.9));
        (await AskAsync()).Should().BeNull();

        clock.Advance(TimeSpan.FromSeconds(0.1));

        (await AskAsync()).ShouldBe(OAuthError.GrantRefused);
        policy.Asked.Should().Be(2);
        (await store.FindAsync(row.Id, default)).Should().NotBeNull("a refusal ends nothing");
    }

    [Test]
    public async Task An_authorization_that_the_host_ends_is_removed()
    {
        policy.Answer = GrantDecision.End;

        (await AskAsync()).ShouldBe(OAuthError.InvalidRefreshToken);

        (await store.FindAsync(row.Id, default)).Should().BeNull();
        var ended = events.All.Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.AuthorizationRevoked>().Subject;
        (ended.By, ended.AuthorizationId, ended.Subject, ended.ClientId, ended.Count)
            .Should()
            .Be((RevokedBy.Policy, row.Id, row.Subject, row.ClientId, 1));
    }

    [Test]
    public async Task A_user_who_left_the_organization_ends_it_and_the_policy_is_not_asked()
    {
        members.Own = [new("other", "Other")];

        (await AskAsync()).ShouldBe(OAuthError.InvalidRefreshToken);

        policy.Asked.Should().Be(0);
        (await store.FindAsync(row.Id, default)).Should().BeNull();
    }

    [Test]
    public async Task No_answer_is_no_yes_and_is_not_kept()
    {
        policy.Failure = new InvalidOperationException("the directory is away");

        var asked = async () => await AskAsync();

        OAuthError.From((await asked.Should().ThrowAsync<UnavailableException>()).Which).ShouldBe(OAuthError.TemporarilyUnavailable);
        (await store.FindAsync(row.Id, default)).Should().NotBeNull();
        policy.Failure = null;
        (await AskAsync()).Should().BeNull();
    }

    [Test]
    public async Task A_host_that_hangs_is_not_awaited_for_longer_than_five_seconds()
    {
        policy.Hangs = true;
        var asked = AskAsync().AsTask();

        clock.Advance(TimeSpan.FromSeconds(5));

        await asked.Awaiting(a => a).Should().ThrowAsync<UnavailableException>();
    }

    [Test]
    public async Task A_caller_that_disconnects_is_no_failure_of_the_host()
    {
        policy.Hangs = true;
        using var caller = new CancellationTokenSource();
        var asked = AskAsync(caller.Token).AsTask();

        await caller.CancelAsync();

        await asked.Awaiting(a => a).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task A_note_that_is_too_long_is_a_fault_of_the_host()
    {
        policy.Note = new string('n', 401);

        await Host().Awaiting(h => h.NoteAsync(new(), default).AsTask()).Should().ThrowAsync<InvalidOperationException>();

        policy.Note = new string('n', 400);
        (await Host().NoteAsync(new(), default)).Should().HaveLength(400);
    }

    [TestCase("")]
    [TestCase("a\nb")]
    public void An_organization_needs_an_id_that_can_be_stored(string id)
    {
        var make = () => new Organization(id, "Name");

        make.Should().Throw<ArgumentException>();
        new Organization(new string('x', 200), "Name").Id.Should().HaveLength(200);
    }

    private ValueTask<OAuthError?> AskAsync(CancellationToken ct = default) =>
        new GrantQuestion(Host(), answers, Given.Loop(store), Given.Events(events)).AskAsync(row, ct);

    private GrantHost Host() => new([policy], [members], [], [], clock);

    private sealed class Policy : IGrantPolicy
    {
        public GrantDecision Answer { get; set; }

        public Exception? Failure { get; set; }

        public bool Hangs { get; set; }

        public string? Note { get; set; }

        public int Asked { get; private set; }

        public ValueTask<string?> NoteAsync(ClaimsPrincipal user, CancellationToken ct) => new(Note);

        public async ValueTask<GrantDecision> DecideAsync(Grant grant, CancellationToken ct)
        {
            Asked++;
            if (Failure is not null)
                throw Failure;
            if (Hangs)
                await new TaskCompletionSource().Task;
            return Answer;
        }
    }

    private sealed class Members : IOrganizations
    {
        public IReadOnlyList<Organization> Own { get; set; } = [new("acme", "Acme")];

        public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) => new(Own);
    }
}
