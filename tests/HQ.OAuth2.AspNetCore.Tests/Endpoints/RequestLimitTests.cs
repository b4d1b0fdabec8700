using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What strangers may do so many times a minute (RFC 6749 §2.3.1, RFC 7591 §5).</summary>
internal sealed class RequestLimitTests
{
    private const string Here = "203.0.113.7";
    private const string Elsewhere = "203.0.113.8";

    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            (o.Limits.RegistrationsPerMinute, o.Limits.FailedAuthenticationsPerMinute) = (5, 3);
            o.UnauthenticatedIntrospection = true;
        });

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("/oauth2/token", "grant_type=client_credentials")]
    [TestCase("/oauth2/revoke", "token=x")]
    [TestCase("/oauth2/introspect", "token=x")]
    [Rfc("6749-2.3.1-4"), Rfc("7009-5-1"), Rfc("7662-4-6")]
    public async Task Guessing_a_secret_is_slow_and_what_is_right_works_elsewhere_and_later(string path, string body)
    {
        for (var i = 0; i < 3; i++)
            (await PostAsync(path, body, "wrong" + i)).ShouldBeError("invalid_client", 401);

        var refused = await PostAsync(path, body, "wrong");
        refused.ShouldBeError("temporarily_unavailable", 429);
        refused.Header("Retry-After").Should().Be("60");
        (await PostAsync(path, body, TestApp.WebSecret)).Status.Should().Be(429, "it cannot be told from a guess");
        (await PostAsync(path, body, TestApp.WebSecret, Elsewhere)).Status.Should().Be(200);
        (await PostAsync(path, body, "wrong", client: "web")).Status.Should().Be(401, "another client is guessed at anew");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await PostAsync(path, body, TestApp.WebSecret)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-2.3.1-4")]
    public async Task All_endpoints_count_together_and_a_secret_that_was_right_still_is()
    {
        (await PostAsync(Token, "grant_type=client_credentials", TestApp.WebSecret)).Status.Should().Be(200);
        foreach (var path in new[] { Token, Revoke, Introspect })
            (await PostAsync(path, "grant_type=client_credentials&token=x", "wrong")).Status.Should().Be(401);

        (await PostAsync(Token, "grant_type=client_credentials", "wrong")).Status.Should().Be(429);
        (await PostAsync(Token, "grant_type=client_credentials", TestApp.WebSecret)).Status.Should().Be(200);
        (await PostAsync(Introspect, "token=x", TestApp.WebSecret)).Status.Should().Be(200);
    }

    [Test]
    public async Task An_IPv6_address_is_the_network_of_its_owner()
    {
        for (var i = 0; i < 3; i++)
            await PostAsync(Token, "grant_type=client_credentials", "wrong", $"2001:470:1:2:{i}::1");

        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "2001:470:1:2:ffff::1")).Status.Should().Be(429);
        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "2001:470:1:3::1")).Status.Should().Be(401);
        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "::ffff:" + Here)).Status.Should().Be(401);
    }

    [Test]
    public async Task Public_clients_and_unknown_ones_are_not_counted()
    {
        for (var i = 0; i < 10; i++)
        {
            (await RawAsync(Token, "grant_type=refresh_token&refresh_token=x&client_id=spa")).ShouldBeError("invalid_grant");
            (await RawAsync(Token, "grant_type=refresh_token&refresh_token=x&client_id=nobody")).ShouldBeError("invalid_client", 401);
        }
    }

    [Test, Rfc("7662-4-6")]
    public async Task Anonymous_guesses_of_tokens_are_limited()
    {
        var token = (await app.TokensAsync("spa")).AccessToken();
        for (var i = 0; i < 10; i++)
            (await RawAsync(Introspect, "token=" + token)).Body.Should().Contain("\"active\":true");
        for (var i = 0; i < 3; i++)
            (await RawAsync(Introspect, "token=guess" + i)).Body.Should().Be("{\"active\":false}");

        (await RawAsync(Introspect, "token=guess")).ShouldBeError("temporarily_unavailable", 429);
        (await PostAsync(Introspect, "token=guess", TestApp.WebSecret)).Status.Should().Be(200, "who is known may ask");
    }

    [Test, Rfc("6749-2.3.1-4"), Rfc("6749-10.10-1")]
    public async Task Three_hundred_guesses_at_once_are_no_more_than_the_limit_and_right_secrets_among_them_are_served()
    {
        await using var slow = await TestApp.StartAsync(o =>
        {
            // Dear enough that all guesses are there before the first is computed.
            (o.BcryptWorkFactor, o.Limits.FailedAuthenticationsPerMinute) = (9, 3);
        });
        var secrets = slow.Services.GetRequiredService<ClientSecrets>();

        var guesses = AtOnceAsync(300, i => PostAsync(slow, Token, "grant_type=client_credentials", "wrong" + i));
        var right = AtOnceAsync(100, _ => PostAsync(slow, Token, "grant_type=client_credentials", TestApp.WebSecret, Elsewhere));

        (await guesses).Count(a => a.Status == 401).Should().Be(3);
        foreach (var refused in (await guesses).Where(a => a.Status != 401))
        {
            refused.ShouldBeError("temporarily_unavailable", 429);
            refused.Header("Retry-After").Should().Be("60");
        }

        (await right).Should().OnlyContain(a => a.Status == 200, "they are one client that begins with many requests");
        // Three guesses, and the right secret once for each core that had begun before the first was done.
        secrets.Computations.Should().BeInRange(4, 3 + 3);
    }

    [Test, Rfc("6749-2.3.1-4")]
    public async Task The_same_wrong_secret_many_times_at_once_is_as_many_guesses()
    {
        await using var slow = await TestApp.StartAsync(o => (o.BcryptWorkFactor, o.Limits.FailedAuthenticationsPerMinute) = (9, 3));

        var answers = await AtOnceAsync(100, _ => PostAsync(slow, Token, "grant_type=client_credentials", "wrong"));

        answers.Count(a => a.Status == 401).Should().Be(3);
        answers.Count(a => a.Status == 429).Should().Be(97);
        slow.Services.GetRequiredService<ClientSecrets>().Computations.Should().BeInRange(1, 3);
    }

    [Test]
    public async Task A_client_that_proves_itself_is_never_limited_however_often()
    {
        await using var own = await SlowAuthentication.StartAsync(o => o.Limits.FailedAuthenticationsPerMinute = 3);
        SlowAuthentication.Of(own).Open.SetResult();

        for (var i = 0; i < 100; i++)
            (await SlowAuthentication.PostAsync(own, "right")).Status.Should().Be(200);
        for (var i = 0; i < 3; i++)
            (await SlowAuthentication.PostAsync(own, "wrong")).Status.Should().Be(401);
        (await SlowAuthentication.PostAsync(own, "wrong")).Status.Should().Be(429);
    }

    [Test]
    public async Task A_full_queue_refuses_at_once_and_a_caller_that_disconnects_frees_its_place()
    {
        const int places = 16;
        await using var own = await SlowAuthentication.StartAsync(o => o.Limits.BcryptConcurrency = 1);
        var checks = SlowAuthentication.Of(own);
        using var connection = new CancellationTokenSource();
        var disconnecting = SlowAuthentication.PostAsync(own, "right", ct: connection.Token);
        var waiting = Enumerable.Range(1, places - 1).Select(i => SlowAuthentication.PostAsync(own, "right")).ToList();
        await checks.BegunAsync(places);

        var refused = await SlowAuthentication.PostAsync(own, "right");
        refused.ShouldBeError("temporarily_unavailable", 503);
        refused.Header("Retry-After").Should().Be("5");
        own.Logs.Lines.Should().Contain(l => l.Contains("HQ1071") && l.Contains("limits:bcryptConcurrency"));

        await connection.CancelAsync();
        await disconnecting.Invoking(d => d).Should().ThrowAsync<OperationCanceledException>();
        await checks.LeftAsync(1);
        waiting.Add(SlowAuthentication.PostAsync(own, "right"));
        await checks.BegunAsync(places + 1);
        checks.Open.SetResult();
        (await Task.WhenAll(waiting)).Should().OnlyContain(a => a.Status == 200);
    }

    [Test, Rfc("7662-4-6")]
    public async Task Tokens_tried_all_at_once_where_anybody_may_ask_are_no_more_than_the_limit()
    {
        var token = (await app.TokensAsync("spa")).AccessToken();

        var live = AtOnceAsync(50, _ => RawAsync(Introspect, "token=" + token, Elsewhere));
        var answers = await AtOnceAsync(300, i => RawAsync(Introspect, "token=guess" + i));

        answers.Count(a => a.Status == 200).Should().Be(3);
        answers.Where(a => a.Status != 200).Should().OnlyContain(a => a.Status == 429 && a.Header("Retry-After") == "60");
        (await live).Should().OnlyContain(a => a.Body.Contains("\"active\":true"), "live tokens are no guesses");
    }

    [Test, Rfc("7592-2.2-3")]
    public async Task A_secret_in_an_update_of_a_registration_is_a_guess_too()
    {
        await using var managed = await TestApp.StartAsync(o => (o.DcrManagement, o.Limits.FailedAuthenticationsPerMinute) = (true, 3));
        var registered = await managed.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);

        Task<Answer> UpdateAsync(string secret) =>
            managed.SendAsync(
                new(HttpMethod.Put, "/oauth2/register/" + id)
                {
                    Headers = { Authorization = new("Bearer", token) },
                    Content = System.Net.Http.Json.JsonContent.Create(
                        new
                        {
                            client_id = id,
                            client_secret = secret,
                            redirect_uris = new[] { TestApp.RedirectUri },
                        }
                    ),
                }
            );
        // Of our own form, so that bcrypt has to say that they are wrong.
        var answers = await AtOnceAsync(30, _ => UpdateAsync(ClientSecrets.Generate().Secret));

        answers.Count(a => a.Status == 400 && a.Text("error") == "invalid_client_metadata").Should().Be(3);
        answers.Count(a => a.Status == 429 && a.Header("Retry-After") == "60").Should().Be(27);
        managed.Services.GetRequiredService<ClientSecrets>().Computations.Should().Be(3);
        managed.Clock.Advance(TimeSpan.FromMinutes(1));
        (await UpdateAsync(registered.Text("client_secret")!)).Status.Should().Be(200);
    }

    [Test, Rfc("7591-3-4")]
    public async Task Registrations_all_at_once_are_no_more_than_the_limit()
    {
        const string client = """{"redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"none"}""";

        var answers = await AtOnceAsync(100, _ => RawAsync("/oauth2/register", client, Here, "application/json"));

        answers.Count(a => a.Status == 201).Should().Be(5);
        answers.Count(a => a.Status == 429).Should().Be(95);
    }

    [Test, Rfc("7591-3-4")]
    public async Task An_address_registers_only_so_many_clients()
    {
        const string client = """{"redirect_uris":["https://app.example.com/cb"]}""";
        for (var i = 0; i < 5; i++)
            (await RawAsync("/oauth2/register", i == 0 ? "nonsense" : client, Here, "application/json")).Status.Should().BeOneOf(201, 400);

        var refused = await RawAsync("/oauth2/register", client, Here, "application/json");
        refused.ShouldBeError("temporarily_unavailable", 429);
        refused.Header("Access-Control-Allow-Origin").Should().Be("*");
        (await RawAsync("/oauth2/register", client, Elsewhere, "application/json")).Status.Should().Be(201);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await RawAsync("/oauth2/register", client, Here, "application/json")).Status.Should().Be(201);
    }

    private Task<Answer> PostAsync(string path, string body, string secret, string address = Here, string client = "machine") =>
        RawAsync(path, body, address, basic: Basic($"{client}:{secret}"));

    private static Task<Answer> PostAsync(TestApp app, string path, string body, string secret, string address = Here) =>
        RawAsync(app, path, body, address, basic: Basic("machine:" + secret));

    private Task<Answer> RawAsync(string path, string body, string address = Here, string type = Form, string? basic = null) =>
        RawAsync(app, path, body, address, type, basic);

    private static Task<Answer[]> AtOnceAsync(int count, Func<int, Task<Answer>> request) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => request(i))));

    private static Task<Answer> RawAsync(
        TestApp app,
        string path,
        string body,
        string address = Here,
        string type = Form,
        string? basic = null
    ) =>
        app.RawAsync(http =>
        {
            http.Post(path, body, type);
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            if (basic is not null)
                http.Request.Headers.Authorization = basic;
        });

    /// <summary>A host's own method, whose checks wait until the test lets them.</summary>
    private sealed class SlowAuthentication : IClientAuthentication
    {
        private int begun;
        private int left;

        public string Method => "slow";

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static Task<TestApp> StartAsync(Action<HqOAuth2Options> options) =>
            TestApp.StartAsync(
                o =>
                {
                    o.Clients.Add(TestApp.Client("slow", null, "slow", [], ["client_credentials"]));
                    options(o);
                },
                parts => parts.AddClientAuthentication<SlowAuthentication>(ServiceLifetime.Singleton)
            );

        public static SlowAuthentication Of(TestApp app)
        {
            using var scope = app.Services.CreateScope();
            return scope.ServiceProvider.GetServices<IClientAuthentication>().OfType<SlowAuthentication>().Single();
        }

        public static async Task<Answer> PostAsync(TestApp app, string proof, CancellationToken ct = default)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Token)
            {
                Content = new StringContent("grant_type=client_credentials&proof=" + proof, System.Text.Encoding.UTF8, Form),
            };
            using var response = await app.Http.SendAsync(request, ct);
            return new(response, await response.Content.ReadAsStringAsync(ct));
        }

        public Task BegunAsync(int count) => UntilAsync(() => Volatile.Read(ref begun) >= count);

        public Task LeftAsync(int count) => UntilAsync(() => Volatile.Read(ref left) >= count);

        public ClientProof? Read(OAuthRequest request) =>
            request.Parameters["proof"] is { } proof ? new Proof(this, proof == "right") : null;

        private static async Task UntilAsync(Func<bool> condition)
        {
            while (!condition())
                await Task.Yield();
        }

        private sealed class Proof(SlowAuthentication method, bool isRight) : ClientProof("slow")
        {
            public override async ValueTask<bool> IsOfAsync(Client client, CancellationToken ct)
            {
                Interlocked.Increment(ref method.begun);
                try
                {
                    await method.Open.Task.WaitAsync(ct);
                    return isRight;
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref method.left);
                    throw;
                }
            }
        }
    }
}
