using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>When a use is written down, and when it is not.</summary>
internal sealed class StoredClientsTests
{
    private static readonly Client self = Given.Client("self") with { Provenance = ClientProvenance.Dcr };
    private static readonly DateOnly today = DateOnly.FromDateTime(TestClock.Start.UtcDateTime);

    private TestClock clock = null!;
    private ScriptedClientRegistry registry = null!;
    private RecordingLogger<StoredClients> log = null!;
    private StoredClients stored = null!;

    [SetUp]
    public async Task A_self_registered_client_is_stored()
    {
        (clock, registry, log) = (new(), new(), new());
        var options = Given.Options();
        stored = Given.Directory(options, registry, new(new ServerSettings(options), clock), clock, log).Stored;
        await registry.TryAddAsync(self, default);
    }

    [Test]
    public async Task A_cached_client_knows_the_use_that_was_noted()
    {
        await stored.NoteUseAsync((await stored.FindAsync("self", default))!, clock.Now, default);

        var cached = (await stored.FindAsync("self", default))!;
        (cached.LastUsedOn, registry.Reads).Should().Be((today, 1));
        await stored.NoteUseAsync(cached, clock.Now, default);
        registry.Uses.Should().Equal(("self", today));
    }

    [Test]
    public async Task A_use_in_passing_is_noted_and_nothing_is_logged()
    {
        await stored.NoteUseInPassingAsync(self, clock.Now, TimeProvider.System);

        registry.Uses.Should().Equal(("self", today));
        log.Lines.Should().BeEmpty();
    }

    [Test]
    public async Task A_use_that_was_noted_today_is_not_waited_for()
    {
        await stored.NoteUseInPassingAsync(self with { LastUsedOn = today }, clock.Now, new NoTimers());
        await stored.NoteUseInPassingAsync(Given.Client(), clock.Now, new NoTimers());

        registry.Uses.Should().BeEmpty();
    }

    private sealed class NoTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new InvalidOperationException("Nobody waits.");
    }
}
