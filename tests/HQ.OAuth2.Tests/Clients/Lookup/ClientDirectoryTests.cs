using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientDirectoryTests
{
    private static readonly Client self = Given.Client("self") with { Provenance = ClientProvenance.Dcr };
    private static readonly DateOnly today = DateOnly.FromDateTime(TestClock.Start.UtcDateTime);

    private TestClock clock = null!;
    private ScriptedClientRegistry registry = null!;
    private RecordingLogger<StoredClients> log = null!;
    private ClientCache memory = null!;
    private ClientLookup directory = null!;

    [SetUp]
    public void A_registry_and_a_memory_of_ten_seconds()
    {
        (clock, registry, log) = (new(), new(), new());
        directory = Directory(Given.Options());
    }

    [Test]
    public async Task A_client_is_read_once_while_it_is_remembered_and_again_after()
    {
        await registry.TryAddAsync(Given.Client(), default);
        for (var i = 0; i < 5; i++)
            (await FindAsync(directory, "app"))!.ClientId.Should().Be("app");
        registry.Reads.Should().Be(1);

        await registry.TryUpdateAsync(Given.Client() with { ClientName = "renamed", Version = 2 }, default);
        clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        (await FindAsync(directory, "app"))!.ClientName.Should().BeNull();
        clock.Advance(TimeSpan.FromTicks(1));
        (await FindAsync(directory, "app"))!.ClientName.Should().Be("renamed");
        registry.Reads.Should().Be(2);
    }

    [Test]
    public async Task Nobody_is_remembered_as_unknown()
    {
        (await FindAsync(directory, "app")).Should().BeNull();
        await registry.TryAddAsync(Given.Client(), default);

        (await FindAsync(directory, "app")).Should().NotBeNull();
    }

    [Test]
    public async Task A_memory_of_zero_remembers_nobody()
    {
        directory = Directory(Given.Options(o => o.CacheClientsFor = TimeSpan.Zero));
        await registry.TryAddAsync(Given.Client(), default);
        await FindAsync(directory, "app");
        await registry.TryUpdateAsync(Given.Client() with { Disabled = true, Version = 2 }, default);

        (await FindAsync(directory, "app")).Should().BeNull();
        registry.Reads.Should().Be(2);
    }

    [Test]
    public async Task A_disabled_client_is_unknown_and_one_that_was_disabled_here_at_once()
    {
        await registry.TryAddAsync(Given.Client("off") with { Disabled = true }, default);
        (await FindAsync(directory, "off")).Should().BeNull();
        (await FindAsync(directory, "off")).Should().BeNull();
        registry.Reads.Should().Be(1);

        await registry.TryAddAsync(Given.Client(), default);
        await FindAsync(directory, "app");
        await registry.TryUpdateAsync(Given.Client() with { Disabled = true, Version = 2 }, default);
        memory.Forget("app");
        (await FindAsync(directory, "app")).Should().BeNull();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_read_that_began_before_a_client_was_disabled_or_removed_here_fills_no_cache(bool isDisabled)
    {
        await registry.TryAddAsync(Given.Client(), default);
        var (atTheStore, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        registry.BeforeAnswer.Enqueue(() =>
        {
            atTheStore.SetResult();
            return goOn.Task;
        });
        var early = FindAsync(directory, "app");
        await atTheStore.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await ChangeAsync(isDisabled);
        goOn.SetResult();
        (await early).Should().NotBeNull("it asked before the change");

        (await FindAsync(directory, "app")).Should().BeNull();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_change_whose_answer_was_lost_is_seen_at_once_too(bool isDisabled)
    {
        await registry.TryAddAsync(Given.Client(), default);
        await FindAsync(directory, "app");
        registry.LostAnswer = new IOException("The connection broke during the commit.");

        try
        {
            await ChangeAsync(isDisabled);
        }
        catch (IOException)
        {
            // Whether the administrator is told of it or not.
        }

        (await FindAsync(directory, "app")).Should().BeNull();
    }

    [Test]
    public async Task Three_hundred_reads_at_once_around_a_change_leave_no_old_client_behind()
    {
        for (var round = 0; round < 20; round++)
        {
            await registry.TryAddAsync(Given.Client(), default);
            await Task.WhenAll(
                Enumerable
                    .Range(0, 300)
                    .Select(n => Task.Run(() => n == 150 ? ChangeAsync(isDisabled: true) : (Task)FindAsync(directory, "app")))
            );
            (await FindAsync(directory, "app")).Should().BeNull();
            await ChangeAsync(isDisabled: false);
        }
    }

    [Test]
    public async Task A_configured_client_needs_no_store_and_hides_one_of_the_same_id()
    {
        directory = Directory(Given.Options(o => Configured(o, "app", "ours")));
        await registry.TryAddAsync(Given.Client() with { ClientName = "stored" }, default);

        (await FindAsync(directory, "app"))!.ClientName.Should().Be("ours");
        registry.Reads.Should().Be(0);
    }

    [TestCase("ä")]
    [TestCase("a\nb")]
    [TestCase("a\0")]
    public async Task What_cannot_be_a_client_id_is_not_looked_up(string id)
    {
        (await FindAsync(directory, id)).Should().BeNull();
        (await FindAsync(directory, new string('a', Client.MaxIdLength + 1))).Should().BeNull();
        registry.Reads.Should().Be(0);
    }

    [Test]
    public async Task A_store_that_finds_without_regard_to_case_finds_nobody()
    {
        var odd = Given.Directory(Given.Options(), new CaselessStore(), memory, clock, log);

        (await FindAsync(odd, "APP")).Should().BeNull();
        (await FindAsync(odd, "app")).Should().NotBeNull();
    }

    [Test]
    public async Task The_use_of_a_self_registered_client_is_noted_once_a_day()
    {
        await registry.TryAddAsync(self, default);
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i < 4; i++)
            {
                await directory.NoteUseAsync((await FindAsync(directory, "self"))!, clock.Now, default);
                clock.Advance(TimeSpan.FromHours(2));
            }

            registry.Uses.Should().HaveCount(day + 1);
            (await registry.Inner.FindAsync("self", default))!.LastUsedOn.Should().Be(today.AddDays(day));
            clock.Now = TestClock.Start.AddDays(day + 1);
        }

        // A clock that goes back takes nothing back.
        await directory.NoteUseAsync((await FindAsync(directory, "self"))!, TestClock.Start, default);
        registry.Uses.Should().HaveCount(3);
    }

    [Test]
    public async Task The_day_is_that_of_UTC()
    {
        await registry.TryAddAsync(self, default);

        await directory.NoteUseAsync(self, new DateTimeOffset(2026, 12, 1, 1, 0, 0, TimeSpan.FromHours(2)), default);

        registry.Uses.Should().Equal(("self", new DateOnly(2026, 11, 30)));
    }

    [TestCase(ClientProvenance.Api, 0)]
    [TestCase(ClientProvenance.Dcr, 1)]
    [TestCase(ClientProvenance.Cimd, 1)]
    public async Task The_use_of_the_hosts_own_clients_is_not_noted(ClientProvenance provenance, int notes)
    {
        await directory.NoteUseAsync(self with { Provenance = provenance }, clock.Now, default);

        registry.Uses.Should().HaveCount(notes);
    }

    [Test]
    public async Task A_use_that_cannot_be_noted_is_logged_and_noted_the_next_time()
    {
        await registry.TryAddAsync(self, default);
        foreach (var failure in new Exception[] { new IOException("down"), new OperationCanceledException(), new NotSupportedException() })
        {
            registry.NoteFailure = failure;
            await directory.NoteUseAsync((await FindAsync(directory, "self"))!, clock.Now, default);
        }

        log.Lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("self")).Should().HaveCount(3);
        registry.NoteFailure = null;
        await directory.NoteUseAsync((await FindAsync(directory, "self"))!, clock.Now, default);
        (await registry.Inner.FindAsync("self", default))!.LastUsedOn.Should().Be(today);
    }

    [Test]
    public async Task Noting_a_use_makes_nobody_remembered_for_longer_or_again()
    {
        await registry.TryAddAsync(self, default);
        var client = (await FindAsync(directory, "self"))!;
        clock.Advance(TimeSpan.FromSeconds(9));
        await directory.NoteUseAsync(client, clock.Now, default);
        await registry.TryUpdateAsync(self with { Disabled = true, Version = 2 }, default);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await FindAsync(directory, "self")).Should().BeNull("it was read ten seconds ago");

        clock.Advance(TimeSpan.FromDays(1));
        memory.Forget("self");
        await directory.NoteUseAsync(client, clock.Now, default);
        (await FindAsync(directory, "self")).Should().BeNull("it was disabled here between the look-up and the note");
    }

    [TestCase("The Host's App", true)]
    [TestCase("the-hosts  app!", true)]
    [TestCase("The Other App", false)]
    [TestCase(null, false)]
    public async Task A_self_registered_client_that_calls_itself_like_the_hosts_own_is_told(string? name, bool imitates)
    {
        await registry.TryAddAsync(Given.Client() with { ClientName = "The Hosts App" }, default);

        (await directory.ImitatesAsync(self with { ClientName = name }, default)).Should().Be(imitates);
        (await directory.ImitatesAsync(Given.Client() with { ClientName = name }, default)).Should().BeFalse("it is the host's own");
    }

    [Test]
    public async Task The_look_for_imitators_reads_one_client_of_ten_thousand()
    {
        directory = Directory(Given.Options(o => Configured(o, "configured", "Ours")));
        for (var i = 0; i < 10_000; i++)
            await registry.TryAddAsync(Given.Client($"app-{i:0000}") with { ClientName = $"Many {i}" }, default);

        (await directory.ImitatesAsync(self with { ClientName = "OURS" }, default)).Should().BeTrue();
        registry.Lists.Should().Be(0, "the names of the configuration are known");
        (await directory.ImitatesAsync(self with { ClientName = "Official Many 9999" }, default)).Should().BeTrue();
        (await directory.ImitatesAsync(self with { ClientName = "Nothing like it" }, default)).Should().BeFalse();
        (registry.Lists, registry.Listed).Should().Be((2, 1));
    }

    [Test]
    public async Task A_client_of_the_host_is_compared_until_it_is_gone_give_or_take_the_cache()
    {
        var imitator = self with { ClientName = "Late" };
        (await directory.ImitatesAsync(imitator, default)).Should().BeFalse();
        var late = Given.Client() with { ClientName = "Early" };
        await registry.TryAddAsync(late, default);
        await registry.TryUpdateAsync(late with { ClientName = "L\u0430te", Version = 2 }, default);
        clock.Advance(TimeSpan.FromSeconds(10));
        (await directory.ImitatesAsync(imitator, default)).Should().BeTrue();
        (await directory.ImitatesAsync(imitator, default)).Should().BeTrue();
        registry.Lists.Should().Be(2, "the second answer is remembered");
        await registry.TryRemoveAsync(late.ClientId, default);
        clock.Advance(TimeSpan.FromSeconds(10));
        (await directory.ImitatesAsync(imitator, default)).Should().BeFalse();
    }

    [Test]
    public async Task One_name_of_several_that_a_name_is_mistaken_for_is_enough()
    {
        directory = Directory(Given.Options(o => Configured(o, "configured", "Ours")));

        (await directory.ImitatesAsync(self with { ClientName = "Official Ours" }, default)).Should().BeTrue();
        registry.Lists.Should().Be(0, "the names of the configuration are known");
    }

    [Test]
    public async Task Where_the_store_lists_no_clients_only_the_names_of_the_configuration_are_compared()
    {
        directory = Given.Directory(Given.Options(o => Configured(o, "configured", "Ours")), new CaselessStore(), memory, clock, log);

        (await directory.ImitatesAsync(self with { ClientName = "OURS" }, default)).Should().BeTrue();
        (await directory.ImitatesAsync(self with { ClientName = "Theirs" }, default)).Should().BeFalse();
    }

    // As management does it at this node.
    private async Task ChangeAsync(bool isDisabled)
    {
        var registrar = Given.Registrar(registry, clock, memory: memory);
        if (isDisabled)
            await registrar.UpdateAsync(
                "app",
                new() { RedirectUris = [Given.RedirectUri], TokenEndpointAuthMethod = "none" },
                new() { Disabled = true },
                null,
                default
            );
        else
            await registrar.RemoveAsync("app", null, default);
    }

    private static async Task<Client?> FindAsync(ClientLookup directory, string id) =>
        (await directory.FindAsync(id, default)).Failed(out _, out var client) ? null : client;

    private ClientLookup Directory(HqOAuth2Options options)
    {
        memory = new(new ServerSettings(options), clock);
        return Given.Directory(options, registry, memory, clock, log);
    }

    private static void Configured(HqOAuth2Options options, string id, string name)
    {
        var client = new ClientOptions { ClientId = id, ClientName = name };
        client.RedirectUris.Add(Given.RedirectUri);
        options.Clients.Add(client);
    }

    private sealed class CaselessStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new(Given.Client());
    }
}
