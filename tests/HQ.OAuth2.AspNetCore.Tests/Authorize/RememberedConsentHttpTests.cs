using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>When a user is asked again, and when not (RFC 8252 §8.6, OAuth 2.1 §2.4).</summary>
internal sealed class RememberedConsentHttpTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            var trusted = TestApp.Client("trusted", null, null, ["http://127.0.0.1/cb", "com.example.app:/cb"], []);
            trusted.Trusted = true;
            o.Clients.Add(trusted);
            o.Clients.Add(TestApp.Client("baked", TestApp.WebSecret, null, ["http://127.0.0.1/cb"], []));
            o.Clients.Add(TestApp.Client("twohosts", null, null, ["https://a.example/cb", "https://b.example/cb"], []));
        });

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private async Task<Browser> ApprovedAsync(string url)
    {
        var browser = app.NewUser();
        (await browser.ApproveAsync(url)).Status.Should().Be(303);
        return browser;
    }

    [TestCase("web", null)]
    [TestCase("spa", null)]
    [TestCase("native", "https://app.example.com/native")]
    [TestCase("trusted", "http://127.0.0.1:5000/cb")]
    [TestCase("trusted", "com.example.app:/cb")]
    [Rfc("8252-8.6-1")]
    public async Task A_client_of_the_hosts_own_is_not_asked_about_twice(string client, string? redirectUri)
    {
        var url = TestApp.AuthorizeUrl(client, ("redirect_uri", redirectUri ?? TestApp.RedirectUri));
        var browser = await ApprovedAsync(url);
        var again = await browser.GetAsync(url);
        again.Status.Should().Be(302);
        again.Location.Should().StartWith(redirectUri ?? TestApp.RedirectUri).And.Contain("?code=hqa_");
        (await browser.GetAsync(url + "&prompt=none")).Location.Should().Contain("?code=hqa_");
    }

    [TestCase("native", "http://127.0.0.1:4711/cb")]
    [TestCase("native", "http://localhost:4711/callback")]
    [TestCase("native", "com.example.app:/oauth2redirect/p")]
    [TestCase("baked", "http://127.0.0.1/cb")]
    [Rfc("8252-8.6-1")]
    [Rfc("8252-8.5-1")]
    public async Task A_redirect_that_any_program_can_receive_needs_consent_each_time(string client, string redirectUri)
    {
        var url = TestApp.AuthorizeUrl(client, ("redirect_uri", redirectUri));
        var browser = await ApprovedAsync(url);
        (await browser.GetAsync(url)).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(url + "&prompt=none")).ShouldBeErrorRedirect("consent_required", redirectUri);
    }

    [TestCase("none")]
    [TestCase("client_secret_basic")]
    [Rfc("21-2.4-1")]
    [Rfc("6749-10.1-1")]
    public async Task A_self_registered_client_is_asked_about_each_time(string method)
    {
        var client = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = method });
        client.Json.TryGetProperty("client_secret", out _).Should().Be(method != "none");
        var url = TestApp.AuthorizeUrl(client.Text("client_id")!);
        var browser = await ApprovedAsync(url);
        (await browser.GetAsync(url)).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(url + "&prompt=none")).ShouldBeErrorPage();
    }

    [TestCase("scope", "read write delete")]
    [TestCase("resource", "https://auth.example.com/mcp")]
    [TestCase("prompt", "consent")]
    [Rfc("6749-4.1.1-2")]
    public async Task A_request_for_more_needs_consent_again(string name, string value)
    {
        var browser = await ApprovedAsync(TestApp.AuthorizeUrl("web"));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", (name, value)))).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")))).Status.Should().Be(302);
    }

    [Test]
    public async Task A_yes_counts_for_what_was_ticked_for_its_user_its_client_and_its_host_only()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        await browser.PressAsync(page, "approve", ("scope", "read"));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")))).Status.Should().Be(302);
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")))).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(TestApp.AuthorizeUrl("post", ("scope", "read")))).IsConsentPage().Should().BeTrue();

        var hosts = await ApprovedAsync(TestApp.AuthorizeUrl("twohosts", ("redirect_uri", "https://a.example/cb")));
        (await hosts.GetAsync(TestApp.AuthorizeUrl("twohosts", ("redirect_uri", "https://a.example/cb")))).Status.Should().Be(302);
        (await hosts.GetAsync(TestApp.AuthorizeUrl("twohosts", ("redirect_uri", "https://b.example/cb"))))
            .IsConsentPage()
            .Should()
            .BeTrue();
    }

    [Test]
    public async Task A_no_is_not_remembered()
    {
        var browser = app.NewUser();
        (await browser.DenyAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("access_denied");
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task Prompt_none_is_answered_without_a_page()
    {
        var url = TestApp.AuthorizeUrl("web", ("prompt", "none"));
        (await app.NewBrowser(user: null).GetAsync(url)).ShouldBeErrorRedirect("login_required");
        (await app.NewUser().GetAsync(url)).ShouldBeErrorRedirect("consent_required");
    }

    [Test]
    public async Task A_row_that_is_removed_forgets_the_consent_and_the_rows_made_from_it_do_not_keep_it()
    {
        var browser = app.NewBrowser("ruth");
        var url = TestApp.AuthorizeUrl("web");
        await browser.ApproveAsync(url);
        var asked = (await app.RowsAsync("ruth")).Single();
        (await browser.GetAsync(url)).Status.Should().Be(302);
        (await app.RowsAsync("ruth")).Should().HaveCount(2);

        await app.Services.GetRequiredService<IAuthorizationStore>().RemoveAsync(asked.Id, CancellationToken.None);
        (await browser.GetAsync(url)).IsConsentPage().Should().BeTrue();
    }

    [Test, Rfc("21-4.3.1-1"), Rfc("9700-4.14.2-3")]
    public async Task A_replayed_refresh_token_forgets_the_consent()
    {
        var tokens = await app.TokensAsync("web");
        var refreshed = await app.RefreshAsync("web", tokens.Text("refresh_token")!);
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "none")))).LocationParameter("code").Should().NotBeNull();

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await app.RefreshAsync("web", tokens.Text("refresh_token")!)).ShouldBeError("invalid_grant");
        (await app.RefreshAsync("web", refreshed.Text("refresh_token")!)).ShouldBeError("invalid_grant");
        (await app.IntrospectAsync(refreshed.Text("access_token")!)).Body.Should().Be("{\"active\":false}");
        (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task A_consent_is_remembered_as_long_as_configured()
    {
        var browser = await ApprovedAsync(TestApp.AuthorizeUrl("web"));
        app.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).Status.Should().Be(302);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();

        await using var never = await TestApp.StartAsync(o => o.RememberConsentFor = TimeSpan.Zero);
        await never.NewBrowser().ApproveAsync(TestApp.AuthorizeUrl("web"));
        (await never.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web"))).IsConsentPage().Should().BeTrue();
    }

    [Test, Rfc("6749-10.12-1")]
    public async Task A_ui_cannot_approve_around_the_rule()
    {
        await using var eager = await TestApp.StartAsync(parts: p => p.AddAuthorizationUi<EagerUi>());
        (await eager.NewBrowser("eve").GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("server_error");
        (await eager.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("server_error");
        (await eager.RowsAsync("eve")).Should().BeEmpty();
        eager.Logs.Lines.Should().Contain(l => l.Contains("approved, but no user answered our form"));
    }

    private sealed class EagerUi : IAuthorizationUi
    {
        public ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct) =>
            new(AuthorizationDecision.Approve());
    }
}
