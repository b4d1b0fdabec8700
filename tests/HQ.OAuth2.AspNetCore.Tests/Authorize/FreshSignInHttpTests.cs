using System.Security.Claims;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary><c>prompt=login</c> and <c>max_age</c> (OpenID Connect Core §3.1.2.1) on a host with a cookie, which says when it was issued.</summary>
internal sealed class FreshSignInHttpTests
{
    private TestApp app = null!;
    private Browser browser = null!;
    private readonly List<(string? Prompt, TimeSpan? MaxAge)> told = [];

    [SetUp]
    public async Task StartAsync()
    {
        told.Clear();
        app = await TestApp.StartAsync(
            o => o.AuthenticationScheme = "Cookies",
            host: h => h.Services.AddAuthentication().AddCookie("Cookies", AddCookie),
            map: a => a.MapGet("/enter", EnterAsync)
        );
        browser = app.NewBrowser(user: null);
    }

    private void AddCookie(CookieAuthenticationOptions options)
    {
        options.LoginPath = "/login";
        options.Events.OnRedirectToLogin = context =>
        {
            told.Add((context.Properties.GetParameter<string>("prompt"), context.Properties.GetParameter<TimeSpan?>("max_age")));
            context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("login")]
    [TestCase("select_account")]
    [TestCase("login consent")]
    public async Task A_signed_in_user_signs_in_again_once(string prompt)
    {
        await EnterAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var back = (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", prompt)))).ReturnUrlOfCookie();

        app.Clock.Advance(TimeSpan.FromSeconds(20));
        await EnterAsync();
        var page = await browser.GetAsync(back);
        page.IsConsentPage().Should().BeTrue(page.Location);

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await browser.PressAsync(page, "approve")).LocationParameter("code").Should().StartWith("hqa_");
    }

    [Test]
    public async Task A_host_that_lets_the_old_sign_in_pass_ends_in_login_required_and_not_in_a_loop()
    {
        await EnterAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var back = (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "login")))).ReturnUrlOfCookie();

        (await browser.GetAsync(back)).ShouldBeErrorRedirect("login_required");
    }

    [Test]
    public async Task A_user_without_a_session_signs_in_once()
    {
        var back = (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "login")))).ReturnUrlOfCookie();
        app.Clock.Advance(TimeSpan.FromSeconds(20));
        await EnterAsync();

        (await browser.GetAsync(back)).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task A_request_cannot_claim_that_the_host_was_asked()
    {
        await EnterAsync();
        var first = TestApp.AuthorizeUrl("web", ("prompt", "login"));
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        app.Clock.Advance(TimeSpan.FromMinutes(5));

        // The form of another request, and what a request could add of its own.
        foreach (var url in new[] { first + "&hq_asked=1", first + "&hq_request=x" })
            (await browser.GetAsync(url)).IsConsentPage().Should().BeFalse();
        var fields = Browser.HiddenFields(page).Where(f => f.Name != "hq_request");
        var plain = System.Web.HttpUtility.ParseQueryString(first.Split('?')[1]);
        var posted = await browser.PostAsync(
            "/oauth2/authorize",
            [.. fields, .. plain.AllKeys.Select(k => (k!, plain[k]!)), ("decision", "approve")]
        );
        posted.ReturnUrlOfCookie().Should().StartWith("/oauth2/authorize?hq_request=");
    }

    [Test]
    public async Task A_sign_in_that_is_older_than_max_age_is_made_again()
    {
        await EnterAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("max_age", "60")))).IsConsentPage().Should().BeTrue();
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        var url = TestApp.AuthorizeUrl("web", ("max_age", "60"));
        (await browser.GetAsync(url + "&prompt=none")).ShouldBeErrorRedirect("login_required");
        var back = (await browser.GetAsync(url)).ReturnUrlOfCookie();
        await EnterAsync();
        (await browser.GetAsync(back)).IsConsentPage().Should().BeTrue();
    }

    [TestCase("-1")]
    [TestCase("x")]
    [TestCase("99999999999999999999")]
    public async Task A_malformed_max_age_is_refused(string maxAge) =>
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("max_age", maxAge)))).ShouldBeErrorRedirect("invalid_request");

    [Test, Rfc("9068-2.2.1-1")]
    public async Task The_tokens_say_when_the_user_signed_in_and_a_refresh_does_not_change_it()
    {
        await EnterAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var answer = await browser.ApproveAsync(TestApp.AuthorizeUrl("web"));
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var refreshed = await app.RefreshAsync("web", tokens.Text("refresh_token")!);

        foreach (var token in new[] { tokens, refreshed })
            (await app.IntrospectAsync(token.Text("access_token")!))
                .Json.GetProperty("auth_time")
                .GetInt64()
                .Should()
                .Be(TestClock.Start.ToUnixTimeSeconds());
    }

    [Test]
    public async Task The_claim_auth_time_of_the_hosts_user_comes_before_the_time_of_the_cookie()
    {
        await browser.GetAsync("/enter?auth_time=" + TestClock.Start.AddHours(-1).ToUnixTimeSeconds());
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("max_age", "600")))).ReturnUrlOfCookie().Should().NotBeEmpty();
    }

    [TestCase(false, null, null, null, null)]
    [TestCase(false, "login", null, "login", null)]
    [TestCase(false, "select_account", null, "select_account", null)]
    [TestCase(false, null, "60", null, 60)]
    [TestCase(false, "login", "0", "login", 0)]
    [TestCase(true, "login", null, "login", null)]
    [TestCase(true, "select_account", "60", "select_account", 60)]
    [TestCase(true, null, "60", "login", 60)]
    public async Task The_scheme_is_told_which_sign_in_is_wanted(
        bool signedIn,
        string? prompt,
        string? maxAge,
        string? toldPrompt,
        int? toldAge
    )
    {
        if (signedIn)
            await EnterAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", prompt), ("max_age", maxAge)))).ReturnUrlOfCookie();

        told.Should().Equal((toldPrompt, toldAge is { } s ? TimeSpan.FromSeconds(s) : null));
    }

    [TestCase("select_account", true)]
    [TestCase("login", false)]
    public async Task A_provider_that_gives_a_chosen_account_without_a_password_is_enough_for_select_account(string prompt, bool isEnough)
    {
        await EnterAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var back = (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", prompt)))).ReturnUrlOfCookie();
        await browser.GetAsync("/enter?auth_time=" + TestClock.Start.AddHours(-1).ToUnixTimeSeconds());

        var answer = await browser.GetAsync(back);
        if (isEnough)
            answer.IsConsentPage().Should().BeTrue(answer.Location);
        else
            answer.ShouldBeErrorRedirect("login_required");
    }

    [TestCase(null, null, "select_account", null)]
    [TestCase(null, "3600", "select_account", 3600)]
    [TestCase("login", null, "login", null)]
    public async Task Another_account_is_asked_for_as_the_request_wants_it(string? prompt, string? maxAge, string toldPrompt, int? toldAge)
    {
        var url = TestApp.AuthorizeUrl("web", ("prompt", prompt), ("max_age", maxAge));
        var back = (await browser.GetAsync(url)).ReturnUrlOfCookie();
        await EnterAsync();
        told.Clear();
        await browser.PressAsync(await browser.GetAsync(back), "switch_account");

        told.Should().Equal((toldPrompt, toldAge is { } s ? TimeSpan.FromSeconds(s) : null));
    }

    private async Task EnterAsync() => (await browser.GetAsync("/enter")).Status.Should().Be(200);

    private static Task EnterAsync(HttpContext http)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Name, "alice")], "Cookies");
        if (http.Request.Query["auth_time"] is [{ } time])
            identity.AddClaim(new("auth_time", time));
        return http.SignInAsync("Cookies", new ClaimsPrincipal(identity));
    }
}

internal static class CookieHost
{
    /// <summary>The local path that the sign-in page of a cookie scheme is to return to.</summary>
    public static string ReturnUrlOfCookie(this Answer challenge)
    {
        challenge.Status.Should().BeOneOf([302, 303], challenge.Body);
        var location = new Uri(new Uri(TestApp.Issuer), challenge.Location);
        location.AbsolutePath.Should().Be("/login");
        return System.Web.HttpUtility.ParseQueryString(location.Query)["ReturnUrl"]!;
    }
}
