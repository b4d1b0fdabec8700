using System.Net;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The page of connected apps: grouped by what an app cannot make up, and every removal by a form of the page itself.</summary>
internal sealed class ConnectedAppsPageTests
{
    private const string Path = "/oauth2/connected-apps";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_user_without_a_session_signs_in_first()
    {
        (await app.NewBrowser(null).GetAsync(Path)).ReturnUrl().Should().Be(Path);
    }

    [Test]
    public async Task A_user_without_apps_is_told_so()
    {
        var page = await app.NewBrowser("nobody-yet").GetAsync(Path);
        page.Heading().Should().Be("Apps with access to your account");
        page.Body.Should().Contain("No app has access to your account.").And.NotContain("<form");
        page.Header("X-Frame-Options").Should().Be("DENY");
        page.Header("Content-Security-Policy").Should().Contain("script-src 'none'");
        page.Header("Cache-Control").Should().Contain("no-store");
    }

    [Test]
    public async Task A_view_of_the_page_logs_no_warning()
    {
        await using var quiet = await TestApp.StartAsync();
        var user = new ConnectedAppsApiTests.Session(quiet, "ann");
        await user.TokensAsync("web");
        (await quiet.NewBrowser("ann").GetAsync(Path)).Status.Should().Be(200);

        quiet.Logs.Lines.Should().NotContain(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Antiforgery"));
    }

    [Test]
    public async Task Apps_are_grouped_by_who_registered_them_and_where_they_return_to()
    {
        var user = new ConnectedAppsApiTests.Session(app, "grouped");
        await user.TokensAsync("web");
        await user.TokensAsync("native");
        // One app that registers anew each time, and a stranger of the same name that returns elsewhere.
        foreach (var name in new[] { "Claude", "Claude", "<i>Claude</i>" })
            await user.TokensAsync(await RegisterAsync(name, TestApp.RedirectUri));
        var page = await user.Browser.GetAsync(Path);

        var sections = page.Body.Split("<section>")[1..];
        sections.Should().HaveCount(3);
        sections[0].Should().Contain("Apps on your computer").And.Contain("Registered here by an administrator").And.Contain("native");
        sections[1].Should().Contain("Apps at app.example.com").And.Contain("Registered here by an administrator");
        sections[2].Should().Contain("They registered themselves. Nobody has checked their names.");
        sections[2].Should().Contain("<bdi>Claude</bdi>").And.Contain("<bdi>&lt;i&gt;Claude&lt;/i&gt;</bdi>").And.NotContain("<i>");
        sections[2].Split("<article ").Should().HaveCount(3);
        sections[2].Should().Contain("2 sessions.").And.Contain("1 session.").And.Contain("Remove all of these");
        sections[2].Should().Contain("<span>Read your notes</span>").And.Contain("<span>Write notes</span>");
        sections[2].Should().Contain("Allowed on <time datetime=").And.Contain(">23 November 2026</time>. Last used on <time");
        sections[1].Should().NotContain("Remove all of these", "one entry has its own button");
    }

    [Test]
    public async Task An_entry_goes_with_all_its_sessions_and_nothing_else()
    {
        var user = new ConnectedAppsApiTests.Session(app, "entry");
        var tokens = await user.TokensAsync(await RegisterAsync("Twice", TestApp.RedirectUri));
        await user.TokensAsync(await RegisterAsync("Twice", TestApp.RedirectUri));
        await user.TokensAsync("web");
        var page = await user.Browser.GetAsync(Path);
        var answer = await PressAsync(user, page, "entry", Section(page, "Twice"));
        answer.Status.Should().Be(303);
        answer.Location.Should().StartWith(Path + "?note=");
        var after = await user.Browser.GetAsync(answer.Location!);
        after.Body.Should().Contain("role=\"status\">").And.Contain("<span>Twice was removed and has no access any more.</span>");
        (await user.IdsAsync()).Should().HaveCount(1);
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
        (await user.Browser.GetAsync(Path)).Body.Should().Contain("<bdi>web</bdi>").And.NotContainAny("Twice", "role=\"status\"");
    }

    [Test]
    public async Task A_group_goes_and_the_others_stay()
    {
        var user = new ConnectedAppsApiTests.Session(app, "group");
        await user.TokensAsync(await RegisterAsync("One", TestApp.RedirectUri));
        await user.TokensAsync(await RegisterAsync("Two", TestApp.RedirectUri));
        await user.TokensAsync("web");
        var page = await user.Browser.GetAsync(Path);
        await PressAsync(user, page, "group", Value(page.Body, "group"));
        (await user.Browser.GetAsync(Path)).Body.Should().Contain("<bdi>web</bdi>").And.NotContainAny("<bdi>One", "<bdi>Two");
    }

    [Test]
    public async Task Everything_goes()
    {
        var user = new ConnectedAppsApiTests.Session(app, "everything");
        await user.TokensAsync("native");
        await user.TokensAsync("web");
        await PressAsync(user, await user.Browser.GetAsync(Path), "all", "yes");
        (await user.Browser.GetAsync(Path)).Body.Should().Contain("No app has access");
    }

    [Test]
    public async Task A_post_from_elsewhere_removes_nothing()
    {
        var user = new ConnectedAppsApiTests.Session(app, "elsewhere");
        await user.TokensAsync("web");
        var refused = await user.Browser.PostAsync(Path, ("all", "yes"));
        refused.ShouldBeErrorPage();
        refused.Body.Should().Contain("HQ1048").And.Contain("Nothing was changed");
        var other = app.NewBrowser("elsewhere-2");
        var page = await other.GetAsync(Path);
        (await user.Browser.PostAsync(Path, [.. Browser.HiddenFields(page), ("all", "yes")])).Status.Should().Be(400);
        (await user.IdsAsync()).Should().HaveCount(1);
    }

    [Test]
    public async Task An_authorization_of_another_user_cannot_be_removed()
    {
        var (user, thief) = (new ConnectedAppsApiTests.Session(app, "named"), new ConnectedAppsApiTests.Session(app, "namer"));
        await user.TokensAsync("web");
        await thief.TokensAsync("native");
        var id = (await user.IdsAsync()).Single();
        var page = await thief.Browser.GetAsync(Path);
        foreach (var field in new[] { "entry", "group" })
            (await PressAsync(thief, page, field, id)).Status.Should().Be(303);
        ((await user.IdsAsync()).Count, (await thief.IdsAsync()).Count).Should().Be((1, 1));
    }

    private async Task<string> RegisterAsync(string name, string redirectUri) =>
        (
            await app.RegisterAsync(
                new
                {
                    redirect_uris = new[] { redirectUri },
                    client_name = name,
                    token_endpoint_auth_method = "none",
                }
            )
        ).Text("client_id")!;

    private static string Section(Answer page, string name) => Value(page.Body.Split($"<bdi>{name}</bdi>")[1], "entry");

    private static string Value(string html, string field) =>
        WebUtility.HtmlDecode(html.Split($"name=\"{field}\" value=\"")[1].Split('"')[0]);

    private static Task<Answer> PressAsync(ConnectedAppsApiTests.Session user, Answer page, string field, string value) =>
        user.Browser.PostAsync(Path, [.. Browser.HiddenFields(page).Take(1), (field, value)]);
}
