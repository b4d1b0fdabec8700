using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The number of self-registered clients that there may be: whom it counts, and when it warns.</summary>
internal sealed class RegistrationCountTests
{
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private TestClock clock = null!;
    private ScriptedClientRegistry registry = null!;
    private RecordingLogger<RegistrationCeiling> log = null!;

    [SetUp]
    public void Start() => (clock, registry, log) = (new(), new(), new());

    [Test]
    public async Task As_many_as_the_limit_are_taken_and_not_one_more()
    {
        using var ceiling = Ceiling(2);

        (await TakesAsync(ceiling)).Should().BeTrue();
        (await TakesAsync(ceiling)).Should().BeTrue("one is under way");
        (await TakesAsync(ceiling)).Should().BeFalse("two are under way");
        ceiling.Made();
        ceiling.Made();
        (await TakesAsync(ceiling)).Should().BeFalse("two are made");
    }

    [Test]
    public async Task Those_that_are_stored_already_count()
    {
        await StoreAsync(2);
        using var ceiling = Ceiling(3);

        (await TakesAsync(ceiling)).Should().BeTrue();
        (await TakesAsync(ceiling)).Should().BeFalse();
    }

    [Test]
    public async Task After_a_minute_the_stored_clients_are_counted_again()
    {
        using var ceiling = Ceiling(1);
        (await TakesAsync(ceiling)).Should().BeTrue();
        // The registration fails: nothing is stored.
        ceiling.Made();

        clock.Advance(minute - TimeSpan.FromTicks(1));
        (await TakesAsync(ceiling)).Should().BeFalse("it counts until the next count");
        registry.Counts.Should().Be(1);
        clock.Advance(TimeSpan.FromTicks(1));
        (await TakesAsync(ceiling)).Should().BeTrue();
        registry.Counts.Should().Be(2);
    }

    [Test]
    public async Task One_that_is_made_while_the_store_counts_counts_whatever_the_store_answers()
    {
        using var ceiling = Ceiling(5);
        await TakesAsync(ceiling);
        ceiling.Made();
        await TakesAsync(ceiling);
        await TakesAsync(ceiling);
        clock.Advance(minute);
        registry.CountAnswers.Enqueue(_ =>
        {
            ceiling.Made();
            return Task.FromResult(2);
        });

        // Two stored, one made meanwhile, one under way: one place is left.
        (await TakesAsync(ceiling))
            .Should()
            .BeTrue();
        (await TakesAsync(ceiling)).Should().BeFalse();
    }

    [Test]
    public async Task Without_a_limit_nothing_is_counted()
    {
        using var ceiling = Ceiling(0);

        (await TakesAsync(ceiling)).Should().BeTrue();
        ceiling.Made();

        registry.Counts.Should().Be(0);
        log.Lines.Should().BeEmpty();
    }

    // Four fifths of 10 are 8; of 12, with the fifth rounded down, 10.
    [TestCase(10, 8)]
    [TestCase(12, 10)]
    [TestCase(1, 1)]
    [TestCase(4, 4)]
    public async Task From_four_fifths_of_the_limit_on_the_log_warns(int limit, int first)
    {
        using var ceiling = Ceiling(limit);
        for (var i = 1; i < first; i++)
            await TakesAsync(ceiling);
        log.Lines.Should().BeEmpty();

        await TakesAsync(ceiling);

        log.Lines.Should()
            .ContainSingle()
            .Which.Should()
            .StartWith($"Warning {first} clients have registered themselves, of limits:selfRegisteredClients = {limit}:");
    }

    [Test]
    public async Task The_log_warns_and_reports_the_end_once_an_hour_each()
    {
        await StoreAsync(9);
        using var ceiling = Ceiling(10);
        await TakesAsync(ceiling);
        ceiling.Made();
        for (var i = 0; i < 5; i++)
            await TakesAsync(ceiling);
        log.Lines.Should().HaveCount(2);
        log.Lines.Last().Should().StartWith("Error Registrations are refused: limits:selfRegisteredClients = 10 is reached.");

        // The one that was taken failed: its place is free again.
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await TakesAsync(ceiling);
        await TakesAsync(ceiling);
        log.Lines.Should().HaveCount(2);
        ceiling.Made();
        clock.Advance(TimeSpan.FromMinutes(2));
        await TakesAsync(ceiling);
        await TakesAsync(ceiling);
        log.Lines.Should().HaveCount(4);
    }

    [Test]
    public async Task Only_clients_that_register_themselves_take_a_place()
    {
        var registrar = Registrar(1);
        (await RegisterAsync(registrar)).Should().BeTrue();
        (await registrar.SelfRegisterAsync(Metadata(), default)).Error.Should().BeNull("the one of the host counts for nothing");

        (await registrar.SelfRegisterAsync(Metadata(), default)).Error!.Id.Should().Be(OAuthError.RegistrationsFull.Id);

        (await RegisterAsync(registrar)).Should().BeTrue();
    }

    [Test]
    public async Task A_registration_that_is_made_is_not_under_way_any_more()
    {
        var registrar = Registrar(3);
        await registrar.SelfRegisterAsync(Metadata(), default);
        await RegisterAsync(registrar);
        await registrar.SelfRegisterAsync(Metadata(), default);
        clock.Advance(minute);

        (await registrar.SelfRegisterAsync(Metadata(), default)).Error.Should().BeNull("two are stored, none is under way");
        (await registrar.SelfRegisterAsync(Metadata(), default)).Error!.Id.Should().Be(OAuthError.RegistrationsFull.Id);
    }

    private RegistrationCeiling Ceiling(int limit) =>
        new(new ServerSettings(Given.Options(o => o.Limits.SelfRegisteredClients = limit)), clock, log);

    private ClientRegistrar Registrar(int limit) =>
        Given.Registrar(registry, clock, options: Given.Options(o => o.Limits.SelfRegisteredClients = limit));

    private Task<bool> TakesAsync(RegistrationCeiling ceiling) => ceiling.TryTakeAsync(registry, default).AsTask();

    private async Task StoreAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await registry.TryAddAsync(Given.Client($"self-{i}") with { Provenance = ClientProvenance.Dcr }, default);
    }

    private static ClientMetadata Metadata() => new() { RedirectUris = [Given.RedirectUri], TokenEndpointAuthMethod = "none" };

    private static async Task<bool> RegisterAsync(ClientRegistrar registrar) =>
        (await registrar.RegisterAsync(Metadata(), null, default)).Error is null;
}
