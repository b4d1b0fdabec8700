using System.Data.Common;
using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A store that is away is 503 at every API and endpoint, logged as one failure; a caller who goes away is none.</summary>
internal sealed class StoreAwayTests
{
    private static readonly Func<Exception>[] away =
    [
        () => new TimeoutException("db.internal secret-detail"),
        () => new IOException("secret-detail"),
        () => new HttpRequestException("secret-detail"),
        () => new OperationCanceledException("secret-detail"),
        () => new TaskCanceledException("secret-detail"),
        () => new InvalidOperationException("a mapper says", new Down()),
    ];

    [Test]
    [Rfc("6750-3.1-2")]
    public async Task An_API_in_the_servers_process_answers_503_and_never_a_challenge()
    {
        await using var app = await StartAsync<FailingAuthorizationStore>(map: a =>
        {
            // Two schemes: the session satisfies the policy's sign-in, and the token's scope is what is missing.
            a.MapGet("/both", () => "")
                .RequireAuthorization(p =>
                    p.AddAuthenticationSchemes("Test", HqOAuth2BearerDefaults.AuthenticationScheme).RequireScope("read")
                );
        });
        var store = (FailingAuthorizationStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var token = (await app.TokensAsync("spa")).AccessToken();
        foreach (var failure in away)
        {
            store.Failure = failure();
            ShouldBeAway(await app.GetAsync("/api/read", token));
            using var both = new HttpRequestMessage(HttpMethod.Get, "/both");
            both.Headers.Add("Cookie", "test-user=alice");
            both.Headers.Authorization = new("Bearer", token);
            ShouldBeAway(await app.SendAsync(both));
        }

        Errors(app).Should().HaveCount(2 * away.Length, "each request is logged once").And.OnlyContain(l => !l.Contains(token));
        (await app.GetAsync("/api/read", "nonsense")).Status.Should().Be(401, "it needs no store");
        store.Failure = null;
        (await app.GetAsync("/api/read", token)).Status.Should().Be(200);
        store.Failure = new NotSupportedException("secret-detail");
        var bug = await app.GetAsync("/api/read", token);
        (bug.Status, bug.Header("WWW-Authenticate")).Should().Be((500, null));
        bug.Body.Should().NotContain("secret-detail");
    }

    [Test]
    public async Task Every_endpoint_of_users_and_administrators_answers_503()
    {
        await using var host = await EveryEndpoint.StartAsync(s =>
            s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
        );
        var store = (FailingAuthorizationStore)host.Server.Services.GetRequiredService<IAuthorizationStore>();
        var user = new ConnectedAppsApiTests.Session(host.Server, "alice");
        await user.TokensAsync("web");
        var (page, antiforgery, id) = (
            await user.Browser.GetAsync("/oauth2/connected-apps"),
            await user.TokenAsync(),
            (await user.IdsAsync())[0]
        );
        store.Failure = away[0]();

        var answers = new[]
        {
            await user.ListAsync(),
            await user.DeleteAsync("", antiforgery),
            await user.DeleteAsync("/" + id, antiforgery),
            await user.Browser.GetAsync("/oauth2/connected-apps"),
            await user.Browser.PostAsync("/oauth2/connected-apps", [.. Browser.HiddenFields(page).Take(1), ("all", "yes")]),
            await user.Browser.PostAsync("/oauth2/connected-apps", [.. Browser.HiddenFields(page).Take(1), ("entry", id)]),
            await AdminAsync("GET", "/api/v0/oauth2/authorizations?subject=alice"),
            await AdminAsync("DELETE", "/api/v0/oauth2/authorizations?subject=alice"),
            await AdminAsync("DELETE", "/api/v0/oauth2/apps/web/authorizations"),
        };

        foreach (var answer in answers)
        {
            answer.Status.Should().Be(503, answer.Body);
            answer.Body.Should().NotContain("secret-detail");
        }

        Task<Answer> AdminAsync(string method, string url) =>
            host.Server.NewBrowser("root").SendAsync(new HttpRequestMessage(new(method), url));
    }

    [Test]
    public async Task A_client_store_a_ticket_store_and_the_hosts_claims_that_are_away_are_503_too()
    {
        await using var app = await TestApp.StartAsync(
            o => (o.Dcr, o.CacheClientsFor) = (false, TimeSpan.Zero),
            s =>
                s.AddClientStore<FailingClientStore>(ServiceLifetime.Singleton)
                    .AddTicketStore<FailingTickets>(ServiceLifetime.Singleton)
                    .AddTokenClaims<FailingClaims>(ServiceLifetime.Singleton)
        );
        var clients = (FailingClientStore)app.Services.GetRequiredService<IClientStore>();
        var tickets = (FailingTickets)app.Services.GetRequiredService<ITicketStore>();
        var claims = (FailingClaims)app.Services.GetRequiredService<ITokenClaims>();
        await clients.Inner.TryAddAsync(Confidential("stored", "s"), default);
        var token = (await app.PostAsync(Token, ClientCredentials, ("basic", "stored:s"))).AccessToken();
        var own = (await app.MachineTokenAsync()).AccessToken();

        clients.Failure = away[0]();
        ShouldBeAway(await app.GetAsync("/api/read", token));
        clients.Failure = null;
        tickets.Failure = away[0]();
        ShouldBeAway(await app.GetAsync("/api/read", own));
        (await app.PostAsync(Revoke, [("token", own), .. Machine])).ShouldBeError("temporarily_unavailable", 503);
        tickets.Failure = null;
        claims.Failure = away[2]();
        (await app.PostAsync(Token, [ClientCredentials, .. Machine])).ShouldBeError("temporarily_unavailable", 503);
    }

    [Test]
    public async Task Pushes_assertions_and_personal_tokens_are_503_too_and_nothing_is_spent()
    {
        await using var host = await EveryEndpoint.StartAsync(s =>
            s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
                .AddTicketStore<FailingTickets>(ServiceLifetime.Singleton)
        );
        var server = host.Server;
        var store = (FailingAuthorizationStore)server.Services.GetRequiredService<IAuthorizationStore>();
        var tickets = (FailingTickets)server.Services.GetRequiredService<ITicketStore>();
        var user = new ConnectedAppsApiTests.Session(server, "alice");
        var form = await user.Browser.GetAsync("/oauth2/connected-apps/new-token");
        (string, string)[] answer =
        [
            .. Browser.HiddenFields(form),
            ("name", "x"),
            ("scope", "read"),
            ("days", "7"),
            ("resource", TestApp.Issuer),
        ];
        var pushed = await server.PushAsync("web");
        var assertion = SigningClients.Parameters(EveryEndpoint.Key.Assertion("signer"));

        foreach (var failure in away)
        {
            tickets.Failure = failure();
            ShouldBeAway(await server.PushAsync("web"));
            ShouldBeAway(await server.PostAsync(Token, [ClientCredentials, .. assertion]));
            ShouldBeAway(await server.PostAsync("/oauth2/par", [.. PushSupport.Request("web", ("client_id", "signer")), .. assertion]));
            var opened = await user.Browser.GetAsync(pushed.AuthorizeUrl("web"));
            (opened.Status, opened.Location).Should().Be((503, null));
            (await user.Browser.PostAsync("/oauth2/connected-apps/new-token", answer)).Status.Should().Be(503);
            tickets.Failure = null;
            store.Failure = failure();
            var made = await user.Browser.PostAsync("/oauth2/connected-apps/new-token", answer);
            made.Status.Should().Be(503);
            made.Body.Should().NotContain("hqp_").And.NotContain("secret-detail");
            store.Failure = null;
        }

        (await server.PostAsync(Token, [ClientCredentials, .. assertion])).Status.Should().Be(200, "the assertion was not spent");
        (await user.Browser.GetAsync(pushed.AuthorizeUrl("web"))).Status.Should().BeOneOf(302, 303);
        (await server.RowsAsync("alice")).Should().BeEmpty("no token that nobody knows");
        var token = await user.Browser.PostAsync("/oauth2/connected-apps/new-token", answer);
        var secret = System.Text.RegularExpressions.Regex.Match(token.Body, "hqp_[0-9a-f]{32}\\.[A-Za-z0-9_-]{49}").Value;
        (await server.GetAsync("/api/read", secret)).Status.Should().Be(200);
        store.Failure = away[0]();
        ShouldBeAway(await server.GetAsync("/api/read", secret));
    }

    [TestCase("/oauth2/introspect")]
    [TestCase("/api/read")]
    [TestCase("/api/v0/users/me/oauth2/authorizations")]
    public async Task A_caller_who_goes_away_is_no_error(string path)
    {
        await using var app = await StartAsync<BlockingStore>();
        var store = (BlockingStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var token = (await app.TokensAsync("spa")).AccessToken();
        store.Blocks = true;
        using var gone = new CancellationTokenSource();
        var request = app.Server.SendAsync(
            http =>
            {
                (http.Request.Scheme, http.Request.Host) = ("https", new("auth.example.com"));
                if (path == "/oauth2/introspect")
                    http.Post(path, $"token={token}&client_id=post&client_secret={TestApp.WebSecret}");
                else if (path == "/api/read")
                    (http.Request.Path, http.Request.Headers.Authorization) = (path, "Bearer " + token);
                else
                    (http.Request.Path, http.Request.Headers.Cookie) = (path, "test-user=alice");
            },
            gone.Token
        );
        await store.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await gone.CancelAsync();
        try
        {
            await request;
        }
        catch (OperationCanceledException) { }

        await store.Left.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await app.DisposeAsync();
        Errors(app).Should().BeEmpty();
    }

    [Test]
    public async Task An_answer_about_a_token_that_never_ends_or_a_client_that_throws_is_503()
    {
        foreach (
            var handler in new Func<HttpResponseMessage>[]
            {
                () =>
                    new() { Content = new StreamContent(new EndlessStream()) },
                () => throw new NotSupportedException("a circuit breaker of the host"),
                () => throw new TaskCanceledException(),
            }
        )
        {
            await using var api = await ApiAsync(handler);
            using var http = api.GetTestClient();
            http.DefaultRequestHeaders.Authorization = new("Bearer", "x");
            using var response = await http.GetAsync("/read");
            response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            response.Headers.RetryAfter.Should().NotBeNull();
        }
    }

    private static async Task<WebApplication> ApiAsync(Func<HttpResponseMessage> answer)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder
            .Services.AddAuthentication(HqOAuth2BearerDefaults.AuthenticationScheme)
            .AddHqOAuth2Introspection(o =>
            {
                (o.Issuer, o.ClientId, o.ClientSecret) = (TestApp.Issuer, "a", "b");
                o.Resources.Add("https://api.example.com");
                o.Backchannel = new HttpClient(new Answering(answer));
            });
        builder.Services.AddAuthorization();
        var api = builder.Build();
        api.MapGet("/read", () => "").RequireScope("read");
        await api.StartAsync();
        return api;
    }

    private static Task<TestApp> StartAsync<T>(Action<WebApplication>? map = null)
        where T : class, IAuthorizationStore =>
        TestApp.StartAsync(parts: s => s.AddAuthorizationStore<T>(ServiceLifetime.Singleton), map: map);

    private static IEnumerable<string> Errors(TestApp app) => app.Logs.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal));

    private static void ShouldBeAway(Answer answer)
    {
        answer.Status.Should().Be(503);
        answer.Header("Retry-After").Should().MatchRegex("^[1-9][0-9]*$");
        answer.Header("WWW-Authenticate").Should().BeNull();
        answer.Header("Cache-Control").Should().Be("no-store");
        answer.Body.Length.Should().BeLessThan(200);
    }

    private sealed class Down : DbException;

    private sealed class Answering(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)' ');
            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var spaces = new byte[1024];
            while (true)
                await destination.WriteAsync(spaces, cancellationToken);
        }
    }

    internal sealed class FailingTickets(TimeProvider time) : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(time);

        public Exception? Failure { get; set; }

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            Failure is { } f ? throw f : inner.TryAddAsync(key, value, until, ct);

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => Failure is { } f ? throw f : inner.FindAsync(key, ct);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
    }

    internal sealed class FailingClaims : ITokenClaims
    {
        public Exception? Failure { get; set; }

        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct) => Failure is { } f ? throw f : default;
    }

    /// <summary>Waits until the caller is gone, and says so as a database driver does.</summary>
    internal sealed class BlockingStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public bool Blocks { get; set; }

        public TaskCompletionSource Entered { get; } = new();

        public TaskCompletionSource Left { get; } = new();

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            await BlockAsync(ct);
            return await inner.FindAsync(id, ct);
        }

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            await BlockAsync(ct);
            return await inner.ListAsync(by, ct);
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);

        private async Task BlockAsync(CancellationToken ct)
        {
            if (!Blocks)
                return;
            Entered.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            catch (OperationCanceledException)
            {
                throw new IOException("the connection was closed");
            }
            finally
            {
                Left.TrySetResult();
            }
        }
    }
}
