using QRCoder;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>The pictures of the documentation. tests/screenshots.sh keeps them; any other run only sees that each can be made.</summary>
internal sealed class ScreenshotTests
{
    private const string Loopback = "http://127.0.0.1:33418/callback";

    [Test]
    public async Task What_only_some_hosts_show_can_be_photographed([Values] bool dark)
    {
        await using var host = await KindsHost.StartAsync(o => o.PersonalAccessTokens = true);
        await using var user = await User.NewAsync(640, 400, dark, scale: 1.5f, url: host.Url);
        await user.GoAsync("/as/olga");
        await user.GoAsync(User.Request(await user.RegisterAsync("Claude", KindsHost.Site), KindsHost.Site, "read write"));
        await KeepAsync(user, dark, "consent-organization");
        await user.GoAsync("/as/alice");
        await user.GoAsync(User.Request(await user.RegisterAsync("G4rden Planner", KindsHost.Site), KindsHost.Site, "read write delete"));
        await KeepAsync(user, dark, "consent-impostor");
        await KindsHost.ConnectAsync(user, "Claude Code", Loopback, "read write delete");
        await user.GoAsync("/oauth2/connected-apps");
        await user.Page.GetByText("Details and changes").ClickAsync();
        await user.Page.GetByText("Delete notes").ClickAsync();
        await KeepAsync(user, dark, "connected-app");
        await user.GoAsync("/oauth2/connected-apps/new-token");
        await user.Page.GetByLabel("What is it for?").FillAsync("Nightly backup");
        await user.Page.GetByText("Read your notes").ClickAsync();
        await KeepAsync(user, dark, "personal-token");
    }

    [Test]
    public async Task A_device_and_the_page_for_its_code_can_be_photographed([Values] bool dark)
    {
        await using var user = await User.NewAsync(640, 400, dark, scale: 1.5f);
        var device = await DeviceTests.CodesAsync(user);
        var (code, link) = (DeviceTests.Code(device), device.GetProperty("verification_uri_complete").GetString()!);

        await user.GoAsync("/oauth2/device");
        await user.SignInAsync();
        await user.GoAsync(new Uri(link).PathAndQuery);
        await Assertions.Expect(user.Page.GetByText(code)).ToBeVisibleAsync();
        await KeepAsync(user, dark, "device");

        // What a device shows: it draws the QR code itself.
        using var generator = new QRCodeGenerator();
        using var drawing = generator.CreateQrCode(link, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(drawing);
        await user.Page.GotoAsync("about:blank");
        await user.Page.SetContentAsync(
            $$"""
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Notes</title>
            <style>
              body { margin: 0; padding: 24px; font: 16px/1.5 sans-serif; display: flex; gap: 24px; align-items: center;
                     color: {{(dark ? "#eee" : "#222")}}; background: {{(dark ? "#181b20" : "#eef1f5")}} }
              svg { width: 168px; height: 168px; border-radius: 8px; flex: none }
              b { font-size: 34px; letter-spacing: 2px }
            </style>
            <body>{{svg.GetGraphic(4)}}<div>Sign in on another device. Open<br><strong>{{device.GetProperty(
                "verification_uri"
            )}}</strong><br>
            and enter<br><b>{{code}}</b></div>
            """
        );
        await KeepAsync(user, dark, "device-screen");
    }

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
        await KeepAsync(user, dark, "consent");
        await user.GoAsync(User.DemoRequest());
        await KeepAsync(user, dark, "consent-api");
        await user.GoAsync(User.Request("hqc_gone", Loopback));
        await user.Page.GetByText("Details for developers").ClickAsync();
        await KeepAsync(user, dark, "error");

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
        await KeepAsync(user, dark, "connected-apps");

        await user.Page.SetViewportSizeAsync(1000, 860);
        await user.GoAsync("/");
        await user.Button("Send: Discovery").ClickAsync();
        await user.Button("Send: Registration").ClickAsync();
        await user.Button("Go to the server: Authorization").ClickAsync();
        await user.Allow.ClickAsync();
        await user.Button("Send: Token").ClickAsync();
        await Assertions.Expect(user.Button("Send: API call")).ToBeVisibleAsync();
        await user.Page.Locator(".step").Nth(3).EvaluateAsync("e => e.scrollIntoView()");
        await KeepAsync(user, dark, "explorer", wholePage: false);
    }

    private static async Task KeepAsync(User user, bool dark, string name, bool wholePage = true)
    {
        var file = $"{name}-{(dark ? "dark" : "light")}.png";
        var size = user.Page.ViewportSize!;
        // All of a page at once: on a screen that is high enough its answers are at the end.
        if (wholePage)
            await user.Page.SetViewportSizeAsync(size.Width, 1600);
        var end = await user.Page.EvaluateAsync<float>("Math.ceil(document.body.getBoundingClientRect().bottom)");
        var picture = await user.Page.ScreenshotAsync(
            wholePage
                ? new()
                {
                    Clip = new() { Width = size.Width, Height = end },
                }
                : new()
        );
        await user.Page.SetViewportSizeAsync(size.Width, size.Height);
        picture.Length.Should().BeInRange(10_000, 400_000, file);
        if (Environment.GetEnvironmentVariable("HQ_SCREENSHOTS") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, file), picture);
    }
}
