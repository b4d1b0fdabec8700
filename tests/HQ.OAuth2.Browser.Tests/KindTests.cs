namespace HQ.OAuth2.Browser.Tests;

/// <summary>Each kind of consent page, and the details of a connected app: what is in the first screen, and what can be done by whom.</summary>
internal sealed class KindTests
{
    private const string Loopback = "http://127.0.0.1:33418/cb";
    private const string Cursor = "cursor://anysphere.cursor-mcp/oauth/callback";

    private static KindsHost host = null!;
    private static KindsHost choosing = null!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        host = await KindsHost.StartAsync();
        choosing = await KindsHost.StartAsync(o => o.Pages.ChooseScopes = true);
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        await host.DisposeAsync();
        await choosing.DisposeAsync();
    }

    [Test]
    public async Task Each_kind_is_accessible_and_has_its_answers_in_the_first_screen(
        [Values("api", "dcr", "cimd", "loopback", "scheme", "impostor", "organizations", "boxes")] string kind,
        [Values(800, 320)] int width,
        [Values] bool dark
    )
    {
        var height = width == 800 ? 600 : 480;
        await using var user = await OpenAsync(kind, width, height, dark);

        await user.ShouldBeAccessibleAsync($"{kind} at {width} px");
        await user.ShouldFitAsync();
        foreach (var button in new[] { user.Deny, user.Allow })
            await Assertions.Expect(button).ToBeInViewportAsync(new() { Ratio = 1 });
        var footer = (await user.Page.Locator(".answer").BoundingBoxAsync())!;
        (await BottomAsync(user.Page.Locator(".to"))).Should().BeLessThan(footer.Y, "the place of the app is seen before an answer");
        // The list of scopes may be below the footer; then the footer says so, and leads there.
        var last = user.Page.Locator("ul[aria-labelledby=scopes] li").Last;
        if (await BottomAsync(last) > footer.Y)
        {
            await Assertions.Expect(user.Page.Locator(".answer a")).ToBeInViewportAsync(new() { Ratio = 1 });
            (await user.Page.Locator(".answer a").InnerTextAsync()).Contains("destroy").Should().Be(kind != "cimd");
            await user.Page.Locator(".answer a").ClickAsync();
            (await user.Page.Locator("#scopes").BoundingBoxAsync())!.Y.Should().BeInRange(-1, footer.Y);
        }

        // At the end of the page nothing is behind the footer.
        await user.Page.Keyboard.PressAsync("End");
        await user.Page.WaitForFunctionAsync("() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2");
        footer = (await user.Page.Locator(".answer").BoundingBoxAsync())!;
        (await BottomAsync(user.Page.Locator("form > p.soft").Last)).Should().BeLessThanOrEqualTo(footer.Y);
        user.Complaints.Should().BeEmpty();
    }

    [Test]
    public async Task An_impostor_is_loud_in_the_first_screen_and_again_in_the_list([Values(800, 320)] int width)
    {
        await using var user = await OpenAsync("impostor", width, width == 800 ? 600 : 480, dark: false, axe: false);
        var alarm = user.Page.Locator(".alarm");
        await Assertions.Expect(alarm).ToContainTextAsync("This may be an impostor");
        var title = width == 800 ? alarm : alarm.Locator("strong");
        (await BottomAsync(title)).Should().BeLessThan((await user.Page.Locator(".answer").BoundingBoxAsync())!.Y);
        (await alarm.EvaluateAsync<string>("e => getComputedStyle(e).borderTopColor")).Should().Be("rgb(179, 32, 44)");
        await using var quiet = await OpenAsync("loopback", width, 600, dark: false, axe: false);
        await Assertions.Expect(quiet.Page.Locator(".alarm")).ToHaveCountAsync(0);
        await Assertions.Expect(quiet.Page.Locator(".note")).ToBeVisibleAsync();
    }

    [Test]
    public async Task At_400_percent_each_answer_and_each_scope_can_be_reached_with_the_keyboard()
    {
        // 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10): the answers are at the end and cover nothing.
        await using var user = await OpenAsync("boxes", 320, 256, dark: false, axe: false);
        (await user.Page.Locator(".answer").EvaluateAsync<string>("e => getComputedStyle(e).position")).Should().Be("static");
        for (var i = 0; i < 12; i++)
        {
            await user.Page.Keyboard.PressAsync("Tab");
            // The first line of an element that is broken into several.
            var covered = await user.Page.EvaluateAsync<string>(
                "() => { const e = document.activeElement, r = e.getClientRects()[0], on = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return e.contains(on) ? '' : e.outerHTML + ' by ' + on?.outerHTML; }"
            );
            covered.Should().BeEmpty("the focus is not covered");
            if (await user.Page.EvaluateAsync<string>("document.activeElement.innerText") == "Allow")
                return;
        }

        Assert.Fail("Allow was not reached.");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_organization_is_chosen_with_the_keyboard_and_enter_in_a_field_answers_nothing(bool script)
    {
        await using var user = await User.NewAsync(script: script, url: host.Url);
        var back = await user.CatchAsync(KindsHost.Site);
        await user.GoAsync("/as/olga");
        await user.GoAsync(User.Request(await user.RegisterAsync("Claude", KindsHost.Site), KindsHost.Site));
        await user.Page.GetByLabel("Globex").FocusAsync();
        await user.Page.Keyboard.PressAsync("Space");
        await user.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(user.Page.GetByLabel("Globex")).ToBeCheckedAsync();
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();
        await user.Allow.FocusAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        (await back).Should().Contain("?code=hqa_");
    }

    [Test]
    public async Task A_user_may_deny_without_choosing_an_organization()
    {
        await using var user = await User.NewAsync(url: host.Url);
        var back = await user.CatchAsync(KindsHost.Site);
        await user.GoAsync("/as/olga");
        await user.GoAsync(User.Request(await user.RegisterAsync("Claude", KindsHost.Site), KindsHost.Site));
        await user.Allow.ClickAsync();
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();
        await user.Deny.ClickAsync();
        (await back).Should().Contain("?error=access_denied");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_connected_app_is_narrowed_paused_ended_and_removed(bool script)
    {
        await using var user = await User.NewAsync(script: script, url: host.Url);
        await user.GoAsync("/as/changer" + script);
        await KindsHost.ConnectAsync(user, "Claude Code", Loopback, "read write delete");
        var before = user.Complaints.Count;
        await user.GoAsync("/oauth2/connected-apps");
        await user.Page.GetByText("Details and changes").ClickAsync();

        await user.Page.GetByLabel("Delete notes").UncheckAsync();
        await user.Button("Save").ClickAsync();
        await ToldAsync("Claude Code may now do only what is ticked here.");
        await Assertions.Expect(user.Page.GetByText("Delete notes")).ToHaveCountAsync(0);
        await user.Button("Pause the app").ClickAsync();
        await ToldAsync("Claude Code is paused.");
        await user.Button("Resume the app").ClickAsync();
        await ToldAsync("Claude Code is active again.");
        await user.Page.GetByLabel("End of its access").SelectOptionAsync("week");
        await user.Button("Set the end").ClickAsync();
        await ToldAsync("Claude Code keeps its access only until the time shown here.");
        await Assertions.Expect(user.Page.GetByText("Ends on")).ToBeVisibleAsync();
        await user.Page.GetByText("Remove access").ClickAsync();
        await user.Button("Yes, remove it").ClickAsync();
        await ToldAsync("Claude Code was removed and has no access any more.");
        await user.Page.GetByText("Back to Lenses HQ").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("The host's own page.")).ToBeVisibleAsync();
        // The app is no server here, so its icon is missing.
        user.Complaints.Skip(before).Should().NotContain(c => !c.Contains("ERR_CONNECTION_REFUSED"));

        Task ToldAsync(string what) => Assertions.Expect(user.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(what);
    }

    [Test]
    public async Task The_details_and_the_groups_of_organizations_are_accessible([Values(1280, 320)] int width, [Values] bool dark)
    {
        await using var user = await User.NewAsync(width, forAxe: true, dark: dark, url: host.Url);
        await user.GoAsync($"/as/olga{width}{dark}");
        var client = await user.RegisterAsync("G4rden Planner", Loopback);
        foreach (var organization in new[] { "Acme Gardens", "Globex" })
        {
            var back = await user.CatchAsync(Loopback);
            await user.GoAsync(User.Request(client, Loopback, "read write") + "&prompt=consent");
            await user.Page.GetByLabel(organization).CheckAsync();
            await user.Allow.ClickAsync();
            await user.RedeemAsync(client, Loopback, await back);
            await user.Page.UnrouteAllAsync();
        }

        await user.GoAsync("/oauth2/connected-apps");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Name = "Access for Acme Gardens" })).ToBeVisibleAsync();
        await user.ShouldBeAccessibleAsync("connected apps of organizations");
        await user.ShouldFitAsync();
        await user.Page.GetByText("Details and changes").First.ClickAsync();
        await Assertions.Expect(user.Page.Locator(".alarm")).ToBeVisibleAsync();
        await user.Button("Pause the app").ClickAsync();
        await user.Page.GetByText("Remove access").ClickAsync();
        await user.ShouldBeAccessibleAsync("the details of an app");
        await user.ShouldFitAsync();
        await user.Page.GetByText("Remove access").ClickAsync();
        await user.Button("Resume the app").ClickAsync();
    }

    private static async Task<User> OpenAsync(string kind, int width, int height, bool dark, bool axe = true)
    {
        var user = await User.NewAsync(width, height, dark, forAxe: axe, url: (kind == "boxes" ? choosing : host).Url);
        await user.GoAsync(kind == "organizations" ? "/as/olga" : "/as/alice");
        var redirectUri = kind switch
        {
            "api" => "https://planner.example/cb",
            "cimd" => "https://tools.example/cb",
            "loopback" or "boxes" => Loopback,
            "scheme" => Cursor,
            _ => KindsHost.Site,
        };
        var client = kind switch
        {
            "api" => "planner",
            "cimd" => Uri.EscapeDataString(KindsHost.Document),
            "impostor" => await user.RegisterAsync("G4rden Planner", redirectUri),
            _ => await user.RegisterAsync("Claude", redirectUri),
        };
        await user.GoAsync(
            User.Request(client, redirectUri, kind == "cimd" ? "read write" : "read write delete")
                + (kind == "dcr" ? "&resource=" + Uri.EscapeDataString(host.Url + "/tools") : "")
        );
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();
        return user;
    }

    private static async Task<float> BottomAsync(ILocator element)
    {
        var box = (await element.BoundingBoxAsync())!;
        return box.Y + box.Height;
    }
}
