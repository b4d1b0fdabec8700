namespace HQ.OAuth2.Browser.Tests;

/// <summary>One Chromium and one QuickStart for all tests; without a browser they are skipped, and say how to get one.</summary>
[SetUpFixture]
internal sealed class Chromium
{
    private static IPlaywright? playwright;
    private static IBrowser? browser;
    private static Sample? sample;

    public static IBrowser Browser => browser!;

    /// <summary>The address of the QuickStart.</summary>
    public static string Url => sample!.Url;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        string?[] places =
        [
            Environment.GetEnvironmentVariable("HQ_TEST_CHROMIUM"),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
        ];
        var path = Array.Find(places, File.Exists);
        if (path is null)
            Assert.Ignore("No Chromium: install it (on Debian: apt-get install chromium), or name it in HQ_TEST_CHROMIUM.");
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = path, Args = ["--no-sandbox", "--disable-dev-shm-usage"] }
        );
        sample = await Sample.StartAsync("QuickStart", ("pages:serviceName", "Notes"));
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (sample is not null)
            await sample.DisposeAsync();
    }
}
