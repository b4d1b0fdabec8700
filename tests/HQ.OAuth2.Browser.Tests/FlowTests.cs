namespace HQ.OAuth2.Browser.Tests;

/// <summary>What a person does, in a real browser.</summary>
internal sealed class FlowTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task Sign_in_and_approve_with_and_without_script(bool script)
    {
        await using var user = await User.NewAsync(script: script);
        var back = await user.CatchAsync("http://localhost:5080/callback");
        await user.GoAsync(User.DemoRequest());
        await user.SignInAsync();
        (await user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync())
            .Should()
            .Be("Allow Demo web app to use your Notes account?");
        await user.Allow.ClickAsync();
        (await back).Should().Contain("?code=hqa_").And.Contain("&state=the-state").And.Contain("&iss=" + Uri.EscapeDataString(user.Url));
        user.Complaints.Should().BeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Deny_tells_the_app_no(bool script)
    {
        await using var user = await User.NewAsync(script: script);
        var back = await user.CatchAsync("http://localhost:5080/callback");
        await user.GoAsync(User.DemoRequest());
        await user.SignInAsync();
        await user.Deny.ClickAsync();
        (await back).Should().Contain("?error=access_denied").And.Contain("&state=the-state").And.Contain("&iss=");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Another_account_answers_the_same_request(bool script)
    {
        await using var user = await User.NewAsync(script: script);
        var back = await user.CatchAsync("http://localhost:5080/callback");
        await user.GoAsync(User.DemoRequest("delete"));
        await user.SignInAsync("alice");
        await Assertions.Expect(user.Page.GetByText("Signed in as alice")).ToBeVisibleAsync();
        await user.Button("Use another account").ClickAsync();
        await user.SignInAsync("bob");
        await Assertions.Expect(user.Page.GetByText("Signed in as bob")).ToBeVisibleAsync();
        await Assertions.Expect(user.Page.GetByText("Delete all your notes")).ToBeVisibleAsync();
        await user.Allow.ClickAsync();
        (await back).Should().Contain("?code=hqa_");
    }

    [Test]
    public async Task With_the_keyboard_only_deny_comes_before_allow_and_the_focus_is_seen()
    {
        await using var user = await User.NewAsync();
        var back = await user.CatchAsync("http://localhost:5080/callback");
        await user.GoAsync(User.DemoRequest());
        await user.Page.GetByLabel("Name").FocusAsync();
        await user.Page.Keyboard.TypeAsync("alice");
        await user.Page.Keyboard.PressAsync("Tab");
        await user.Page.Keyboard.TypeAsync("alice");
        await user.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();

        var order = new List<string>();
        for (var i = 0; i < 12 && !order.Contains("Allow"); i++)
        {
            await user.Page.Keyboard.PressAsync("Tab");
            order.Add(await user.Page.EvaluateAsync<string>("document.activeElement.innerText"));
            (await user.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle")).Should().Be("solid");
        }

        order.Where(o => o is "Deny" or "Allow" or "Use another account").Should().Equal("Use another account", "Deny", "Allow");
        await user.Page.Keyboard.PressAsync("Enter");
        (await back).Should().Contain("?code=hqa_");
    }

    [Test]
    public async Task Two_clicks_and_the_back_button_do_no_harm()
    {
        await using var user = await User.NewAsync();
        var back = await user.CatchAsync("http://localhost:5080/callback");
        await user.GoAsync(User.DemoRequest("write"));
        await user.SignInAsync();
        // Two presses of the mouse, without waiting for what the first one does.
        var box = (await user.Allow.BoundingBoxAsync())!;
        await user.Page.Mouse.DblClickAsync(box.X + 5, box.Y + 5);
        (await back).Should().Contain("?code=hqa_");
        await user.Page.GoBackAsync();
        await user.GoAsync("/oauth2/connected-apps");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        user.Complaints.Should().BeEmpty();
    }

    [Test]
    public async Task An_app_whose_links_open_nothing_leaves_the_page_with_what_to_do()
    {
        await using var user = await User.NewAsync();
        var client = await user.RegisterAsync("Cursor", "cursor://anysphere.cursor-mcp/oauth/callback");
        await user.GoAsync(User.Request(client, "cursor://anysphere.cursor-mcp/oauth/callback"));
        await user.SignInAsync();
        await Assertions.Expect(user.Page.GetByText("Does nothing open after you allow it?")).ToBeVisibleAsync();
        var answered = new TaskCompletionSource<(int, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await user.Page.RouteAsync(
            "**/oauth2/authorize",
            async route =>
            {
                var response = await route.FetchAsync(new() { MaxRedirects = 0 });
                answered.TrySetResult((response.Status, response.Headers["location"]));
                await route.FulfillAsync(new() { Response = response });
            }
        );
        await user.Allow.ClickAsync();
        var (status, location) = await answered.Task.WaitAsync(TimeSpan.FromSeconds(90));
        status.Should().Be(303);
        location.Should().StartWith("cursor://anysphere.cursor-mcp/oauth/callback?code=hqa_");
        await Assertions.Expect(user.Allow).ToBeVisibleAsync();
        await Assertions.Expect(user.Allow).ToBeEnabledAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_was_allowed_is_seen_and_taken_back(bool script)
    {
        await using var user = await User.NewAsync(script: script);
        // Apps of one name and place are one entry.
        var name = "Gardener " + script;
        var client = await user.RegisterAsync(name, "http://127.0.0.1:9/cb");
        var back = await user.CatchAsync("http://127.0.0.1:9/cb");
        await user.GoAsync(User.Request(client, "http://127.0.0.1:9/cb"));
        await user.SignInAsync("bob");
        await user.Allow.ClickAsync();
        await user.RedeemAsync(client, "http://127.0.0.1:9/cb", await back);

        await user.GoAsync("/oauth2/connected-apps");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Name = name })).ToBeVisibleAsync();
        await Assertions.Expect(user.Page.GetByText("Nobody has checked their names.")).ToBeVisibleAsync();
        var entry = user.Page.GetByRole(AriaRole.Article).Filter(new() { HasText = name });
        // The button is behind the question.
        await Assertions.Expect(entry.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await entry.GetByText("Remove access").ClickAsync();
        await Assertions.Expect(entry.GetByText($"Remove {name}? It stops working at once.")).ToBeVisibleAsync();
        await entry.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync($"{name} was removed and has no access any more.");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Article).Filter(new() { HasText = name })).ToHaveCountAsync(0);
    }

    [Test]
    public async Task The_explorer_walks_through_the_whole_flow()
    {
        await using var user = await User.NewAsync();
        await user.GoAsync("/");
        foreach (var step in new[] { "Discovery", "Registration" })
            await user.Button("Send: " + step).ClickAsync();
        await user.Button("Go to the server: Authorization").ClickAsync();
        await user.SignInAsync();
        await Assertions.Expect(user.Page.GetByText("Flow explorer")).ToBeVisibleAsync();
        await user.Allow.ClickAsync();
        foreach (var step in new[] { "Token", "API call", "Introspection", "Refresh", "Revocation", "Introspection again" })
            await user.Button("Send: " + step).ClickAsync();
        await Assertions.Expect(user.Page.Locator(".step.done")).ToHaveCountAsync(9);
        var steps = await user.Page.Locator(".step").AllInnerTextsAsync();
        steps[3]
            .Should()
            .Contain("\"access_token\"")
            .And.Contain("decoded")
            .And.Contain("\"typ\": \"at+jwt\"")
            .And.Contain("\"sub\": \"alice\"");
        steps[4].Should().Contain("Authorization: Bearer ey").And.Contain("200");
        steps[5].Should().Contain("\"active\": true");
        steps[8].Should().Contain("\"active\": false");
        user.Complaints.Should().BeEmpty();

        await user.Button("Start over").ClickAsync();
        await Assertions.Expect(user.Page.Locator(".step.done")).ToHaveCountAsync(0);
    }

    [TestCase("/consent")]
    [TestCase("/spa/consent.html")]
    public async Task A_hosts_own_page_asks(string path)
    {
        await using var sample = await Sample.StartAsync("OwnPages", ("pages:consentPath", path));
        await using var user = await User.NewAsync(url: sample.Url);
        var back = await user.CatchAsync("http://localhost:5082/callback");
        await user.GoAsync(User.Request("demo", "http://localhost:5082/callback", "read"));
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Name = "Let Demo into your Garden?" })).ToBeVisibleAsync();
        user.Page.Url.Should().StartWith(sample.Url + path + "?returnUrl=");
        await user.Allow.ClickAsync();
        (await back).Should().Contain("?code=hqa_").And.Contain("&state=the-state");
        user.Complaints.Should().BeEmpty();
    }
}
