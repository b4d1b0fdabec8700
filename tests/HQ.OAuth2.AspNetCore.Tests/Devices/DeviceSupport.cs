using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The two codes of a device, and the answer that had them.</summary>
internal sealed record Device(string DeviceCode, string UserCode, Answer Answer)
{
    public string Page => "/oauth2/device?user_code=" + UserCode;
}

/// <summary>What tests of devices say often: tv is a public client, box a confidential one, both for devices only.</summary>
internal static class DeviceSupport
{
    public const string Grant = "urn:ietf:params:oauth:grant-type:device_code";
    public const string Path = "/oauth2/device_authorization";

    private static readonly TimeSpan interval = TimeSpan.FromSeconds(5);

    public static void Options(HqOAuth2Options o)
    {
        o.DeviceAuthorization = true;
        // Every test comes from one address, and the clock stands still.
        (o.Limits.DeviceCodesPerMinute, o.Limits.ClientDeviceCodesPerMinute, o.Limits.WrongUserCodes) = (0, 0, 0);
        o.Clients.Add(TestApp.Client("tv", null, null, [], [Grant, "refresh_token"]));
        o.Clients.Add(TestApp.Client("box", TestApp.WebSecret, null, [], [Grant]));
    }

    public static (string Name, string Value)[] Credentials(string client) =>
        client == "box" ? [("basic", $"box:{TestApp.WebSecret}")] : TestApp.Credentials(client);

    public static Task<Answer> AskAsync(this TestApp app, string client = "tv", params (string Name, string Value)[] more) =>
        app.PostAsync(Path, [.. Credentials(client), .. more]);

    /// <summary>A device that asks for its codes.</summary>
    public static async Task<Device> DeviceAsync(this TestApp app, string client = "tv", params (string Name, string Value)[] more)
    {
        var answer = await app.AskAsync(client, more.Length == 0 ? [("scope", "read write")] : more);
        answer.Status.Should().Be(200, answer.Body);
        return new(answer.Text("device_code")!, answer.Text("user_code")!, answer);
    }

    /// <summary>A poll of the device, right now.</summary>
    public static Task<Answer> PollNowAsync(
        this TestApp app,
        Device device,
        string client = "tv",
        params (string Name, string Value)[] more
    ) => app.PostAsync(BackChannel.Token, [("grant_type", Grant), ("device_code", device.DeviceCode), .. Credentials(client), .. more]);

    /// <summary>A poll of the device after its interval.</summary>
    public static Task<Answer> PollAsync(this TestApp app, Device device, string client = "tv", params (string Name, string Value)[] more)
    {
        app.Clock.Advance(interval);
        return app.PollNowAsync(device, client, more);
    }

    /// <summary>Opens the page with the code and presses a button of it.</summary>
    public static async Task<Answer> AnswerAsync(
        this Browser browser,
        Device device,
        string decision = "approve",
        params (string Name, string Value)[] more
    )
    {
        var page = await browser.GetAsync(device.Page);
        return page.Body.Contains("name=\"decision\"", StringComparison.Ordinal)
            ? await browser.PressOnDeviceAsync(page, decision, more)
            : page;
    }

    public static Task<Answer> PressOnDeviceAsync(
        this Browser browser,
        Answer page,
        string decision,
        params (string Name, string Value)[] more
    ) => browser.PostAsync("/oauth2/device", [.. Browser.HiddenFields(page), ("decision", decision), .. more]);

    /// <summary>The host takes back everything that a user allowed.</summary>
    public static async Task RevokeAllOfAsync(this TestApp app, string subject)
    {
        using var scope = app.Services.CreateScope();
        (await scope.ServiceProvider.GetRequiredService<ConnectedApps>().RevokeForSubjectAsync(subject, default)).Should().BePositive();
    }

    /// <summary>Whether an answer is the page on which a code is entered.</summary>
    public static bool IsEntryPage(this Answer answer) =>
        answer.Body.Contains("<input type=\"text\" id=\"code\"", StringComparison.Ordinal);
}
