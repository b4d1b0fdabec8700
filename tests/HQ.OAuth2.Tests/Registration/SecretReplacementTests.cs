using System.Security.Cryptography;
using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>A client whose secret another server hashed, from its first right use on.</summary>
internal sealed class SecretReplacementTests
{
    private const string Secret = "388D45FA-B36B-4988-BA59-B187D329C207";

    private readonly TestClock clock = new();
    private RecordingLogger<SecretReplacement> log = null!;
    private ScriptedClientRegistry registry = null!;
    private ClientSecrets secrets = null!;
    private ClientCache cache = null!;

    [SetUp]
    public void An_empty_registry()
    {
        (registry, log) = (new(), new());
        var settings = new ServerSettings(Given.Options());
        cache = new(settings, clock);
        secrets = new(settings, clock, NullLogger<ClientSecrets>.Instance);
    }

    [TearDown]
    public void End() => secrets.Dispose();

    [Test]
    public async Task Only_the_right_secret_replaces_the_hash_and_it_works_before_and_after()
    {
        foreach (var hash in new[] { Sha256(Secret), Sha512(Secret), ForeignHashTests.Pbkdf2(Secret) })
        {
            An_empty_registry();
            var client = await StoredAsync(new ClientSecret { Hash = hash, ExpiresAt = TestClock.Start.AddDays(1) });

            (await UseAsync(client, Secret + "x")).Should().BeFalse();
            (await ReadAsync()).Should().BeEquivalentTo(client, "a wrong secret changes nothing");
            (await UseAsync(client, Secret)).Should().BeTrue();

            var stored = await ReadAsync();
            stored.Version.Should().Be(client.Version + 1);
            stored.Secrets.Should().ContainSingle().Which.ExpiresAt.Should().Be(TestClock.Start.AddDays(1));
            stored.Secrets[0].Hash.Should().StartWith("$2").And.Match<string>(h => BCrypt.Net.BCrypt.Verify(Secret, h));
            (await UseAsync(stored, Secret + "x")).Should().BeFalse();
            (await UseAsync(stored, Secret)).Should().BeTrue();
            (await ReadAsync()).Version.Should().Be(stored.Version, "there is nothing more to replace");
            log.Lines.Should().ContainSingle().Which.Should().StartWith("Information").And.Contain("app").And.NotContain(Secret);
        }
    }

    [Test]
    public async Task The_secret_is_not_computed_again_after_its_hash_was_replaced()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });

        await UseAsync(client, Secret);
        await UseAsync(await ReadAsync(), Secret);

        secrets.Computations.Should().Be(2, "it was verified, and hashed anew");
    }

    [Test]
    public async Task Thirty_first_uses_at_once_replace_the_hash_once()
    {
        var client = await StoredAsync(new ClientSecret { Hash = ForeignHashTests.Pbkdf2(Secret, rounds: 100_000) });

        var answers = await Racers.AtOnceAsync(30, _ => UseAsync(client, Secret));

        answers.Should().OnlyContain(right => right);
        (await ReadAsync()).Version.Should().Be(client.Version + 1);
        secrets.Computations.Should().Be(2, "it was verified once, and hashed anew once");
    }

    [Test]
    public async Task Other_secrets_and_all_else_of_the_client_stay()
    {
        var (_, generated) = ClientSecrets.Generate();
        var other = new ClientSecret { Hash = Sha256("another") };
        var client = await StoredAsync(generated, new ClientSecret { Hash = Sha256(Secret) }, other);

        await UseAsync(client, Secret);

        var stored = await ReadAsync();
        (stored.Secrets[0].Hash, stored.Secrets[0].Generated, stored.Secrets[2].Hash).Should().Be((generated.Hash, true, other.Hash));
        stored.Secrets[1].Hash.Should().StartWith("$2");
        (stored with { Secrets = [], Version = client.Version }).ToJson().Should().Be((client with { Secrets = [] }).ToJson());
    }

    [Test]
    public async Task A_secret_that_an_administrator_removed_meanwhile_does_not_come_back()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(client with { Secrets = [], Version = client.Version + 1 }, default);
                return await inner.TryUpdateAsync(next, default);
            }
        );

        (await UseAsync(client, Secret)).Should().BeTrue();

        (await ReadAsync()).Secrets.Should().BeEmpty();
        log.Lines.Should().BeEmpty();
    }

    [Test]
    public async Task A_swap_that_is_lost_is_tried_again_with_the_hash_that_is_made()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                await inner.TryUpdateAsync(client with { ClientName = "Renamed", Version = client.Version + 1 }, default);
                return await inner.TryUpdateAsync(next, default);
            }
        );

        (await UseAsync(client, Secret)).Should().BeTrue();

        var stored = await ReadAsync();
        (stored.ClientName, stored.Version).Should().Be(("Renamed", client.Version + 2));
        stored.Secrets[0].Hash.Should().StartWith("$2");
        secrets.Computations.Should().Be(2, "it was verified, and hashed anew once");
    }

    [Test]
    public async Task A_store_that_fails_costs_nobody_the_answer_and_the_next_use_tries_again()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });
        registry.Updates.Enqueue((_, _) => throw new TimeoutException("away"));

        (await UseAsync(client, Secret)).Should().BeTrue();
        log.Lines.Should().ContainSingle().Which.Should().StartWith("Warning").And.Contain("app");
        (await UseAsync(client, Secret)).Should().BeTrue();

        (await ReadAsync()).Secrets[0].Hash.Should().StartWith("$2");
    }

    [Test]
    public async Task The_cache_forgets_the_client()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });
        cache.Remember(client, cache.BeforeRead());

        await UseAsync(client, Secret);

        cache.TryGet("app", out _).Should().BeFalse();
    }

    [Test]
    public async Task A_secret_that_bcrypt_cannot_read_whole_keeps_its_hash()
    {
        var longest = new string('s', 256);
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(longest) });

        (await UseAsync(client, longest)).Should().BeTrue();
        (await UseAsync(client, longest[1..])).Should().BeFalse();
        (await ReadAsync()).Should().BeEquivalentTo(client);

        var tooLong = new string('s', 257);
        (await UseAsync(client with { Secrets = [new() { Hash = Sha256(tooLong) }] }, tooLong)).Should().BeFalse();
    }

    [Test]
    public async Task A_store_that_cannot_change_clients_keeps_the_hash()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret) });

        (await UseAsync(client, Secret, new ReadOnlyStore(registry))).Should().BeTrue();

        (await ReadAsync()).Should().BeEquivalentTo(client);
        log.Lines.Should().BeEmpty();
    }

    [Test]
    public async Task An_expired_hash_is_wrong_like_any_other()
    {
        var client = await StoredAsync(new ClientSecret { Hash = Sha256(Secret), ExpiresAt = TestClock.Start });

        (await UseAsync(client, Secret)).Should().BeFalse();

        secrets.Computations.Should().Be(0);
    }

    // What the back channel does: verify, then replace in passing.
    private async Task<bool> UseAsync(Client client, string presented, IClientStore? store = null)
    {
        var settings = new ServerSettings(Given.Options());
        var ceiling = new RegistrationCeiling(settings, clock, NullLogger<RegistrationCeiling>.Instance);
        var loop = new ClientLoop(store ?? registry, new(settings), cache, ceiling, new(), clock);
        var proof = new SecretProof(client.ClientId, presented, secrets);
        if (!await proof.IsOfAsync(client, default))
        {
            // A caller that was refused never comes here; even then nothing happens.
            await new SecretReplacement(loop, clock, log).ReplaceInPassingAsync(client, proof);
            return false;
        }

        await new SecretReplacement(loop, clock, log).ReplaceInPassingAsync(client, proof);
        return true;
    }

    private async Task<Client> StoredAsync(params ClientSecret[] kept)
    {
        var client = Given.Client(type: ClientType.Confidential) with { Secrets = kept };
        (await registry.TryAddAsync(client, default)).Should().BeTrue();
        return client;
    }

    private async Task<Client> ReadAsync() => (await registry.FindAsync("app", default))!;

    private static string Sha256(string secret) =>
        ForeignHash.Sha256 + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static string Sha512(string secret) =>
        ForeignHash.Sha512 + Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed class ReadOnlyStore(IClientStore inner) : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => inner.FindAsync(clientId, ct);
    }
}
