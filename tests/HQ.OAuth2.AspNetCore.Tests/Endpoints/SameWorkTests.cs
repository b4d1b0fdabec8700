using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The time of an answer does not tell which clients exist: what is done is counted, not timed (RFC 6749 §10.10).</summary>
internal sealed class SameWorkTests
{
    private const string Secret = "a secret that the host brought";

    [Test]
    public async Task An_unknown_client_and_a_wrong_secret_cost_what_a_right_one_costs(
        [Values(Token, Introspect, Revoke, "/oauth2/par", "/oauth2/device_authorization")] string path,
        [Values] bool byBasic
    )
    {
        var stores = new FaultyStores();
        await using var app = await TestApp.StartAsync(
            o => (o.CacheClientsFor, o.DeviceAuthorization) = (TimeSpan.Zero, true),
            host: b => stores.Use(b.Services),
            inMemory: true
        );
        await app.AddClientAsync(Confidential("known", Secret));

        var unknown = await CountAsync("unknown", Secret);
        var needless = await CountAsync("spa", Secret);
        var wrong = await CountAsync("known", Secret + "!");
        var right = await CountAsync("known", Secret);

        unknown.Answer.ShouldBeError("invalid_client", 401);
        wrong.Answer.ShouldBeError("invalid_client", 401);
        wrong.Answer.Body.Should().Be(unknown.Answer.Body, "the bodies tell nothing either");
        right.Answer.Status.Should().NotBe(401);
        (unknown.Hashes, needless.Hashes).Should().Be((1, 1));
        needless.Answer.Body.Should().Be(unknown.Answer.Body, "a public client is as unknown to a secret");
        (wrong.Hashes, right.Hashes).Should().Be((1, 1));
        wrong.Calls.Should().Equal(unknown.Calls).And.ContainSingle();
        right.Calls.Should().StartWith(unknown.Calls);

        async Task<(Answer Answer, long Hashes, IReadOnlyList<string> Calls)> CountAsync(string client, string secret)
        {
            var secrets = app.Services.GetRequiredService<ClientSecrets>();
            var before = secrets.Computations;
            stores.Begin(null);
            var answer = await app.PostAsync(
                path,
                [
                    ClientCredentials,
                    ("token", "x"),
                    .. byBasic
                        ? [("basic", $"{client}:{Uri.EscapeDataString(secret)}")]
                        : new[] { ("client_id", client), ("client_secret", secret) },
                ]
            );
            stores.End();
            return (answer, secrets.Computations - before, [.. stores.Calls]);
        }
    }

    [Test]
    public async Task An_address_causes_so_many_hashes_for_unknown_clients_and_hears_the_same_beyond()
    {
        await using var app = await TestApp.StartAsync(o => o.Limits.FailedAuthenticationsPerMinute = 3, inMemory: true);
        var secrets = app.Services.GetRequiredService<ClientSecrets>();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => Task.Run(() => app.PostAsync(Token, ClientCredentials, ("client_id", $"unknown-{i}"), ("client_secret", "x"))))
        );

        foreach (var answer in answers)
            answer.ShouldBeError("invalid_client", 401);
        secrets.Computations.Should().Be(3);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await app.PostAsync(Token, ClientCredentials, ("client_id", "unknown"), ("client_secret", "x"))).ShouldBeError(
            "invalid_client",
            401
        );
        secrets.Computations.Should().Be(4);
    }

    [Test]
    public async Task Where_no_client_may_have_a_secret_there_is_nothing_to_compute()
    {
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.Clients.Clear();
                o.Profile = SecurityProfile.Fapi2;
            },
            inMemory: true
        );

        (await app.PostAsync(Token, ClientCredentials, ("client_id", "unknown"), ("client_secret", Secret))).ShouldBeError(
            "invalid_client",
            401
        );

        app.Services.GetRequiredService<ClientSecrets>().Computations.Should().Be(0);
    }

    [Test]
    public async Task Without_a_secret_there_is_nothing_to_compute()
    {
        await using var app = await TestApp.StartAsync(inMemory: true);

        (await app.PostAsync(Token, ClientCredentials, ("client_id", "unknown"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, ClientCredentials, ("basic", "unknown:"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, ClientCredentials, ("basic", "unknown:" + new string('x', 300)))).ShouldBeError("invalid_client", 401);

        app.Services.GetRequiredService<ClientSecrets>().Computations.Should().Be(0);
    }
}
