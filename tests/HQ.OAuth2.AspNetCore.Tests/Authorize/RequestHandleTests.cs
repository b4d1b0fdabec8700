using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Long requests travel through sign-in and the consent form as one protected value.</summary>
internal sealed class RequestHandleTests
{
    private static readonly string longState = "é&=+% /\"<" + string.Concat(Enumerable.Repeat("0123456789abcdef%+&", 100));

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("6749-4.1.2-6")]
    public async Task A_long_request_comes_back_whole_from_sign_in()
    {
        var browser = app.NewBrowser(user: null);
        var challenge = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("state", longState)));
        challenge.ReturnUrl().Should().MatchRegex("^/oauth2/authorize\\?hq_request=[A-Za-z0-9_-]+$");

        browser.SignIn("harry");
        var answer = await browser.ApproveAsync(challenge.ReturnUrl());
        answer.LocationParameter("state").Should().Be(longState);
        (await app.RedeemAsync("web", answer.LocationParameter("code")!)).Text("scope").Should().Be("read write");
    }

    [Test, Rfc("6749-3.1-4")]
    public async Task A_long_post_becomes_a_get_with_a_handle()
    {
        var browser = app.NewUser();
        var url = TestApp.AuthorizeUrl("web", ("state", longState));
        var form = System.Web.HttpUtility.ParseQueryString(url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        var answer = await browser.PostAsync("/oauth2/authorize", [.. form.AllKeys.Select(k => (k!, form[k]!))]);
        answer.Status.Should().Be(303);
        answer.Location.Should().StartWith("/oauth2/authorize?hq_request=");
        (await browser.ApproveAsync(answer.Location!)).LocationParameter("state").Should().Be(longState);
    }

    // A default nginx takes an answer whose headers have 4 kB, and a request line of 8 kB.
    [TestCase(500, 1000)]
    [TestCase(2000, 2600)]
    [TestCase(3000, 3600)]
    public async Task The_way_to_sign_in_and_back_passes_a_default_nginx(int length, int longest)
    {
        var state = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(length)).Replace('+', '-')[..length];
        var challenge = await app.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web", ("state", state.Replace('/', '_'))));

        challenge.Location!.Length.Should().BeLessThan(longest);
    }

    [Test]
    public async Task A_short_request_stays_readable() =>
        (await app.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web"))).ReturnUrl().Should().Be(TestApp.AuthorizeUrl("web"));

    [Test, Rfc("6749-10.14-1")]
    public async Task A_damaged_handle_is_refused_with_a_page()
    {
        var browser = app.NewBrowser("dora");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var handle = Browser.HiddenFields(page).Single(f => f.Name == "hq_request").Value;
        var token = Browser.HiddenFields(page).Where(f => f.Name != "hq_request");
        char Other(char c) => c == 'A' ? 'B' : 'A';
        string[] damaged = [handle[..^4], handle[..20] + Other(handle[20]) + handle[21..], "A", "%%%", "é", handle + "AAAA"];
        foreach (var value in damaged)
        {
            (await browser.GetAsync("/oauth2/authorize?hq_request=" + Uri.EscapeDataString(value))).ShouldBeErrorPage();
            (await browser.PostAsync("/oauth2/authorize", [.. token, ("hq_request", value), ("decision", "approve")])).ShouldBeErrorPage();
        }

        (await app.RowsAsync("dora")).Should().BeEmpty();
    }

    [Test, Rfc("6749-10.14-1")]
    public async Task A_handle_opens_for_a_day()
    {
        await using var other = await TestApp.StartAsync();
        var browser = other.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var challenge = await other.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web", ("state", longState)));
        other.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        (await browser.GetAsync(challenge.ReturnUrl())).IsConsentPage().Should().BeTrue();

        other.Clock.Advance(TimeSpan.FromSeconds(1));

        var late = await browser.GetAsync(challenge.ReturnUrl());
        late.ShouldBeErrorPage();
        late.Body.Should().Contain("HQ1036");
        (await browser.PressAsync(page, "approve")).ShouldBeErrorPage();
    }

    [Test]
    public async Task Parameters_beside_a_handle_do_not_change_its_request()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")));
        var answer = await browser.PressAsync(
            page,
            "approve",
            ("scope", "delete"),
            ("scope", "read"),
            ("redirect_uri", "https://evil.example/"),
            ("state", "forged")
        );
        answer.Location.Should().StartWith(TestApp.RedirectUri + "?code=");
        answer.LocationParameter("state").Should().Be("the state");
        (await app.RedeemAsync("web", answer.LocationParameter("code")!)).Text("scope").Should().Be("read");
    }

    [Test]
    public async Task A_request_that_no_handle_can_hold_is_too_large()
    {
        var random = new Random(1);
        var state = string.Concat(Enumerable.Range(0, 12_000).Select(_ => (char)('0' + random.Next(70))).Where(char.IsLetterOrDigit));
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("state", state)))).ShouldBeErrorPage(413);
        var form = new string('a', OAuthParameters.MaxBytes);
        (await app.NewUser().PostAsync("/oauth2/authorize", ("state", form))).ShouldBeErrorPage(413);
    }
}
