using System.Net.Http.Json;
using System.Text.Json;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>A person with a device in front of them, which shows a code (RFC 8628 §3.3).</summary>
internal sealed class DeviceTests
{
    [Test]
    public async Task Each_page_is_accessible_and_fits([Values(1280, 320)] int width, [Values] bool dark)
    {
        await using var user = await User.NewAsync(width, forAxe: true, dark: dark);
        var device = await CodesAsync(user);

        await user.GoAsync("/oauth2/device");
        await user.SignInAsync();
        await CheckAsync("the field for the code");
        await EnterAsync(user, "BCDF-GHJK");
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No device waits with this code.");
        await CheckAsync("a wrong code");
        await EnterAsync(user, Code(device));
        await CheckAsync("consent for a device");
        await user.Allow.ClickAsync();
        await CheckAsync("what became of it");

        async Task CheckAsync(string what)
        {
            await user.ShouldBeAccessibleAsync($"{what} at {width} px{(dark ? " in the dark" : "")}");
            await user.ShouldFitAsync();
        }
    }

    [Test]
    public async Task A_code_is_typed_compared_and_allowed_with_and_without_script([Values] bool script)
    {
        await using var user = await User.NewAsync(script: script);
        var device = await CodesAsync(user);

        await user.GoAsync("/oauth2/device");
        await user.SignInAsync();
        await EnterAsync(user, Code(device).ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));
        await Assertions.Expect(user.Page.GetByText(Code(device))).ToBeVisibleAsync();
        await Assertions
            .Expect(user.Page.GetByText("Allow this only if you see this code on a device in front of you."))
            .ToBeVisibleAsync();
        await user.Allow.ClickAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Go back to your device");

        (await PollAsync(user, device)).GetProperty("scope").GetString().Should().Be("read");
        user.Complaints.Should().BeEmpty();
    }

    [Test]
    public async Task A_link_with_the_code_asks_too_and_a_no_is_said_to_the_device()
    {
        await using var user = await User.NewAsync(language: "de");
        var device = await CodesAsync(user);

        await user.GoAsync(new Uri(device.GetProperty("verification_uri_complete").GetString()!).PathAndQuery);
        await user.SignInAsync();
        await Assertions.Expect(user.Page.GetByText(Code(device))).ToBeVisibleAsync();
        await user.Button("Ablehnen").ClickAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Es wurde nichts erlaubt");

        (await PollAsync(user, device)).GetProperty("error").GetString().Should().Be("access_denied");
    }

    private static async Task EnterAsync(User user, string code)
    {
        await user.Page.GetByLabel("Code on the device").FillAsync(code);
        await user.Button("Continue").ClickAsync();
    }

    public static string Code(JsonElement device) => device.GetProperty("user_code").GetString()!;

    public static Task<JsonElement> CodesAsync(User user) =>
        PostAsync(user, "/oauth2/device_authorization", ("client_id", "notes-cli"), ("scope", "read"));

    private static Task<JsonElement> PollAsync(User user, JsonElement device) =>
        PostAsync(
            user,
            "/oauth2/token",
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device.GetProperty("device_code").GetString()!),
            ("client_id", "notes-cli")
        );

    private static async Task<JsonElement> PostAsync(User user, string path, params (string Name, string Value)[] form)
    {
        using var http = new HttpClient();
        using var content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var answer = await http.PostAsync(user.Url + path, content);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
