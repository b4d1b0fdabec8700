using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>How what users have allowed is changed and taken back, at a store that behaves and at one that does not.</summary>
internal sealed class ConnectedAppsTests
{
    private readonly RecordingEvents events = new();

    [SetUp]
    public void Start() => events.All.Clear();

    [Test]
    public async Task A_change_is_told_once_and_no_change_is_not_told()
    {
        await using var host = new CoreHost(clock: new TestClock(), add: s => s.AddSingleton<IOAuthEvents>(events));
        var row = Given.Active().Row;
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);
        async Task<OAuthEvent[]> PauseAsync()
        {
            events.All.Clear();
            var paused = await host.WithAsync((ConnectedApps apps) => apps.ChangeAsync("alice", row.Id, new() { Paused = true }, default));
            paused.Value.PausedAt.Should().Be(TestClock.Start);
            return [.. events.All];
        }

        var changed = (await PauseAsync()).Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.AuthorizationChanged>().Subject;
        (changed.AuthorizationId, changed.Subject, changed.ClientId, changed.IsPaused).Should().Be((row.Id, "alice", "app", true));
        (await PauseAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task A_list_and_a_change_must_say_what_they_want()
    {
        await using var host = new CoreHost(clock: new TestClock());
        var row = Given.Active().Row;
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);

        var list = () => host.WithAsync((ConnectedApps apps) => apps.ListAsync(null!, default));
        var change = () => host.WithAsync((ConnectedApps apps) => apps.ChangeAsync("alice", row.Id, null!, default));

        await list.Should().ThrowAsync<ArgumentNullException>().WithParameterName("by");
        await change.Should().ThrowAsync<ArgumentNullException>().WithParameterName("change");
    }

    [Test]
    public async Task A_revocation_ends_after_five_passes_when_there_is_always_one_more_row()
    {
        var store = new StubbornStore(Given.Active().Row.ToRecord());

        (await Apps(store).RevokeForSubjectAsync("alice", default)).Should().Be(5);

        store.Removals.Should().Be(5);
        Revoked().Count.Should().Be(5);
    }

    [Test]
    public async Task A_revocation_that_finds_no_row_looks_once()
    {
        var store = new StubbornStore();

        (await Apps(store).RevokeForSubjectAsync("alice", default)).Should().Be(0);

        store.Lists.Should().Be(1);
    }

    [TestCase(0)]
    [TestCase(2)]
    public async Task A_revocation_that_fails_tells_what_it_has_ended(int removals)
    {
        var store = new StubbornStore(Given.Active().Row.ToRecord()) { WorkingRemovals = removals };

        var revoke = async () => await Apps(store).RevokeForSubjectAsync("alice", default);

        await revoke.Should().ThrowAsync<IOException>();
        if (removals == 0)
            events.All.Should().BeEmpty("nothing has ended");
        else
            Revoked().Count.Should().Be(removals);
    }

    private OAuthEvent.AuthorizationRevoked Revoked() =>
        events.All.Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.AuthorizationRevoked>().Subject;

    private ConnectedApps Apps(IAuthorizationStore store)
    {
        var clock = new TestClock();
        var settings = new ServerSettings(Given.Options());
        var directory = Given.Directory(settings.Options, new InMemoryClientRegistry(), new(settings, clock), clock).Directory;
        return new(Given.Loop(store), directory, Given.Events(events), settings, clock);
    }

    // Lists the same rows whatever is removed.
    private sealed class StubbornStore(params AuthorizationRecord[] rows) : IAuthorizationStore
    {
        public int WorkingRemovals { get; init; } = int.MaxValue;

        public int Removals { get; private set; }

        public int Lists { get; private set; }

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            Lists++;
            return new(new Page<AuthorizationRecord>(rows, null));
        }

        public ValueTask RemoveAsync(string id, CancellationToken ct) =>
            Removals++ < WorkingRemovals ? default : throw new IOException("the store is away");

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => throw new NotSupportedException();

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) => throw new NotSupportedException();
    }
}
