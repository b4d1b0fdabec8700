using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Clients by their metadata document, from discovery to revocation (draft-ietf-oauth-client-id-metadata-document).</summary>
internal sealed class ClientDocumentHttpTests
{
    private const string Url = "https://app.example.com/oauth/client.json";

    private PublishedDocuments web = null!;
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        web = new();
        web.Publish(Url, Document());
        app = await StartAsync(web);
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    [Rfc("CIMD-5-1")]
    public async Task Metadata_says_so_exactly_when_it_is_on()
    {
        var on = (await app.GetAsync("/.well-known/oauth-authorization-server")).Json;
        on.GetProperty("client_id_metadata_document_supported").GetBoolean().Should().BeTrue();
        on.GetProperty("token_endpoint_auth_methods_supported")[0].GetString().Should().Be("none");

        await using var without = await TestApp.StartAsync();
        (await without.GetAsync("/.well-known/oauth-authorization-server"))
            .Json.TryGetProperty("client_id_metadata_document_supported", out _)
            .Should()
            .BeFalse();
    }

    [Test]
    [Rfc("CIMD-6.4-1"), Rfc("MCP-S.7.2-2"), Rfc("MCP-S.2-1"), Rfc("MCP-A.8-1")]
    public async Task From_the_first_request_to_revocation_it_is_a_client_like_any_other()
    {
        var alice = app.NewUser();
        var url = TestApp.AuthorizeUrl(Url, ("resource", TestApp.Issuer + "/mcp"));
        var page = await alice.GetAsync(url);
        page.IsConsentPage().Should().BeTrue(page.Body);
        page.Body.Should().Contain("Some app").And.Contain("<strong>app.example.com</strong>");
        var code = (await alice.PressAsync(page, "approve")).LocationParameter("code")!;

        var tokens = await app.RedeemAsync(Url, code, ("resource", TestApp.Issuer + "/mcp"));
        tokens.Status.Should().Be(200, tokens.Body);
        JwtPart(tokens.AccessToken(), 1).GetProperty("client_id").GetString().Should().Be(Url);
        JwtPart(tokens.AccessToken(), 1).GetProperty("aud").GetString().Should().Be(TestApp.Issuer + "/mcp");
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();

        var refreshed = await app.RefreshAsync(Url, tokens.RefreshToken(), ("resource", TestApp.Issuer + "/mcp"));
        refreshed.Status.Should().Be(200, refreshed.Body);
        refreshed.RefreshToken().Should().NotBe(tokens.RefreshToken());

        var revoked = await app.PostAsync(Revoke, ("token", refreshed.RefreshToken()), ("client_id", Url));
        revoked.Status.Should().Be(200);
        (await app.IsActiveAsync(refreshed.AccessToken())).Should().BeFalse();

        web.Requests.Should().ContainSingle("the document was fresh all the time");
        (await app.FindClientAsync(Url))!.Provenance.Should().Be(ClientProvenance.Cimd, "a user has approved it");
    }

    [Test]
    public async Task The_user_sees_it_among_connected_apps_and_ends_it()
    {
        var alice = app.NewBrowser("alice");
        var tokens = await app.TokensAsync(Url);

        var list = await alice.GetAsync("/api/v0/users/me/oauth2/authorizations");
        list.Body.Should().Contain("\"cimd\"").And.Contain("Some app");
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await app.Services.CreateScope().ServiceProvider.GetRequiredService<ConnectedApps>().RevokeForClientAsync(Url, default))
            .Should()
            .Be(1);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
    }

    [Test]
    public async Task After_a_restart_the_back_channel_goes_by_what_is_kept_and_fetches_nothing()
    {
        await using var database = TestDatabase.Sqlite();
        await using var before = await StartAsync(web, on: database);
        var (used, kept) = (await before.TokensAsync(Url), await before.TokensAsync(Url));
        web.Fail(Url);
        var fetches = web.Fetches;
        await using var restarted = await StartAsync(web, on: database);

        (await restarted.IsActiveAsync(used.AccessToken())).Should().BeTrue();
        var list = await restarted.NewBrowser("alice").GetAsync("/api/v0/users/me/oauth2/authorizations");
        list.Body.Should().Contain("Some app").And.Contain("\"cimd\"");
        var refreshed = await restarted.RefreshAsync(Url, used.RefreshToken());
        refreshed.Status.Should().Be(200, refreshed.Body);
        (await restarted.PostAsync(Revoke, ("token", kept.RefreshToken()), ("client_id", Url))).Status.Should().Be(200);
        (await restarted.IsActiveAsync(kept.AccessToken())).Should().BeFalse();
        web.Fetches.Should().Be(fetches);
    }

    [TestCase("grant_type=refresh_token&refresh_token=x", Token)]
    [TestCase("token=x", Revoke)]
    [TestCase("token=x", "/oauth2/introspect")]
    public async Task On_the_back_channel_an_unapproved_document_is_an_unknown_client_and_is_not_fetched(string body, string path)
    {
        var pairs = body.Split('&').Select(p => p.Split('=')).Select(p => (p[0], p[1]));

        (await app.PostAsync(path, [.. pairs, ("client_id", Url)])).ShouldBeError("invalid_client", 401);

        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task A_stranger_signs_in_first_and_causes_no_fetch()
    {
        var visits = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => app.NewBrowser(null).GetAsync(TestApp.AuthorizeUrl($"https://made-up-{i}.example.com/c")))
        );

        visits.Should().OnlyContain(v => v.Status == 302 && v.Location!.StartsWith("/login?ReturnUrl=", StringComparison.Ordinal));
        visits.Should().OnlyContain(v => v.Header("Cache-Control")!.Contains("no-store"));
        web.Fetches.Should().Be(0);
        var known = await app.NewBrowser(null).GetAsync(TestApp.AuthorizeUrl(Url));
        (await app.NewUser().GetAsync(known.ReturnUrl())).IsConsentPage().Should().BeTrue("sign-in comes back to the request");
    }

    [TestCase("prompt", "none")]
    [TestCase("prompt", "none", "https://evil.example/")]
    public async Task A_stranger_who_must_not_be_asked_sees_a_page_and_is_led_nowhere(
        string name,
        string value,
        string redirectUri = TestApp.RedirectUri
    )
    {
        (await app.NewBrowser(null).GetAsync(TestApp.AuthorizeUrl(Url, (name, value), ("redirect_uri", redirectUri)))).ShouldBeErrorPage();

        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task A_stranger_who_posts_a_decision_causes_no_fetch()
    {
        var answer = await app.NewBrowser(null)
            .PostAsync(TestApp.AuthorizeUrl(Url), [("decision", "approve"), .. QueryOf(TestApp.AuthorizeUrl(Url))]);

        (answer.Status, answer.Location![..7]).Should().Be((303, "/login?"));
        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task A_consent_page_of_the_hosts_own_fetches_nothing_for_a_stranger()
    {
        await using var host = await StartAsync(
            web,
            map: a =>
                a.MapGet(
                    "/consent",
                    async (Microsoft.AspNetCore.Http.HttpContext http, string returnUrl, ConsentRequests requests) =>
                        await requests.FindAsync(http, returnUrl) is { } found ? found.Consent.ClientName : "nothing"
                )
        );
        var page = "/consent?returnUrl=" + Uri.EscapeDataString(TestApp.AuthorizeUrl(Url));

        (await host.NewBrowser(null).GetAsync(page)).Body.Should().Be("nothing");
        web.Fetches.Should().Be(0);
        (await host.NewUser().GetAsync(page)).Body.Should().Be("Some app");
    }

    [Test]
    public async Task A_host_whose_client_store_is_read_only_keeps_documents_too()
    {
        await using var database = TestDatabase.Sqlite();
        void ReadOnly(HqOAuth2Builder server) => server.AddClientStore<NoClients>();
        await using var before = await StartAsync(web, ReadOnly, o => o.Dcr = false, on: database);
        var tokens = await before.TokensAsync(Url);
        web.Fail(Url);
        await using var restarted = await StartAsync(web, ReadOnly, o => o.Dcr = false, on: database);

        (await restarted.RefreshAsync(Url, tokens.RefreshToken())).Status.Should().Be(200);
        (await restarted.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await restarted.NewBrowser("alice").GetAsync("/api/v0/users/me/oauth2/authorizations")).Body.Should().Contain("Some app");
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task An_administrator_lists_it_and_disables_it_whatever_the_document_says()
    {
        var tokens = await app.TokensAsync(Url);
        using var scope = app.Services.CreateScope();
        var registrar = scope.ServiceProvider.GetRequiredService<ClientRegistrar>();
        (await registrar.ListAsync(new(provenance: ClientProvenance.Cimd), default)).Items.Should().ContainSingle(c => c.ClientId == Url);
        var metadata = new ClientMetadata { RedirectUris = [TestApp.RedirectUri], TokenEndpointAuthMethod = "none" };
        (await registrar.UpdateAsync(Url, metadata, new() { Disabled = true }, null, default)).Error.Should().BeNull();

        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(Url))).ShouldBeErrorPage();
        (await app.NewBrowser(null).GetAsync(TestApp.AuthorizeUrl(Url))).ShouldBeErrorPage();
        (await app.RefreshAsync(Url, tokens.RefreshToken())).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Revoke, ("token", tokens.RefreshToken()), ("client_id", Url))).ShouldBeError("invalid_client", 401);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();

        app.Clock.Advance(TimeSpan.FromDays(2));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(Url))).ShouldBeErrorPage();
        web.Fetches.Should().Be(1, "it is fetched no more");
        (await registrar.UpdateAsync(Url, metadata, new(), null, default)).Error.Should().BeNull();
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(Url))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task A_client_that_is_removed_and_approved_again_has_nothing_of_the_old_one()
    {
        var tokens = await app.TokensAsync(Url);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        using var scope = app.Services.CreateScope();
        (await scope.ServiceProvider.GetRequiredService<ClientRegistrar>().RemoveAsync(Url, null, default)).Should().BeNull();
        (await app.RefreshAsync(Url, tokens.RefreshToken())).ShouldBeError("invalid_client", 401);

        await app.TokensAsync(Url);
        (await app.RefreshAsync(Url, tokens.RefreshToken())).ShouldBeError("invalid_grant");
    }

    [Test]
    [Rfc("CIMD-4.3-1"), Rfc("CIMD-4.4-2")]
    public async Task At_authorize_a_failure_is_a_page_that_names_the_host_and_the_next_attempt_works()
    {
        const string other = "https://down.example.com:8443/client.json";
        web.Fail(other);
        var refused = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(other));
        refused.ShouldBeErrorPage(400);
        refused
            .Body.Should()
            .Contain("<p>The app that sent you here describes itself at down.example.com:8443, and that could not be")
            .And.Contain("HQ1054");

        web.Publish(other, Document(other));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(other))).IsConsentPage().Should().BeTrue();
    }

    [TestCase("https://app.example.com")]
    [TestCase("https://app.example.com/a/../b")]
    [TestCase("https://app.example.com/a?b")]
    [TestCase("https://u:p@app.example.com/a")]
    [TestCase("http://app.example.com/a")]
    [Rfc("CIMD-3-1"), Rfc("CIMD-3-2")]
    public async Task A_URL_that_cannot_be_a_client_is_a_page_and_no_fetch(string url)
    {
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(url))).ShouldBeErrorPage();
        (await app.PostAsync(Token, ("grant_type", "refresh_token"), ("client_id", url), ("refresh_token", "x"))).ShouldBeError(
            "invalid_client",
            401
        );
        web.Fetches.Should().Be(0);
    }

    [TestCase("https://app.example.com/cb2")]
    [TestCase("http://localhost:3118/other")]
    [TestCase("http://127.0.0.2:3118/callback")]
    [TestCase("https://localhost:3118/callback")]
    [Rfc("CIMD-4.5-1"), Rfc("MCP-R.1.1-1"), Rfc("MCP-S.3-1")]
    public async Task A_redirect_URI_is_one_of_the_document_or_a_page(string uri) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(Url, ("redirect_uri", uri)))).ShouldBeErrorPage();

    [TestCase("http://localhost:3118/callback")]
    [TestCase("http://127.0.0.1:49152/callback")]
    [TestCase("http://localhost/callback")]
    [Rfc("CIMD-4.5-1")]
    public async Task A_portless_loopback_URI_of_the_document_stands_for_every_port(string uri) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(Url, ("redirect_uri", uri)))).IsConsentPage().Should().BeTrue();

    [Test]
    [Rfc("CIMD-6.2-1")]
    public async Task A_method_that_proves_something_is_demanded_everywhere()
    {
        const string keyed = "https://keyed.example.com/client.json";
        await using var host = await StartAsync(web, server => server.AddClientAuthentication<ByKey>());
        web.Publish(
            keyed,
            Document(keyed, more: ",\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks_uri\":\"https://keyed.example.com/keys\"")
        );
        var code = await host.CodeAsync(keyed);

        (await host.RedeemAsync(keyed, code)).ShouldBeError("invalid_client", 401);
        (await host.PostAsync(Revoke, ("token", "x"), ("client_id", keyed))).ShouldBeError("invalid_client", 401);
        (await host.RedeemAsync(keyed, code, ("client_assertion", "right"))).Status.Should().Be(200);

        // Without such a method the user is not asked at all.
        web.Publish(keyed, Document(keyed, more: ",\"token_endpoint_auth_method\":\"own_method\""));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(keyed))).ShouldBeErrorPage();
    }

    [Test]
    [Rfc("MCP-S.8-1")]
    public async Task Each_document_gets_a_consent_of_its_own_and_none_is_remembered_unless_the_host_says_so()
    {
        var alice = app.NewUser();
        (await alice.ApproveAsync(TestApp.AuthorizeUrl(Url))).LocationParameter("code").Should().NotBeNull();
        (await alice.GetAsync(TestApp.AuthorizeUrl(Url))).IsConsentPage().Should().BeTrue();

        await using var host = await StartAsync(web, configure: o => o.Documents.RememberConsent = true);
        var bob = host.NewUser();
        (await bob.ApproveAsync(TestApp.AuthorizeUrl(Url))).LocationParameter("code").Should().NotBeNull();
        (await bob.GetAsync(TestApp.AuthorizeUrl(Url))).LocationParameter("code").Should().NotBeNull("it was remembered");
        (await bob.GetAsync(TestApp.AuthorizeUrl(Url, ("redirect_uri", "http://localhost:1/callback")))).IsConsentPage().Should().BeTrue();
        const string other = "https://app.example.com/oauth/other.json";
        web.Publish(other, Document(other));
        (await bob.GetAsync(TestApp.AuthorizeUrl(other))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    [Rfc("CIMD-6.3-1")]
    public async Task A_document_that_has_changed_is_asked_about_again()
    {
        await using var host = await StartAsync(web, configure: o => o.Documents.RememberConsent = true);
        var alice = host.NewUser();
        await alice.ApproveAsync(TestApp.AuthorizeUrl(Url));
        host.Clock.Advance(TimeSpan.FromDays(1));
        (await alice.GetAsync(TestApp.AuthorizeUrl(Url))).LocationParameter("code").Should().NotBeNull();

        web.Publish(Url, Document().Replace("http://127.0.0.1/callback", "https://elsewhere.example/cb", StringComparison.Ordinal));
        host.Clock.Advance(TimeSpan.FromDays(1));
        (await alice.GetAsync(TestApp.AuthorizeUrl(Url))).IsConsentPage().Should().BeTrue();
    }

    private static Task<TestApp> StartAsync(
        PublishedDocuments web,
        Action<HqOAuth2Builder>? parts = null,
        Action<HqOAuth2Options>? configure = null,
        Action<WebApplication>? map = null,
        TestDatabase? on = null
    ) =>
        TestApp.StartAsync(
            o =>
            {
                o.ClientIdMetadataDocuments = true;
                configure?.Invoke(o);
            },
            parts,
            map,
            on: on,
            host: builder => builder.Services.AddSingleton(new DocumentFetcher(web, TimeProvider.System))
        );

    private static string Document(string url = Url, string more = "") =>
        $$"""
            {"client_id":"{{url}}","client_name":"Some app","grant_types":["authorization_code","refresh_token"],
             "redirect_uris":["https://app.example.com/cb","http://localhost/callback","http://127.0.0.1/callback"]{{more}}}
            """;

    private static (string Name, string Value)[] QueryOf(string url) =>
        [
            .. url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..]
                .Split('&')
                .Select(p => p.Split('='))
                .Select(p => (p[0], Uri.UnescapeDataString(p[1]))),
        ];

    private sealed class NoClients : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }

    private sealed class ByKey : IClientAuthentication
    {
        public string Method => "private_key_jwt";

        public ClientProof? Read(OAuthRequest request) =>
            request.Parameters["client_assertion"] is { } assertion
                ? new Proof(request.Parameters["client_id"], assertion == "right")
                : null;

        private sealed class Proof(string? clientId, bool isRight) : ClientProof(clientId)
        {
            public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => new(isRight);
        }
    }
}
