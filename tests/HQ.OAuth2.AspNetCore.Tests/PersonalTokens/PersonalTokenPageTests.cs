using System.Net;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The page on which a user makes a personal access token, and its entry among the connected apps.</summary>
internal sealed class PersonalTokenPageTests
{
    private const string Path = "/oauth2/connected-apps/new-token";
    private const string Apps = "/oauth2/connected-apps";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(o => o.PersonalAccessTokens = true);

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task The_list_leads_to_the_form_and_the_form_to_a_token_that_works()
    {
        var browser = app.NewBrowser("page");
        (await browser.GetAsync(Apps)).Body.Should().Contain($"href=\"{Path}\">Make a personal access token</a>");
        var page = await browser.GetAsync(Path);
        page.Status.Should().Be(200);
        page.Body.Should().NotContain("checked", "nothing is given unasked").And.Contain("<option value=\"30\" selected>30 days</option>");
        page.Header("Content-Security-Policy").Should().Contain("script-src 'none'");

        var made = await SubmitAsync(browser, page, ("name", "Deploy <b>"), ("scope", "read"), ("days", "7"));

        made.Status.Should().Be(201, made.Body);
        made.Header("Cache-Control").Should().Contain("no-store");
        made.Header("Referrer-Policy").Should().Be("no-referrer");
        var token = TokenOf(made)!;
        (await app.GetAsync("/api/read", token)).Status.Should().Be(200);
        made.Body.Should().Contain("Deploy &lt;b&gt;").And.Contain("Expires on");
        var list = await browser.GetAsync(Apps);
        list.Body.Should().Contain("Personal access tokens").And.Contain("Deploy &lt;b&gt;").And.NotContain(token);
        list.Body.Should().NotContain("session", "a token has none");
    }

    [Test]
    public async Task A_form_that_is_posted_twice_shows_one_token_twice()
    {
        var browser = app.NewBrowser("twice");
        var page = await browser.GetAsync(Path);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => SubmitAsync(browser, page, ("name", "x"), ("scope", "read"), ("days", "7")))
        );

        answers.Should().OnlyContain(a => a.Status == 201);
        answers.Select(TokenOf).Distinct().Should().ContainSingle();
        foreach (var (name, scope, days) in new[] { ("x", "write", "7"), ("y", "read", "7"), ("x", "read", "30") })
        {
            var other = await SubmitAsync(browser, page, ("name", name), ("scope", scope), ("days", days));
            other.Body.Should().Contain("HQ1079", "the form is answered");
        }
    }

    [Test]
    public async Task A_form_does_not_bring_back_a_token_that_was_removed()
    {
        var user = new ConnectedAppsApiTests.Session(app, "removed");
        var page = await user.Browser.GetAsync(Path);
        var made = await SubmitAsync(user.Browser, page, ("name", "x"), ("scope", "read"), ("days", "7"));
        (await user.DeleteAsync("/" + (await user.IdsAsync()).Single())).Status.Should().Be(204);

        (await SubmitAsync(user.Browser, page, ("name", "x"), ("scope", "read"), ("days", "7"))).Body.Should().Contain("HQ1079");

        (await app.GetAsync("/api/read", TokenOf(made))).Status.Should().Be(401);
    }

    [TestCase("name", "Give it a name")]
    [TestCase("scope", "Choose what it may do")]
    [TestCase("days", "Choose when it expires")]
    public async Task A_missing_answer_is_asked_for_again_and_the_others_are_kept(string missing, string said)
    {
        var browser = app.NewBrowser("again");
        var page = await browser.GetAsync(Path);
        (string Name, string Value)[] answers = [("name", "Kept"), ("scope", "read"), ("days", "90")];

        var again = await SubmitAsync(browser, page, [.. answers.Where(a => a.Name != missing)]);

        again.Status.Should().Be(400);
        again.Body.Should().Contain("role=\"alert\"").And.Contain(said).And.NotContain("hqp_");
        if (missing != "name")
            again.Body.Should().Contain("value=\"Kept\"");
        if (missing != "scope")
            again.Body.Should().Contain("value=\"read\" checked");
        if (missing != "days")
            again.Body.Should().Contain("<option value=\"90\" selected>");
        (await SubmitAsync(browser, again, answers)).Status.Should().Be(201, "the page asks with a form that works");
    }

    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("367")]
    [TestCase("99999999999999999999")]
    [TestCase("7.5")]
    public async Task Days_that_are_no_choice_make_no_token(string days)
    {
        var browser = app.NewBrowser("days");
        var page = await browser.GetAsync(Path);

        (await SubmitAsync(browser, page, ("name", "x"), ("scope", "read"), ("days", days))).Status.Should().Be(400);
    }

    [Test]
    public async Task Only_our_own_form_in_the_session_of_its_user_counts()
    {
        var (browser, other) = (app.NewBrowser("mine"), app.NewBrowser("theirs"));
        var page = await browser.GetAsync(Path);
        var fields = Browser.HiddenFields(page);
        (string, string)[] answers = [("name", "x"), ("scope", "read"), ("days", "7")];
        await other.GetAsync(Path);

        (await other.PostAsync(Path, [.. fields, .. answers])).Body.Should().Contain("HQ1035");
        (await browser.PostAsync(Path, answers)).Body.Should().Contain("HQ1035");
        var withoutToken = fields.Where(f => f.Name != "hq_request").ToArray();
        (await browser.PostAsync(Path, [.. withoutToken, .. answers])).Body.Should().Contain("HQ1036");
        (await browser.PostAsync(Path, [.. withoutToken, ("hq_request", "made-up"), .. answers])).Body.Should().Contain("HQ1036");
        (await app.NewBrowser(null).GetAsync(Path)).Status.Should().Be(302);
        (await new ConnectedAppsApiTests.Session(app, "mine").IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task The_details_of_a_token_speak_of_a_token()
    {
        var browser = app.NewBrowser("details");
        await SubmitAsync(browser, await browser.GetAsync(Path), ("name", "Mine"), ("scope", "read"), ("scope", "write"), ("days", "7"));
        var list = await browser.GetAsync(Apps);

        var page = await browser.GetAsync(Apps + "?app=" + list.Body.Split("?app=")[1].Split('"')[0]);

        page.Body.Should().Contain("While it is paused, the token does not work.").And.Contain("Pause the token");
        page.Body.Should().NotContain("Pause the app").And.NotContain("An API that checks tokens by itself");
    }

    [Test]
    public async Task Two_tokens_of_one_name_are_two_entries()
    {
        var browser = app.NewBrowser("names");
        foreach (var _ in Enumerable.Range(0, 2))
            await SubmitAsync(browser, await browser.GetAsync(Path), ("name", "Same"), ("scope", "read"), ("days", "7"));

        var list = await browser.GetAsync(Apps);

        Regex.Count(list.Body, "<article").Should().Be(2);
        list.Body.Should().Contain("Remove these 2 tokens?");
    }

    [Test]
    public async Task The_longest_lifetime_is_the_last_choice()
    {
        await using var own = await TestApp.StartAsync(o =>
            (o.PersonalAccessTokens, o.PersonalAccessTokenLifetime) = (true, TimeSpan.FromDays(45))
        );
        var browser = own.NewBrowser("short");
        var page = await browser.GetAsync(Path);

        Regex.Matches(page.Body, "<option value=\"(\\d+)\"").Select(m => m.Groups[1].Value).Should().Equal("7", "30", "45");
        var made = await SubmitAsync(browser, page, ("name", "x"), ("scope", "read"), ("days", "45"));
        made.Status.Should().Be(201, made.Body);
    }

    [Test]
    public async Task Of_several_resources_the_default_is_ticked_and_none_is_refused()
    {
        await using var own = await TestApp.StartAsync(o =>
        {
            o.PersonalAccessTokens = true;
            o.Resources.Add(new() { Identifier = TestApp.Issuer });
            o.Resources.Add(new() { Identifier = "https://auth.example.com/tools", Name = "Tools" });
        });
        var browser = own.NewBrowser("resources");
        var page = await browser.GetAsync(Path);
        page.Body.Should().Contain($"value=\"{TestApp.Issuer}\" checked").And.Contain("value=\"https://auth.example.com/tools\">");

        (await SubmitAsync(browser, page, ("name", "x"), ("scope", "read"), ("days", "7")))
            .Body.Should()
            .Contain("Choose what it has access to");
        var made = await SubmitAsync(
            browser,
            page,
            ("name", "x"),
            ("scope", "read"),
            ("days", "7"),
            ("resource", "https://auth.example.com/tools")
        );

        (await own.IntrospectAsync(TokenOf(made)!)).Text("aud").Should().Be("https://auth.example.com/tools");
        (await own.GetAsync("/api/read", TokenOf(made))).Status.Should().Be(401, "that API is another resource");
    }

    private static Task<Answer> SubmitAsync(Browser browser, Answer page, params (string Name, string Value)[] answers) =>
        browser.PostAsync(Path, [.. Browser.HiddenFields(page), .. answers]);

    private static string? TokenOf(Answer made) =>
        Regex.Match(WebUtility.HtmlDecode(made.Body), "id=\"token\"[^>]* value=\"(hqp_[^\"]+)\"") is { Success: true } found
            ? found.Groups[1].Value
            : null;
}
