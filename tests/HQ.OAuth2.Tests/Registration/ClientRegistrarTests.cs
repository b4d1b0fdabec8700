using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientRegistrarTests
{
    private static readonly ClientMetadata metadata = new()
    {
        RedirectUris = [Given.RedirectUri],
        TokenEndpointAuthMethod = "client_secret_basic",
        ClientName = "App",
    };

    private readonly TestClock clock = new() { Now = TestClock.Start.AddTicks(7) };
    private ScriptedClientRegistry registry = null!;
    private ClientRegistrar registrar = null!;

    [SetUp]
    public void An_empty_registry()
    {
        registry = new();
        registrar = Given.Registrar(registry, clock);
    }

    [Test]
    public async Task What_is_registered_is_what_is_stored()
    {
        var registered = (await registrar.RegisterAsync(metadata, new() { Org = "acme" }, default)).Value;

        var stored = (await registry.FindAsync(registered.Client.ClientId, default))!;
        stored.ToJson().Should().Be(registered.Client.ToJson());
        (stored.Provenance, stored.Org, stored.CreatedAt).Should().Be((ClientProvenance.Api, "acme", TestClock.Start));
        stored.LastUsedOn.Should().BeNull();
        registered.Secret.Should().NotBeNull();
    }

    [Test]
    public async Task An_addition_whose_answer_was_lost_is_ours()
    {
        registry.Adds.Enqueue(
            async (inner, client) =>
            {
                // As a store gives it back: read from JSON, not the same object.
                (await inner.TryAddAsync(Client.FromJson(client.ToJson()), default))
                    .Should()
                    .BeTrue();
                return false;
            }
        );

        var registered = (await registrar.RegisterAsync(metadata, null, default)).Value;

        (await registry.FindAsync(registered.Client.ClientId, default))!.Secrets.Should().BeEquivalentTo(registered.Client.Secrets);
    }

    [Test]
    public async Task An_id_that_another_has_is_no_registration_and_nothing_of_the_other_changes()
    {
        string? id = null;
        registry.Adds.Enqueue(
            async (inner, client) =>
            {
                await inner.TryAddAsync(client with { ClientName = "another", Secrets = [] }, default);
                id = client.ClientId;
                return false;
            }
        );

        await registrar.Awaiting(r => r.RegisterAsync(metadata, null, default).AsTask()).Should().ThrowAsync<InvalidOperationException>();
        (await registry.FindAsync(id!, default))!.ClientName.Should().Be("another");
    }

    [Test]
    public async Task A_store_that_refuses_without_reason_is_a_fault()
    {
        registry.Adds.Enqueue((_, _) => Task.FromResult(false));

        await registrar
            .Awaiting(r => r.RegisterAsync(metadata, null, default).AsTask())
            .Should()
            .ThrowAsync<InvalidOperationException>()
            .WithMessage("*already taken*");
    }
}
