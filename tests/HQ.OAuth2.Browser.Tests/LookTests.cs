namespace HQ.OAuth2.Browser.Tests;

/// <summary>Every page: accessible, readable at 320 px and at 400 % zoom, light and dark, and deaf to hostile texts.</summary>
internal sealed class LookTests
{
    private const string Cursor = "cursor://anysphere.cursor-mcp/oauth/callback";
    private const string Loopback = "http://127.0.0.1:9/cb";

    [Test]
    public async Task Every_page_is_accessible_and_fits([Values(1280, 320)] int width, [Values] bool dark)
    {
        await using var user = await User.NewAsync(width, forAxe: true, dark: dark);
        await user.GoAsync("/");
        await user.Button("Send: Discovery").ClickAsync();
        await user.Button("Send: Registration").ClickAsync();
        await CheckAsync("the explorer");

        await user.GoAsync(User.DemoRequest("read write delete"));
        await CheckAsync("sign-in");
        await user.Page.GetByLabel("Name").FillAsync("alice");
        await user.Page.GetByLabel("Password").FillAsync("wrong");
        await user.Button("Sign in").ClickAsync();
        await CheckAsync("a failed sign-in");
        await user.SignInAsync();
        await CheckAsync("consent for an app of the host's own");

        await user.GoAsync(User.Request(await user.RegisterAsync("Claude Code", Loopback, "https://claude.example/privacy"), Loopback));
        await CheckAsync("consent for an app on this computer");
        await user.GoAsync(User.Request(await user.RegisterAsync("Cursor", Cursor), Cursor));
        await CheckAsync("consent for an app with a scheme");
        await user.GoAsync(User.Request("nobody", Loopback));
        await user.Page.GetByText("Details for developers").ClickAsync();
        await CheckAsync("an error");
        await user.GoAsync("/oauth2/connected-apps");
        await CheckAsync("connected apps");

        async Task CheckAsync(string what)
        {
            await user.ShouldBeAccessibleAsync($"{what} at {width} px{(dark ? " in the dark" : "")}");
            await user.ShouldFitAsync();
            var ground = await user.Page.EvaluateAsync<int>("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
            (ground < 128).Should().Be(dark, "{0} follows the scheme", what);
        }
    }

    [Test]
    public async Task Connected_apps_with_apps_are_accessible([Values] bool dark)
    {
        await using var sample = await Sample.StartAsync("QuickStart", ("pages:chooseScopes", "true"));
        await using var user = await User.NewAsync(320, forAxe: true, dark: dark, url: sample.Url);
        var back = await user.CatchAsync(Loopback);
        var client = await user.RegisterAsync("Gardener", Loopback);
        await user.GoAsync(User.Request(client, Loopback, "read delete"));
        await user.SignInAsync();
        await user.ShouldBeAccessibleAsync("consent with boxes");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Read your notes" })).ToBeCheckedAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Delete all your notes" })).Not.ToBeCheckedAsync();
        await user.Allow.ClickAsync();
        await user.RedeemAsync(client, Loopback, await back);
        await user.GoAsync("/oauth2/connected-apps");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Name = "Gardener" })).ToBeVisibleAsync();
        await Assertions.Expect(user.Page.GetByText("Delete all your notes")).ToHaveCountAsync(0);
        await user.Page.GetByText("Remove everything", new() { Exact = true }).ClickAsync();
        await user.ShouldBeAccessibleAsync("connected apps");
        await user.ShouldFitAsync();
        await user.Button("Yes, remove everything").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("No app has access to your account.")).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_place_of_the_answer_is_visible_without_scrolling_at_320_px()
    {
        await using var user = await User.NewAsync(320, 480);
        await user.GoAsync(User.Request(await user.RegisterAsync(new string('W', 64), Loopback), Loopback));
        await user.SignInAsync();
        var box = await user.Page.GetByText("127.0.0.1:9").BoundingBoxAsync();
        (box!.Y + box.Height).Should().BeLessThan(480);
    }

    [Test]
    public async Task At_400_percent_everything_can_be_reached()
    {
        // 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10).
        await using var user = await User.NewAsync(320, 256);
        await user.GoAsync(User.DemoRequest());
        await user.SignInAsync();
        await user.ShouldFitAsync();
        await user.Deny.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(user.Deny).ToBeInViewportAsync();
        var (deny, allow) = ((await user.Deny.BoundingBoxAsync())!, (await user.Allow.BoundingBoxAsync())!);
        (deny.Width, deny.Height).Should().Be((allow.Width, allow.Height), "both are equally reachable");
        deny.Height.Should().BeGreaterThanOrEqualTo(44);
    }

    [Test]
    public async Task The_page_speaks_german_to_a_german()
    {
        await using var user = await User.NewAsync(forAxe: true, language: "de");
        await user.GoAsync(User.DemoRequest());
        await user.SignInAsync();
        await Assertions.Expect(user.Button("Ablehnen")).ToBeVisibleAsync();
        (await user.Page.Locator("html").GetAttributeAsync("lang")).Should().Be("de");
        await user.ShouldBeAccessibleAsync("German consent");
    }

    [TestCase("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [TestCase("\"><img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>")]
    [TestCase("Claude​\u00ad", "Claude")]
    [TestCase("ZALG\u0335\u0336\u0337\u0338\u0339\u033a\u033bO", "ZALG\u0335\u0336O")]
    public async Task A_hostile_name_is_only_text(string name, string shown)
    {
        await using var user = await User.NewAsync(320);
        const string Idn = "https://xn--pypal-4ve.example/cb";
        var client = await user.RegisterAsync(name, Idn);
        await user.GoAsync(User.Request(client, Idn));
        await user.SignInAsync();
        (await user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).Locator("bdi").First.InnerTextAsync()).Should().Be(shown);
        // A name of another alphabet is not drawn as one of ours.
        (await user.Page.Locator(".to").InnerTextAsync())
            .Should()
            .Be("xn--pypal-4ve.example");
        (await user.Page.Locator("script, img, iframe, [style]").CountAsync()).Should().Be(0);
        await user.ShouldFitAsync();
        user.Complaints.Should().BeEmpty();
    }

    [TestCase("policy_uri", "javascript:alert(1)")]
    [TestCase("logo_uri", "javascript:alert(1)")]
    [TestCase("tos_uri", "data:text/html,x")]
    [TestCase("client_name", "Cl\u202eedua")]
    public async Task A_text_that_is_unsafe_to_show_is_left_out_of_the_registration(string member, string value)
    {
        using var http = new HttpClient();
        using var body = new StringContent(
            System.Text.Json.JsonSerializer.Serialize(
                new Dictionary<string, object> { ["redirect_uris"] = new[] { Loopback }, [member] = value }
            ),
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var answer = await http.PostAsync(Chromium.Url + "/oauth2/register", body);
        ((int)answer.StatusCode).Should().Be(201);
        using var registered = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        registered.RootElement.TryGetProperty(member, out var kept).Should().Be(member == "client_name");
        if (member == "client_name")
            kept.GetString().Should().Be("Cledua");
    }
}
