using System.Net;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Strangers register clients that sign, as anybody may: they must not take anything from the host's own clients.</summary>
internal sealed class StrangersWhoSignTests : SigningApp
{
    private TaskCompletionSource<HttpResponseMessage> never = null!;

    [SetUp]
    public void Reset() => never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task Slow_key_sets_of_strangers_take_no_place_from_those_of_the_hosts_own_clients()
    {
        await using var server = await StartAsync(o => o.Clients.Add(Own()));
        web.Publish(KeysAt, ProofKey.Set(key));
        var (waiting, fetches) = (new List<Task<Answer>>(), PublishedKeySets.MaxInFlight + 4);
        for (var i = 0; i < fetches; i++)
            waiting.Add(await PostAsStrangerAsync(server, $"https://slow{i}.example/keys"));
        await Eventually(() => web.Fetches >= PublishedKeySets.MaxInFlight);

        (await server.PostAsync(Token, [ClientCredentials, .. key.Signed("own")])).Status.Should().Be(200);

        await EndAsync(waiting);
    }

    [Test]
    public async Task Key_sets_of_strangers_use_up_no_limit_of_the_hosts_own_clients()
    {
        await using var server = await StartAsync(o =>
        {
            o.Limits.DocumentFetchesPerMinute = 1;
            o.Clients.Add(Own());
        });
        web.Publish(KeysAt, ProofKey.Set(key));
        never.SetResult(new(HttpStatusCode.NotFound));
        // Of the same host, and as many as all hosts together may have.
        await Task.WhenAll(await PostAsStrangerAsync(server, "https://app.example.com/other"));
        for (var i = 0; i < 12; i++)
            await Task.WhenAll(await PostAsStrangerAsync(server, $"https://h{i}.example/keys"));

        (await server.PostAsync(Token, [ClientCredentials, .. key.Signed("own")])).Status.Should().Be(200);
    }

    [Test]
    public async Task Requests_that_wait_for_keys_take_no_place_of_a_check_of_secrets()
    {
        await using var server = await StartAsync(o => o.Limits.BcryptConcurrency = 1);
        var waiting = new List<Task<Answer>>();
        for (var i = 0; i < 4; i++)
        {
            var id = await RegisterAsync(server, $"https://slow{i}.example/keys");
            // 16 checks wait for each that runs.
            for (var n = 0; n < 6; n++)
                waiting.Add(server.PostAsync(Token, [ClientCredentials, .. key.Signed(id)]));
        }

        await Eventually(() => web.Fetches >= 2);
        await Task.Delay(100);

        (await server.PostAsync(Token, [ClientCredentials, .. Machine])).Status.Should().Be(200);

        await EndAsync(waiting);
    }

    [Test]
    public async Task Who_registers_a_client_first_pushes_no_more_than_a_public_client()
    {
        await using var server = await StartAsync(o =>
        {
            o.Limits.PushedRequestsPerMinute = 2;
            o.Clients.Add(SigningClients.Options("own", key));
        });
        var registered = await server.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"token_endpoint_auth_method":"client_secret_post"}"""
        );
        var (id, secret) = (registered.Text("client_id")!, registered.Text("client_secret")!);

        for (var i = 0; i < 2; i++)
            (await PushAsync(id, ("client_secret", secret))).Status.Should().Be(201);
        (await PushAsync(id, ("client_secret", secret))).ShouldBeError("temporarily_unavailable", 429);
        (await PushAsync("own", key.Signed("own"))).Status.Should().Be(201, "the host vouches for it");

        Task<Answer> PushAsync(string client, params (string Name, string Value)[] credentials) =>
            server.PostAsync("/oauth2/par", [.. PushSupport.Request("web", ("client_id", client)), .. credentials]);
    }

    [Test]
    public async Task An_assertion_is_used_once_at_all_endpoints_together()
    {
        await using var server = await StartAsync(o => o.Clients.Add(SigningClients.Options("own", key)));
        (string Path, (string, string)[] Form)[] endpoints =
        [
            (Token, [ClientCredentials]),
            ("/oauth2/par", PushSupport.Request("web", ("client_id", "own"))),
            (Introspect, [("token", "x")]),
            (Revoke, [("token", "x")]),
        ];
        foreach (var (first, form) in endpoints)
        {
            var assertion = SigningClients.Parameters(key.Assertion("own"));
            (await server.PostAsync(first, [.. form, .. assertion])).Status.Should().BeOneOf([200, 201], first);
            foreach (var (path, other) in endpoints)
                (await server.PostAsync(path, [.. other, .. assertion])).ShouldBeError("invalid_client", 401);
        }
    }

    [Test]
    public async Task One_of_three_hundred_parallel_uses_of_an_assertion_counts_and_others_are_answered()
    {
        await using var server = await StartAsync(o => o.Clients.Add(SigningClients.Options("own", key)));
        var assertion = SigningClients.Parameters(key.Assertion("own"));

        var many = Enumerable
            .Range(0, 300)
            .Select(_ => Task.Run(() => server.PostAsync(Token, [ClientCredentials, .. assertion])))
            .ToList();
        (await server.PostAsync(Token, [ClientCredentials, .. Machine])).Status.Should().Be(200);

        (await Task.WhenAll(many)).Should().ContainSingle(a => a.Status == 200);
    }

    private static ClientOptions Own()
    {
        var client = SigningClients.Options("own");
        (client.Jwks, client.JwksUri) = (null, KeysAt);
        return client;
    }

    // The request waits for its keys, so it is not awaited here.
    private async Task<Task<Answer>> PostAsStrangerAsync(TestApp server, string keysAt)
    {
        var id = await RegisterAsync(server, keysAt);
        return server.PostAsync(Token, [ClientCredentials, .. key.Signed(id)]);
    }

    private async Task<string> RegisterAsync(TestApp server, string keysAt)
    {
        web.Answer(keysAt, _ => never.Task);
        var registered = await server.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"{{keysAt}}"}"""
        );
        return registered.Text("client_id")!;
    }

    private async Task EndAsync(List<Task<Answer>> waiting)
    {
        never.SetResult(new(HttpStatusCode.NotFound));
        await Task.WhenAll(waiting);
    }

    private static async Task Eventually(Func<bool> isSo)
    {
        for (var i = 0; i < 1000 && !isSo(); i++)
            await Task.Delay(10);
        isSo().Should().BeTrue();
    }
}
