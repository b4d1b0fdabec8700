using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Each seam, replaced once by a host's own part through the builder.</summary>
internal sealed class SeamTests
{
    [Test]
    [Rfc("6749-4.1.1-1")]
    public async Task A_hosts_own_client_store_is_asked_and_its_disabled_client_is_unknown_everywhere()
    {
        await using var app = await TestApp.StartAsync(o => o.Dcr = false, parts => parts.AddClientStore<OwnStore>());
        (await app.TokensAsync("own-client")).Text("scope").Should().Be("read write");
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("own-disabled"))).ShouldBeErrorPage();
        (await app.PostAsync("/oauth2/token", ("grant_type", "authorization_code"), ("client_id", "own-disabled"))).ShouldBeError(
            "invalid_client",
            401
        );
    }

    [Test]
    [Rfc("6749-4.5-1")]
    public async Task An_extension_grant_is_called_for_clients_that_may_use_it()
    {
        await using var app = await TestApp.StartAsync(
            o => o.Clients.Single(c => c.ClientId == "machine").GrantTypes.Add(EchoGrant.Name),
            parts => parts.AddGrantType<EchoGrant>()
        );
        var answer = await app.PostAsync(
            "/oauth2/token",
            [("grant_type", EchoGrant.Name), ("subject", "carol"), .. TestApp.Credentials("machine")]
        );
        answer.Status.Should().Be(200, answer.Body);
        (await app.IntrospectAsync(answer.Text("access_token")!)).Text("sub").Should().Be("carol");
        (await app.PostAsync("/oauth2/token", [("grant_type", EchoGrant.Name), .. TestApp.Credentials("machine")])).ShouldBeError(
            "subject_missing"
        );
        (await app.PostAsync("/oauth2/token", [("grant_type", EchoGrant.Name), .. TestApp.Credentials("web")])).ShouldBeError(
            "unauthorized_client"
        );
        (await app.PostAsync("/oauth2/token", [("grant_type", "urn:example:other"), .. TestApp.Credentials("web")])).ShouldBeError(
            "unsupported_grant_type"
        );
        (await app.GetAsync("/.well-known/oauth-authorization-server")).Body.Should().Contain(EchoGrant.Name);
    }

    [Test]
    [Rfc("6749-2.3.2-1")]
    public async Task A_client_authentication_method_of_the_hosts_own_names_exactly_one_client()
    {
        await using var app = await TestApp.StartAsync(
            o => o.Clients.Add(TestApp.Client("badge", null, "badge", [], ["client_credentials"])),
            parts => parts.AddClientAuthentication<BadgeAuthentication>()
        );
        (await app.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("badge", "badge"), ("scope", "read")))
            .Status.Should()
            .Be(200);
        (
            await app.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("badge", "badge"), ("client_id", "web"))
        ).ShouldBeError("invalid_client", 401);
        (await app.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("badge", "web"))).ShouldBeError("invalid_client", 401);
        (
            await app.PostAsync(
                "/oauth2/token",
                ("grant_type", "client_credentials"),
                ("badge", "badge"),
                ("basic", "web:" + TestApp.WebSecret)
            )
        ).ShouldBeError("invalid_request");
        (await app.GetAsync("/.well-known/oauth-authorization-server"))
            .Json.GetProperty("token_endpoint_auth_methods_supported")
            .ToString()
            .Should()
            .Be("""["none","client_secret_basic","client_secret_post","private_key_jwt","badge"]""");
    }

    [Test]
    public async Task A_method_of_the_hosts_own_is_one_that_clients_may_describe_themselves_with()
    {
        const string url = "https://app.example.com/client.json";
        const string methods = ",\"token_endpoint_auth_method\":\"x\",\"token_endpoint_auth_methods_supported\":[\"y\",\"badge\",\"none\"]";
        var web = new PublishedDocuments();
        web.Publish(url, PublishedDocuments.Minimal(url, more: methods));
        await using var app = await TestApp.StartAsync(
            o => o.ClientIdMetadataDocuments = true,
            parts => parts.AddClientAuthentication<BadgeAuthentication>(),
            host: builder => builder.Services.AddSingleton(new DocumentFetcher(web, TimeProvider.System))
        );
        var registered = await app.PostJsonAsync("/oauth2/register", $"{{\"redirect_uris\":[\"{TestApp.RedirectUri}\"]{methods}}}");
        registered.Text("token_endpoint_auth_method").Should().Be("badge", registered.Body);

        foreach (var id in new[] { url, registered.Text("client_id")! })
        {
            var code = await app.CodeAsync(id);
            (string, string)[] redemption = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier)];
            (await app.PostAsync("/oauth2/token", [.. redemption, ("client_id", id)])).ShouldBeError("invalid_client", 401);
            (await app.PostAsync("/oauth2/token", [.. redemption, ("badge", id)])).Status.Should().Be(200);
        }

        await using var without = await TestApp.StartAsync();
        (await without.PostJsonAsync("/oauth2/register", $"{{\"redirect_uris\":[\"{TestApp.RedirectUri}\"]{methods}}}"))
            .Text("token_endpoint_auth_method")
            .Should()
            .Be("none");
    }

    [Test]
    public async Task Claims_of_the_hosts_own_are_in_the_token_and_cannot_replace_ours()
    {
        await using var app = await TestApp.StartAsync(parts: parts => parts.AddTokenClaims<RoleClaims>());
        var payload = (await app.TokensAsync("web")).Text("access_token")!.Split('.')[1];
        var json = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(payload));
        json.Should().Contain("\"roles\":[\"editor\"]").And.Contain("\"sub\":\"alice\"");
    }

    [Test]
    public async Task An_authorization_ui_of_the_hosts_own_asks_and_its_answer_counts_only_as_our_form()
    {
        await using var app = await TestApp.StartAsync(parts: parts => parts.AddAuthorizationUi<OwnUi>());
        var browser = app.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.Body.Should().StartWith("<p>own page for web");
        page.Header("X-Frame-Options").Should().Be("DENY");
        (await browser.PressAsync(page, "approve")).LocationParameter("code").Should().StartWith("hqa_");

        // The host's page cannot approve by itself: that is a fault of the host, told to the client without a code.
        (await app.NewBrowser("eager").GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("server_error");
        app.Logs.Lines.Should().Contain(l => l.Contains("approved, but no user answered our form"));
    }

    [Test]
    public async Task Stores_of_the_hosts_own_hold_the_rows_and_tickets()
    {
        await using var app = await TestApp.StartAsync(parts: parts =>
            parts
                .AddAuthorizationStore<CountingStore>(Microsoft.Extensions.DependencyInjection.ServiceLifetime.Singleton)
                .AddTicketStore<CountingTickets>(Microsoft.Extensions.DependencyInjection.ServiceLifetime.Singleton)
        );
        await app.TokensAsync("web");
        var store = (CountingStore)app.Services.GetService(typeof(IAuthorizationStore))!;
        // A login is one insert and one update; a ticket for the answered form, and one that names the consent of an api client on https.
        store.Calls.Where(c => c != "List").Should().Equal("Add", "Update");

        var token = await app.PostAsync(
            "/oauth2/token",
            [("grant_type", "client_credentials"), ("scope", "read"), .. TestApp.Credentials("machine")]
        );
        await app.PostAsync("/oauth2/revoke", [("token", token.Text("access_token")!), .. TestApp.Credentials("machine")]);
        ((CountingTickets)app.Services.GetService(typeof(ITicketStore))!).Added.Should().Be(3);
        (await app.IntrospectAsync(token.Text("access_token")!)).Body.Should().Be("""{"active":false}""");
    }

    private sealed class OwnStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) =>
            new(
                clientId is "own-client" or "own-disabled"
                    ? new Client
                    {
                        ClientId = clientId,
                        Type = ClientType.Public,
                        TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
                        RedirectUris = [TestApp.RedirectUri],
                        Disabled = clientId == "own-disabled",
                    }
                    : null
            );
    }

    private sealed class EchoGrant(TokenIssuer tokens) : IGrantType
    {
        public const string Name = "urn:example:echo";

        public string GrantType => Name;

        public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct) =>
            request.Parameters["subject"] is { } subject
                ? await tokens.IssueAsync(request, subject, ScopeSet.Of("read"), [], ct)
                : OAuthError.Extension("subject_missing", "Name a subject.");
    }

    private sealed class BadgeAuthentication : IClientAuthentication
    {
        public string Method => "badge";

        public ClientProof? Read(OAuthRequest request) => request.Parameters["badge"] is { } badge ? new Proof(badge) : null;

        private sealed class Proof(string id) : ClientProof(id)
        {
            public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => new(true);
        }
    }

    private sealed class RoleClaims : ITokenClaims
    {
        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
        {
            claims.Add("roles", ["editor"]);
            claims.Invoking(c => c.Add("sub", "mallory")).Should().Throw<ArgumentException>();
            return default;
        }
    }

    private sealed class OwnUi : IAuthorizationUi
    {
        public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct)
        {
            if (context.Answer == "approve" || context.User?.Identity?.Name == "eager")
                return AuthorizationDecision.Approve();
            var fields = (await context.FormAsync(ct)).FormFields.Select(f =>
                $"<input type=\"hidden\" name=\"{f.Key}\" value=\"{f.Value}\">"
            );
            return AuthorizationDecision.Ask(
                Results.Text($"<p>own page for {context.Request.Client.ClientId}{string.Concat(fields)}", "text/html")
            );
        }
    }

    private sealed class CountingStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public List<string> Calls { get; } = [];

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct)
        {
            Calls.Add("Add");
            return inner.AddAsync(record, ct);
        }

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct)
        {
            Calls.Add("Find");
            return inner.FindAsync(id, ct);
        }

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct)
        {
            Calls.Add("Update");
            return inner.TryUpdateAsync(next, ct);
        }

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            Calls.Add("List");
            return inner.ListAsync(by, ct);
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);
    }

    private sealed class CountingTickets(TimeProvider time) : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(time);

        public int Added { get; private set; }

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
        {
            Added++;
            return inner.TryAddAsync(key, value, until, ct);
        }

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
    }
}
