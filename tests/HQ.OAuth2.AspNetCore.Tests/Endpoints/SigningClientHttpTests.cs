using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Clients that sign: what their keys cost, and what happens when something is away.</summary>
internal sealed class SigningClientHttpTests : SigningApp
{
    [Test]
    public async Task Keys_that_cannot_be_had_are_no_wrong_signature()
    {
        web.Fail(KeysAt);
        var id = (await RegisterAsync($",\"jwks_uri\":\"{KeysAt}\"")).Text("client_id")!;
        var assertion = key.Assertion(id);
        var code = await app.CodeAsync(id);

        var answer = await RedeemAsync(id, code, SigningClients.Parameters(assertion));

        answer.ShouldBeError("temporarily_unavailable", 503);
        answer.Header("Retry-After").Should().NotBeNull();
        app.Clock.Advance(PublishedKeySets.CoolDown);
        web.Publish(KeysAt, ProofKey.Set(key));
        (await RedeemAsync(id, code, SigningClients.Parameters(assertion)))
            .Status.Should()
            .Be(200, "neither the code nor the assertion was spent");
    }

    [Test]
    public async Task A_key_set_that_redirects_is_not_followed()
    {
        web.Answer(
            KeysAt,
            () => new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new("https://evil.example/keys") } }
        );
        web.Publish("https://evil.example/keys", ProofKey.Set(key));
        var id = (await RegisterAsync($",\"jwks_uri\":\"{KeysAt}\"")).Text("client_id")!;

        (await RedeemAsync(id, key.Signed(id))).ShouldBeError("temporarily_unavailable", 503);

        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Wrong_assertions_are_limited_and_right_ones_never()
    {
        await using var limited = await StartAsync(o =>
        {
            o.Limits.FailedAuthenticationsPerMinute = 3;
            o.Clients.Add(SigningClients.Options("signer", key));
        });
        var stranger = ProofKey.New("ES256", "k1");
        for (var i = 0; i < 3; i++)
            (await limited.PostAsync(Token, [ClientCredentials, .. stranger.Signed("signer")])).ShouldBeError("invalid_client", 401);

        (await limited.PostAsync(Token, [ClientCredentials, .. stranger.Signed("signer")])).ShouldBeError("temporarily_unavailable", 429);

        for (var i = 0; i < 20; i++)
            (await limited.PostAsync(Token, [ClientCredentials, .. key.Signed("signer")])).Status.Should().Be(200);
        // A replay is wrong too.
        var used = key.Assertion("signer");
        await limited.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(used)]);
        (await limited.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(used)])).Status.Should().Be(429);
    }

    [Test]
    public async Task A_stranger_causes_no_fetch_beyond_the_limits()
    {
        web.Publish(KeysAt, ProofKey.Set(key), "max-age=3600");
        var id = (await RegisterAsync($",\"jwks_uri\":\"{KeysAt}\"")).Text("client_id")!;
        var stranger = ProofKey.New("ES256", "k1");

        for (var i = 0; i < 30; i++)
        {
            (await RedeemAsync(id, "x", stranger.Signed(id))).ShouldBeError("invalid_client", 401);
            var other = stranger.Sign(SigningClients.Claims(id), header: h => h["kid"] = "made-up-" + i);
            (await RedeemAsync(id, "x", SigningClients.Parameters(other))).ShouldBeError("invalid_client", 401);
        }

        web.Fetches.Should().Be(1);
    }

    [Test, Rfc("7523-3-8")]
    public async Task One_assertion_at_three_nodes_on_one_store_gets_in_once()
    {
        var tickets = new SlowTickets();
        var nodes = new List<TestApp>();
        for (var i = 0; i < 3; i++)
            nodes.Add(
                await StartAsync(
                    o => o.Clients.Add(SigningClients.Options("signer", key)),
                    host: services => services.AddSingleton<ITicketStore>(tickets)
                )
            );
        var assertion = key.Assertion("signer");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => Task.Run(() => nodes[i % 3].PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(assertion)])))
        );

        answers.Should().ContainSingle(a => a.Status == 200);
        foreach (var loser in answers.Where(a => a.Status != 200))
            loser.ShouldBeError("invalid_client", 401);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Test]
    public async Task Without_the_store_of_tickets_nobody_gets_in()
    {
        await using var other = await StartAsync(
            o => o.Clients.Add(SigningClients.Options("signer", key)),
            s => s.AddTicketStore<StoreAwayTests.FailingTickets>(ServiceLifetime.Singleton)
        );
        var tickets = (StoreAwayTests.FailingTickets)other.Services.GetRequiredService<ITicketStore>();
        var assertion = key.Assertion("signer");
        tickets.Failure = new TimeoutException();

        var answer = await other.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(assertion)]);

        answer.ShouldBeError("temporarily_unavailable", 503);
        answer.Body.Should().NotContain("access_token");
        tickets.Failure = null;
        (await other.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(assertion)])).Status.Should().Be(200);
    }

    [Test]
    public async Task A_document_with_the_method_proves_itself_by_keys_of_its_own_origin()
    {
        const string url = "https://app.example.com/client.json";
        const string method = ",\"token_endpoint_auth_method\":\"private_key_jwt\"";
        web.Publish(KeysAt, ProofKey.Set(key));
        web.Publish(url, PublishedDocuments.Minimal(url, more: $"{method},\"jwks_uri\":\"{KeysAt}\""));
        const string foreign = "https://app.example.com/foreign.json";
        web.Publish(foreign, PublishedDocuments.Minimal(foreign, more: method + ",\"jwks_uri\":\"https://keys.example.net/keys\""));

        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(foreign));
        page.ShouldBeErrorPage();
        app.Logs.Lines.Should().Contain(l => l.Contains("jwks_uri: must be on the origin of the document"));
        (await RedeemAsync(url, ("client_id", url))).ShouldBeError("invalid_client", 401);
        (await RedeemAsync(url, key.Signed(url))).Status.Should().Be(200);
    }

    [Test]
    public async Task A_document_that_lists_both_methods_may_use_either()
    {
        const string url = "https://app.example.com/client.json";
        web.Publish(KeysAt, ProofKey.Set(key));
        web.Publish(
            url,
            PublishedDocuments.Minimal(
                url,
                more: $$""","token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"],"jwks_uri":"{{KeysAt}}" """
            )
        );

        (await RedeemAsync(url, ("client_id", url))).Status.Should().Be(200);
        (await RedeemAsync(url, key.Signed(url))).Status.Should().Be(200);
        (await RedeemAsync(url, ProofKey.New("ES256", "k1").Signed(url))).ShouldBeError("invalid_client", 401);
        app.Logs.Lines.Should().NotContain(l => l.Contains("without what this server does not have"));
    }

    [Test]
    public async Task The_pages_say_that_a_client_proves_itself_by_keys_where_it_must()
    {
        await using var host = await StartAsync(o => o.Clients.Add(SigningClients.Options("signer", key)));
        const string said = "It proves itself with a key of its own.";
        var alice = host.NewUser();

        (await alice.GetAsync(TestApp.AuthorizeUrl("signer"))).Body.Should().Contain(said);
        (await alice.GetAsync(TestApp.AuthorizeUrl("web"))).Body.Should().NotContain(said);
        foreach (var (id, proves) in new[] { ("signer", true), ("web", false) })
        {
            var user = host.NewBrowser("user-of-" + id);
            await user.ApproveAsync(TestApp.AuthorizeUrl(id));
            var app = (await user.GetAsync("/api/v0/users/me/oauth2/authorizations")).Json.GetProperty("items")[0];
            app.TryGetProperty("app_proves_itself_by_keys", out _).Should().Be(proves);
            var page = await user.GetAsync("/oauth2/connected-apps?app=" + app.GetProperty("authorization_id").GetString());
            (page.Status, page.Body.Contains(said, StringComparison.Ordinal)).Should().Be((200, proves));
        }
    }

    /// <summary>Answers late, so that a look before a write is seen through.</summary>
    private sealed class SlowTickets : ITicketStore
    {
        private static readonly TimeSpan late = TimeSpan.FromMilliseconds(50);
        private readonly InMemoryTicketStore inner = new(new TestClock());

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            LateAsync(inner.TryAddAsync(key, value, until, ct));

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => LateAsync(inner.FindAsync(key, ct));

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            LateAsync(inner.TryReplaceAsync(key, expected, value, ct));

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => LateAsync(inner.TryRemoveAsync(key, ct));

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => LateAsync(inner.RemoveExpiredAsync(limit, ct));

        private static async ValueTask<T> LateAsync<T>(ValueTask<T> answer)
        {
            var found = await answer;
            await Task.Delay(late);
            return found;
        }
    }
}
