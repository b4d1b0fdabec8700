using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The details of a connected app: a user narrows it, pauses it, sets its end, and is told what happened.</summary>
internal sealed class ConnectedAppDetailsTests
{
    private const string Path = "/oauth2/connected-apps";
    private const string Tools = "https://auth.example.com/tools";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            o =>
            {
                o.Pages.HomeUrl = "/account";
                o.Pages.ServiceName = "Notes";
                o.Resources.Add(new() { Identifier = Tools, Name = "Tools" });
                o.Resources.Add(new() { Identifier = "https://other.example.com", Name = "Other" });
            },
            host: b => b.Services.AddSingleton<IStartupFilter, Localized>()
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task The_list_leads_to_the_details_and_the_details_back_to_the_list_and_the_host()
    {
        var (user, _) = await ConnectAsync("ways", "Claude Code");
        var list = await user.Browser.GetAsync(Path);
        list.Body.Should().Contain("<footer><a href=\"/account\">Back to Notes</a></footer>");
        var page = await user.Browser.GetAsync(Link(list));

        page.Heading().Should().Be("Claude Code");
        page.Body.Should().Contain($"<a href=\"{Path}\">All apps with access</a>").And.Contain("Back to Notes");
        page.Body.Should().Contain("An API that checks tokens by itself notices a change only when");
        page.Body.Should().Contain("name=\"scope\" value=\"read\" checked>").And.Contain("name=\"scope\" value=\"write\" checked>");
        page.Body.Should().NotContain("value=\"delete\"");
        page.Header("Content-Security-Policy").Should().Contain("script-src 'none'");
        page.Body.Should().Contain("Remove Claude Code? It stops working at once.");
    }

    [TestCase("en", "Twins may now do only what is ticked here.")]
    [TestCase("de", "Twins darf jetzt nur noch, was hier angehakt ist.")]
    public async Task A_scope_that_is_unticked_is_gone_from_every_authorization_of_the_entry(string language, string told)
    {
        var (user, first) = await ConnectAsync("narrow-" + language, "Twins");
        var second = await TokensAsync(user, "Twins");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        var after = await FollowAsync(user, await PostAsync(user, page, ("change", "narrow"), ("scope", "read")), language);

        after.Should().Contain(told).And.NotContain("Write notes");
        foreach (var tokens in new[] { first, second })
            (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read");
    }

    [Test]
    public async Task An_authorization_that_keeps_nothing_ends_and_the_others_go_on()
    {
        var (user, both) = await ConnectAsync("uneven", "Uneven");
        var readOnly = await TokensAsync(user, "Uneven", "read");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        await PostAsync(user, page, ("change", "narrow"), ("scope", "write"));

        (await app.IntrospectAsync(both.Text("access_token")!)).Text("scope").Should().Be("write");
        (await app.IntrospectAsync(readOnly.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();
    }

    [Test]
    public async Task What_is_ticked_without_having_been_allowed_is_not_added()
    {
        var (user, tokens) = await ConnectAsync("widen", "Wide");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        await PostAsync(user, page, ("change", "narrow"), ("scope", "read"), ("scope", "delete"));

        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read");
    }

    [Test]
    public async Task A_form_without_a_tick_changes_nothing_and_says_what_to_do()
    {
        var (user, tokens) = await ConnectAsync("empty", "Empty");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        var after = await FollowAsync(user, await PostAsync(user, page, ("change", "narrow")), "en");

        after.Should().Contain("Nothing was changed: an app needs one permission at least.");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read write");
    }

    [Test]
    public async Task A_resource_is_unticked_and_the_other_stays()
    {
        var user = new ConnectedAppsApiTests.Session(app, "resources");
        await TokensAsync(user, "Two places", "read", Tools, "https://other.example.com");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));
        page.Body.Should().Contain($"name=\"resource\" value=\"{Tools}\" checked> <span>Tools</span>");

        await PostAsync(user, page, ("change", "narrow"), ("scope", "read"), ("resource", Tools));

        var item = (await user.ListAsync()).Json.GetProperty("items")[0];
        item.GetProperty("resource").EnumerateArray().Select(r => r.GetString()).Should().Equal(Tools);
    }

    [TestCase("en", "Paused", "Rest is paused.", "Rest is active again.")]
    [TestCase("de", "Pausiert", "Rest ist pausiert.", "Rest ist wieder aktiv.")]
    public async Task An_app_is_paused_and_resumed(string language, string badge, string paused, string resumed)
    {
        var (user, tokens) = await ConnectAsync("pause-" + language, "Rest");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        var after = await PostAsync(user, page, ("change", "pause"));
        (await FollowAsync(user, after, language)).Should().Contain(paused).And.Contain($"state\">{badge}</span>");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();

        after = await PostAsync(user, page, ("change", "resume"));
        (await FollowAsync(user, after, language)).Should().Contain(resumed).And.NotContain($"state\">{badge}</span>");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
    }

    [TestCase("hour", "2026-11-23T")]
    [TestCase("day", "2026-11-24T")]
    [TestCase("week", "2026-11-30T")]
    [TestCase("month", "2026-12-23T")]
    public async Task An_end_is_set_and_taken_away(string until, string day)
    {
        var (user, _) = await ConnectAsync("end-" + until, "Lasting");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        var after = await FollowAsync(user, await PostAsync(user, page, ("change", "end"), ("until", until)), "de");
        after
            .Should()
            .Contain("Lasting behält den Zugriff nur bis")
            .And.Contain($"Endet am <time datetime=\"{day}")
            .And.Contain("Uhr (UTC)");
        (await user.ListAsync()).Json.GetProperty("items")[0].GetProperty("ends_at").GetString().Should().StartWith(day);

        after = await FollowAsync(user, await PostAsync(user, page, ("change", "end"), ("until", "none")), "en");
        after.Should().Contain("Lasting keeps its access until you remove it.").And.NotContain("Ends on");
    }

    [TestCase("end", "until", "year")]
    [TestCase("end", "until", "")]
    [TestCase("widen", "scope", "read")]
    public async Task A_change_that_the_page_does_not_offer_does_nothing(string change, string field, string value)
    {
        var (user, _) = await ConnectAsync("odd" + change + value, "Odd");
        var page = await user.Browser.GetAsync(Link(await user.Browser.GetAsync(Path)));

        var after = await FollowAsync(user, await PostAsync(user, page, ("change", change), (field, value)), "en");

        after.Should().Contain("Nothing was changed");
        (await user.ListAsync()).Json.GetProperty("items")[0].TryGetProperty("ends_at", out _).Should().BeFalse();
    }

    [Test]
    public async Task Another_user_and_a_form_without_the_token_change_nothing()
    {
        var (user, tokens) = await ConnectAsync("owner", "Mine");
        var (thief, _) = await ConnectAsync("thief", "Theirs");
        var link = Link(await user.Browser.GetAsync(Path));
        var own = await thief.Browser.GetAsync(Link(await thief.Browser.GetAsync(Path)));
        (string, string)[] pause = [("app", link.Split("app=")[1]), ("change", "pause")];

        (await thief.Browser.GetAsync(link)).Body.Should().NotContain("Mine");
        var answer = await thief.Browser.PostAsync(Path, [.. Browser.HiddenFields(own).Take(1), .. pause]);
        (await FollowAsync(thief, answer, "en")).Should().Contain("Nothing was changed");
        (await user.Browser.PostAsync(Path, pause)).ShouldBeErrorPage();
        (await user.Browser.PostAsync(Path, [.. Browser.HiddenFields(own).Take(1), .. pause])).ShouldBeErrorPage();

        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task A_note_is_shown_to_its_user_for_five_minutes_and_cannot_be_made_up()
    {
        await using var own = await TestApp.StartAsync();
        var user = new ConnectedAppsApiTests.Session(own, "noted");
        await user.TokensAsync("web");
        var page = await user.Browser.GetAsync(Path);
        var answer = await user.Browser.PostAsync(Path, [.. Browser.HiddenFields(page).Take(1), ("all", "yes")]);

        (await user.Browser.GetAsync(answer.Location!)).Body.Should().Contain("Every app was removed");
        foreach (var other in new[] { answer.Location + "A", Path + "?note=done.all", Path + "?note=%00", Path + "?note=" })
            (await user.Browser.GetAsync(other)).Body.Should().NotContain("role=\"status\"");
        (await own.NewBrowser("somebody-else").GetAsync(answer.Location!)).Body.Should().NotContain("role=\"status\"");
        own.Clock.Advance(TimeSpan.FromMinutes(5));
        (await user.Browser.GetAsync(answer.Location!)).Body.Should().NotContain("role=\"status\"");
    }

    [Test]
    public async Task An_imitated_name_is_called_out_again()
    {
        var (user, _) = await ConnectAsync("fooled", "W e b");
        foreach (var path in new[] { Path, Link(await user.Browser.GetAsync(Path)) })
            (await user.Browser.GetAsync(path))
                .Body.Should()
                .Contain("<div class=\"alarm\">")
                .And.Contain("Remove it, unless you know why.");
        (await new ConnectedAppsApiTests.Session(app, "not-fooled").Browser.GetAsync(Path)).Body.Should().NotContain("class=\"alarm\"");
    }

    private async Task<(ConnectedAppsApiTests.Session User, Answer Tokens)> ConnectAsync(string name, string appName)
    {
        var user = new ConnectedAppsApiTests.Session(app, name);
        return (user, await TokensAsync(user, appName));
    }

    private async Task<Answer> TokensAsync(
        ConnectedAppsApiTests.Session user,
        string appName,
        string scope = "read write",
        params string[] resources
    )
    {
        var client = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                client_name = appName,
                token_endpoint_auth_method = "none",
            }
        );
        var id = client.Text("client_id")!;
        var url = TestApp.AuthorizeUrl(id, ("scope", scope)) + string.Concat(resources.Select(r => "&resource=" + Uri.EscapeDataString(r)));
        var tokens = await app.RedeemAsync(id, (await user.Browser.ApproveAsync(url)).LocationParameter("code")!);
        tokens.Status.Should().Be(200, tokens.Body);
        return tokens;
    }

    // The address of the details of the only entry.
    private static string Link(Answer list) => Path + "?app=" + list.Body.Split("?app=")[1].Split('"')[0];

    private static Task<Answer> PostAsync(ConnectedAppsApiTests.Session user, Answer page, params (string Name, string Value)[] fields)
    {
        var hidden = Browser.HiddenFields(page);
        (string Name, string Value)[] kept =
        [
            hidden[0],
            hidden.First(f => f.Name == "app"),
            .. fields.Any(f => f.Name == "resource") ? [] : hidden.Where(f => f.Name == "resource"),
        ];
        return user.Browser.PostAsync(Path, [.. kept, .. fields]);
    }

    private static async Task<string> FollowAsync(ConnectedAppsApiTests.Session user, Answer answer, string language)
    {
        answer.Status.Should().Be(303, answer.Body);
        answer.Location.Should().StartWith(Path + "?");
        var request = new HttpRequestMessage(HttpMethod.Get, answer.Location);
        request.Headers.Add("Accept-Language", language);
        return WebUtility.HtmlDecode((await user.Browser.SendAsync(request)).Body);
    }

    private sealed class Localized : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            host =>
            {
                host.UseRequestLocalization("en", "de");
                next(host);
            };
    }
}
