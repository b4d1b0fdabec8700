using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A client that nobody vouches for makes no stepping stone of this server (RFC 9700 §4.11.2).</summary>
internal sealed class UntrustedClientTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("scope", "re\"ad", "invalid_scope")]
    [TestCase("response_type", "token", "unsupported_response_type")]
    [TestCase("code_challenge", null, "invalid_request")]
    [TestCase("state", "a\nb", "invalid_request")]
    [TestCase("resource", "x", "invalid_target")]
    [Rfc("9700-4.11.2-1")]
    [Rfc("9700-4.11.2-2")]
    public async Task A_faulty_request_leads_nowhere_before_sign_in_and_by_a_link_after(string name, string? value, string error)
    {
        var url = TestApp.AuthorizeUrl(await app.DcrAsync(), (name, value));
        var before = await app.NewBrowser(user: null).GetAsync(url);
        before.ShouldBeErrorPage();
        before.Body.Should().NotContain("<a ").And.NotContain("app.example.com");

        var after = await app.NewUser().GetAsync(url);
        after.ShouldBeErrorPage();
        after.Body.Should().Contain(">Go back to app.example.com</a>").And.Contain("rel=\"noopener noreferrer nofollow\"");
        var link = System.Net.WebUtility.HtmlDecode(after.Body.Split("<a class=\"button\" href=\"")[1].Split('"')[0]);
        link.Should().StartWith($"{TestApp.RedirectUri}?error={error}&").And.EndWith("&iss=https%3A%2F%2Fauth.example.com");
        link.Contains("&state=the%20state", StringComparison.Ordinal).Should().Be(name != "state");

        // The host's own client is told at once.
        (await app.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web", (name, value)))).ShouldBeErrorRedirect(
            error,
            state: name == "state" ? null : "the state"
        );
    }

    [TestCase("http://127.0.0.1:3000/cb", "scope", "re\"ad", "invalid_scope")]
    [TestCase("http://[::1]/cb", "response_type", "token", "unsupported_response_type")]
    [TestCase("http://localhost:3000/cb?x=1", "resource", "x", "invalid_target")]
    [TestCase("http://app.localhost:3000/cb", "code_challenge", null, "invalid_request")]
    [TestCase("http://127.0.0.1/cb", "prompt", "none", "login_required", "consent_required")]
    [TestCase("http://127.0.0.1/cb", "prompt", "none login", "invalid_request")]
    [TestCase("http://127.0.0.1/cb", "max_age", "-1", "invalid_request")]
    [TestCase("com.example.app:/cb", "scope", "re\"ad", "invalid_scope")]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback", "prompt", "none", "login_required", "consent_required")]
    [TestCase("warp://mcp/oauth2callback", "state", "a\nb", "invalid_request")]
    [Rfc("9700-4.11.2-2")]
    [Rfc("6749-4.1.2.1-2")]
    public async Task An_app_that_waits_on_the_users_device_hears_of_the_error_at_once(
        string redirectUri,
        string name,
        string? value,
        string error,
        string? errorAfterSignIn = null
    )
    {
        var url = TestApp.AuthorizeUrl(await app.DcrAsync(redirectUri), ("redirect_uri", redirectUri), (name, value));
        foreach (var (browser, expected) in new[] { (app.NewBrowser(user: null), error), (app.NewUser(), errorAfterSignIn ?? error) })
        {
            var answer = await browser.GetAsync(url);
            answer.ShouldBeErrorRedirect(expected, redirectUri, name == "state" ? null : "the state");
            answer.Status.Should().Be(302);
            // For browsers that do not open the app: the same link on a page.
            (answer.ContentType, answer.Header("Cache-Control"))
                .Should()
                .Be(("text/html", "no-cache, no-store"));
            answer.Body.Should().Contain("rel=\"noreferrer\"");
        }
    }

    [Test, Rfc("9700-4.11.2-1")]
    public async Task Prompt_none_gives_no_redirect_before_sign_in()
    {
        var url = TestApp.AuthorizeUrl(await app.DcrAsync(), ("prompt", "none"));
        var page = await app.NewBrowser(user: null).GetAsync(url);
        page.ShouldBeErrorPage();
        page.Body.Should().NotContain("<a ").And.Contain("login_required");
    }

    [Test, Rfc("9700-4.11.2-1")]
    public async Task A_good_request_of_a_stranger_goes_to_sign_in_first() =>
        (await app.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl(await app.DcrAsync())))
            .ReturnUrl()
            .Should()
            .StartWith("/oauth2/authorize?");

    [TestCase(TestApp.RedirectUri, "app.example.com")]
    [TestCase("http://127.0.0.1:3000/cb", "127.0.0.1:3000")]
    [TestCase("com.example.app:/cb", "com.example.app:")]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback", "cursor:")]
    [Rfc("9700-4.11.2-2")]
    [Rfc("7591-5-6")]
    [Rfc("21-7.9-2")]
    public async Task The_page_names_where_the_answer_goes_so_a_no_goes_there_at_once(string redirectUri, string shown)
    {
        var url = TestApp.AuthorizeUrl(await app.DcrAsync(redirectUri), ("redirect_uri", redirectUri));
        var browser = app.NewUser();
        var page = await browser.GetAsync(url);
        page.Body.Should().Contain($"<span class=\"to\">{shown}</span>");
        page.Body.Should()
            .Contain("It registered itself on <time datetime=\"2026-11-23T")
            .And.Contain(">23 November 2026</time>. Nobody has checked");

        var answer = await browser.PressAsync(page, "deny");
        answer.Status.Should().Be(303);
        answer.Location.Should().StartWith(redirectUri + "?error=access_denied&");
        (await app.NewUser().ApproveAsync(url)).Location.Should().StartWith(redirectUri + "?code=hqa_");
    }

    [TestCase("Web")]
    [TestCase(" w e b !")]
    [Rfc("7591-5-6")]
    public async Task A_stranger_with_the_name_of_a_known_app_is_called_out(string name)
    {
        var client = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, client_name = name });
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(client.Text("client_id")!));
        page.Body.Should().Contain("It uses the name of an app that is registered here, but it is not that app.");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(await app.DcrAsync()))).Body.Should().NotContain("It uses the name of");
    }

    [Test, Rfc("7591-5-6"), Rfc("7591-5-7"), Rfc("7591-5-8"), Rfc("7591-2-9"), Rfc("21-7.9-1"), Rfc("21-7.9-2"), Rfc("6749-10.2-1")]
    public async Task Statements_of_a_client_about_itself_are_shown_as_its_own()
    {
        const string home = "https://elsewhere.example/?a=1&b=2";
        await using var capturing = await TestApp.StartAsync(parts: p =>
            p.AddAuthorizationUi<CapturingUi>(Microsoft.Extensions.DependencyInjection.ServiceLifetime.Singleton)
        );
        object metadata = new
        {
            redirect_uris = new[] { TestApp.RedirectUri },
            client_uri = home,
            tos_uri = "https://app.example.com/tos",
            policy_uri = "https://app.example.com/policy",
            logo_uri = "https://elsewhere.example/logo.png",
            contacts = new[] { "dev@app.example.com" },
            grant_types = new[] { "authorization_code", "refresh_token" },
        };
        var id = (await capturing.RegisterAsync(metadata)).Text("client_id")!;
        var (context, form) = await CapturingUi.ContextOfAsync(capturing, TestApp.AuthorizeUrl(id));
        var consent = form.Consent;
        (consent.ClientName, consent.ClientId, consent.RedirectHost).Should().Be((id, id, "app.example.com"));
        (consent.Provenance, consent.IsSelfRegistered, consent.HasForeignLinks).Should().Be((ClientProvenance.Dcr, true, true));
        (consent.Org, consent.FirstSeen).Should().Be(("default", TestClock.Start));
        consent.Links.Select(l => l.Uri).Should().Equal(home, "https://app.example.com/tos", "https://app.example.com/policy");
        context.Request.Client.LogoUri.Should().Be("https://elsewhere.example/logo.png");
        context.Request.Client.Contacts.Should().Equal("dev@app.example.com");
        consent
            .Scopes.Select(s => (s.Name, s.Description, s.Destructive, s.AlreadyGranted))
            .Should()
            .Equal(("read", "Read your notes", false, false), ("write", "Write notes", false, false));
        (consent.AccessTokenLifetime, consent.RefreshTokenLifetime).Should().Be((TimeSpan.FromMinutes(15), TimeSpan.FromDays(180)));

        id = (await app.RegisterAsync(metadata)).Text("client_id")!;
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id));
        page.Body.Should().Contain("<h2>What it says about itself</h2>").And.NotContain("logo.png");
        page.Body.Should().Contain("<a href=\"https://elsewhere.example/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">");
    }

    [Test, Rfc("6749-3.1.2.1-1")]
    public async Task A_ui_is_told_when_the_answer_stays_on_this_computer()
    {
        await using var capturing = await TestApp.StartAsync(parts: p =>
            p.AddAuthorizationUi<CapturingUi>(Microsoft.Extensions.DependencyInjection.ServiceLifetime.Singleton)
        );
        async Task<(bool, bool)> KindAsync(string client, string uri)
        {
            var consent = (await CapturingUi.ContextOfAsync(capturing, TestApp.AuthorizeUrl(client, ("redirect_uri", uri)))).Form.Consent;
            return (consent.IsLoopbackRedirect, consent.IsPrivateUseRedirect);
        }

        (await KindAsync("native", "http://localhost:1/callback")).Should().Be((true, false));
        (await KindAsync("native", "com.example.app:/oauth2redirect/p")).Should().Be((false, true));
        (await KindAsync("web", TestApp.RedirectUri)).Should().Be((false, false));
    }
}
