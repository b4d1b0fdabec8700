using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Stores are written by hosts: what they return is checked where it matters.</summary>
internal sealed class CustomStoreTests
{
    private static readonly Client unproven = new()
    {
        ClientId = "unproven",
        Type = ClientType.Confidential,
        TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None,
        RedirectUris = [TestApp.RedirectUri, "http://127.0.0.1/cb"],
        GrantTypes = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken, OAuthGrantTypes.ClientCredentials],
        RequirePkce = false,
        Introspects = ["*"],
    };

    [Test, Rfc("6749-4.4-1")]
    public async Task A_client_that_proves_nothing_is_public_whatever_its_type_says()
    {
        await using var app = await StartAsync(_ => unproven, o => o.PublicRefreshTokenLifetime = TimeSpan.FromDays(2));

        (await app.PostAsync(Token, ClientCredentials, ("client_id", "unproven"))).ShouldBeError("unauthorized_client");
        (await app.PostAsync(Introspect, ("token", "x"), ("client_id", "unproven"))).ShouldBeError("invalid_client", 401);
        var noPkce = TestApp.AuthorizeUrl("unproven", ("code_challenge", null), ("code_challenge_method", null));
        (await app.NewUser().GetAsync(noPkce)).ShouldBeErrorRedirect("invalid_request");
        var otherPort = TestApp.AuthorizeUrl("unproven", ("redirect_uri", "http://127.0.0.1:4711/cb"));
        (await app.NewUser().GetAsync(otherPort)).IsConsentPage().Should().BeTrue();

        var tokens = await app.TokensAsync("unproven");
        app.Clock.Advance(TimeSpan.FromDays(1));
        tokens = await app.RefreshAsync("unproven", tokens.RefreshToken());
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await app.RefreshAsync("unproven", tokens.RefreshToken())).ShouldBeError("invalid_grant");
    }

    [TestCase("javascript:alert(1)")]
    [TestCase("JavaScript:alert(1)")]
    [TestCase(" javascript:alert(1)")]
    [TestCase("java\tscript:alert(1)")]
    [TestCase("java\nscript:alert(1)")]
    [TestCase("javascript://app.example.com/%0aalert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("DATA:text/html,x")]
    [TestCase("file:///etc/passwd")]
    [TestCase("vbscript:x")]
    [TestCase("blob:https://app.example.com/1")]
    [TestCase("view-source:https://app.example.com/")]
    [TestCase("https://app.example.com/cb#fragment")]
    [TestCase("https://app.example.com/cb\r\nSet-Cookie: a=b")]
    [TestCase("https://app.example.com/ü")]
    [TestCase("https://user@app.example.com/cb")]
    [TestCase("http://app.example.com/cb")]
    [TestCase("//app.example.com/cb")]
    [TestCase("/cb")]
    [TestCase("")]
    [Rfc("9700-4.11.2-2")]
    public async Task A_stored_redirect_uri_that_no_client_may_have_is_never_sent(string uri)
    {
        // A client by its document redirects by that document, whatever is stored.
        foreach (var provenance in new[] { ClientProvenance.Api, ClientProvenance.Dcr })
        {
            await using var app = await StartAsync(id =>
                unproven with
                {
                    ClientId = id,
                    Provenance = provenance,
                    Type = ClientType.Public,
                    RedirectUris = [uri],
                    Trusted = true,
                }
            );
            (string, string?)[][] requests =
            [
                [],
                [("redirect_uri", uri)],
                [("redirect_uri", null)],
                [("redirect_uri", null), ("scope", "nope")],
                [("redirect_uri", null), ("prompt", "none")],
                [("redirect_uri", null), ("state", "a\u0001")],
            ];
            foreach (var changes in requests)
            {
                var answer = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("stored", changes));
                answer.ShouldBeErrorPage();
                answer.Body.Should().NotContain("<a href");
            }

            app.Logs.Lines.Should().Contain(l => l.Contains("HQ1072") && l.Contains("redirect_uris of client 'stored'"));
        }
    }

    [Test]
    public async Task Links_and_logos_that_are_no_plain_https_URL_are_not_shown()
    {
        await using var app = await StartAsync(_ =>
            unproven with
            {
                ClientUri = "javascript:alert(1)",
                TosUri = "JAVASCRIPT:alert(2)",
                PolicyUri = "https://app.example.com/policy",
                LogoUri = "data:image/svg+xml,x",
            }
        );

        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("unproven"));

        page.IsConsentPage().Should().BeTrue();
        page.Body.Should().NotContainEquivalentOf("javascript:").And.NotContain("xml,x").And.Contain("https://app.example.com/policy");
    }

    [TestCaseSource(nameof(Unusable))]
    public async Task A_client_with_a_member_that_is_missing_is_unknown_and_the_log_names_both(string member, Client client)
    {
        await using var app = await StartAsync(_ => client);

        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("unproven"))).ShouldBeErrorPage();
        foreach (var path in new[] { Token, Revoke, Introspect })
        {
            (await app.PostAsync(path, ClientCredentials, ("client_id", "unproven"), ("token", "x"))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(path, ClientCredentials, ("basic", "unproven:x"), ("token", "x"))).ShouldBeError("invalid_client", 401);
        }

        app.Logs.Lines.Should()
            .Contain(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("client unproven") && l.Contains(member));
    }

    [Test, Rfc("7592-3-1")]
    public async Task A_registration_token_whose_stored_hash_is_none_is_refused()
    {
        await using var app = await TestApp.StartAsync(o => o.DcrManagement = true);
        var registered = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = "none" }
        );
        var client = (await app.FindClientAsync(registered.Text("client_id")!))!;
        foreach (var hash in new[] { "", "%%%", "AAAA", new string('A', 400) })
        {
            await app.AddClientAsync(client with { RegistrationAccessTokenHash = hash });
            (await app.GetAsync("/oauth2/register/" + client.ClientId, registered.Text("registration_access_token")))
                .Status.Should()
                .Be(401);
        }
    }

    [Test]
    public async Task Rows_of_another_id_subject_or_client_are_nobodys()
    {
        await using var app = await TestApp.StartAsync(parts: p => p.AddAuthorizationStore<LaxStore>(ServiceLifetime.Singleton));
        var tokens = await app.TokensAsync("spa");
        var store = (LaxStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var user = new ConnectedAppsApiTests.Session(app, "alice");
        (await user.IdsAsync()).Should().HaveCount(1);

        foreach (
            var change in new Func<AuthorizationRecord, AuthorizationRecord>[]
            {
                r => r with { Id = Guid.NewGuid().ToString("N") },
                r => r with { Id = null! },
                r => r with { Data = null! },
                r => r with { Data = r.Data.Replace("\"iat\":", "\"iat\":999", StringComparison.Ordinal) },
                r => r with { Data = r.Data.Replace("\"res\":[", "\"res\":[null,", StringComparison.Ordinal) },
            }
        )
        {
            store.Change = change;
            // As at another node, which reads the row.
            app.Services.GetRequiredService<RecentRows>().Forget(tokens.RefreshToken()["hqr_".Length..][..32]);
            (await app.RefreshAsync("spa", tokens.RefreshToken())).ShouldBeError("invalid_grant");
            (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        }

        store.Change = r => r with { Subject = "ALICE" };
        (await user.IdsAsync()).Should().BeEmpty("it is another user's");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var apps = scope.ServiceProvider.GetRequiredService<ConnectedApps>();
            (await apps.RevokeForSubjectAsync("alice", CancellationToken.None)).Should().Be(0);
        }
        app.Logs.Lines.Should().Contain(l => l.Contains("LaxStore returned authorization"));
        store.Change = r => r;
        (await app.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200, "nothing ended");
    }

    private static IEnumerable<TestCaseData> Unusable() =>
        [
            new("client_id", unproven with { ClientId = "UNPROVEN" }),
            new("client_id", unproven with { ClientId = null! }),
            new("token_endpoint_auth_method", unproven with { TokenEndpointAuthMethod = null! }),
            new("redirect_uris", unproven with { RedirectUris = null! }),
            new("redirect_uris", unproven with { RedirectUris = [null!] }),
            new("grant_types", unproven with { GrantTypes = null! }),
            new("secrets", unproven with { Secrets = null! }),
            new("secrets", unproven with { Secrets = [new() { Hash = null! }] }),
            new("secrets", unproven with { Secrets = [null!] }),
            new("introspects", unproven with { Introspects = null! }),
            new("contacts", unproven with { Contacts = null! }),
            new("provenance", unproven with { Provenance = (ClientProvenance)7 }),
        ];

    private static Task<TestApp> StartAsync(Func<string, Client> find, Action<HqOAuth2Options>? options = null) =>
        TestApp.StartAsync(
            o =>
            {
                o.Dcr = false;
                options?.Invoke(o);
            },
            p =>
            {
                p.AddClientStore<OneClientStore>(ServiceLifetime.Singleton);
                p.Services.AddSingleton(find);
            }
        );

    private sealed class OneClientStore(Func<string, Client> find) : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new(find(clientId));
    }

    /// <summary>A store that gives back something else than what was asked for.</summary>
    private sealed class LaxStore : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public Func<AuthorizationRecord, AuthorizationRecord> Change { get; set; } = r => r;

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => inner.AddAsync(record, ct);

        public async ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) =>
            await inner.FindAsync(id, ct) is { } record ? Change(record) : null;

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => inner.RemoveAsync(id, ct);

        public async ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct)
        {
            var page = await inner.ListAsync(by, ct);
            return new([.. page.Items.Select(Change)], page.Next);
        }

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            inner.RemoveExpiredAsync(now, limit, ct);
    }
}
