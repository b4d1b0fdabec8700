namespace HQ.OAuth2.Browser.Tests;

/// <summary>The pictures of the documentation. tests/screenshots.sh keeps them; any other run only sees that each can be made.</summary>
internal sealed class ScreenshotTests
{
    private const string Loopback = "http://127.0.0.1:33418/callback";

    [Test]
    public async Task Every_page_can_be_photographed([Values] bool dark)
    {
        await using var sample = await Sample.StartAsync(
            "QuickStart",
            ("pages:serviceName", "Lenses HQ"),
            ("resources:1:identifier", "https://hq.example.com/mcp"),
            ("resources:1:name", "Lenses HQ tools")
        );
        await using var user = await User.NewAsync(640, 400, dark, scale: 1.5f, url: sample.Url);
        var claude = await user.RegisterAsync("Claude Code", Loopback);
        await user.GoAsync(
            User.Request(claude, Loopback, "read write delete") + "&resource=" + Uri.EscapeDataString("https://hq.example.com/mcp")
        );
        await user.SignInAsync();
        await KeepAsync("consent");
        await user.GoAsync(User.DemoRequest());
        await KeepAsync("consent-api");
        await user.GoAsync(User.Request("hqc_gone", Loopback));
        await KeepAsync("error");

        foreach (
            var (name, redirectUri) in new[]
            {
                ("Claude", "https://claude.ai/api/mcp/auth_callback"),
                ("Claude", "https://claude.ai/api/mcp/auth_callback"),
                ("Claude Code", Loopback),
            }
        )
        {
            var client = await user.RegisterAsync(name, redirectUri);
            var back = await user.CatchAsync(redirectUri);
            await user.GoAsync(User.Request(client, redirectUri, name == "Claude" ? "read" : "read write"));
            await user.Allow.ClickAsync();
            await user.RedeemAsync(client, redirectUri, await back);
            await user.Page.UnrouteAllAsync();
        }

        await user.GoAsync("/oauth2/connected-apps");
        await KeepAsync("connected-apps");

        await user.Page.SetViewportSizeAsync(1000, 860);
        await user.GoAsync("/");
        await user.Button("Send: Discovery").ClickAsync();
        await user.Button("Send: Registration").ClickAsync();
        await user.Button("Go to the server: Authorization").ClickAsync();
        await user.Allow.ClickAsync();
        await user.Button("Send: Token").ClickAsync();
        await Assertions.Expect(user.Button("Send: API call")).ToBeVisibleAsync();
        await user.Page.Locator(".step").Nth(3).EvaluateAsync("e => e.scrollIntoView()");
        await KeepAsync("explorer", wholePage: false);

        async Task KeepAsync(string name, bool wholePage = true)
        {
            var file = $"{name}-{(dark ? "dark" : "light")}.png";
            var picture = await user.Page.ScreenshotAsync(new() { FullPage = wholePage });
            picture.Length.Should().BeInRange(10_000, 400_000, file);
            if (Environment.GetEnvironmentVariable("HQ_SCREENSHOTS") is { Length: > 0 } folder)
                await File.WriteAllBytesAsync(Path.Combine(folder, file), picture);
        }
    }
}
