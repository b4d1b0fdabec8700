using System.Net;
using System.Net.Http.Headers;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>A person who makes a personal access token for a script, and takes it back.</summary>
internal sealed class PersonalTokenTests
{
    private KindsHost host = null!;

    [SetUp]
    public async Task StartAsync() => host = await KindsHost.StartAsync(o => o.PersonalAccessTokens = true);

    [TearDown]
    public async Task StopAsync() => await host.DisposeAsync();

    [Test]
    public async Task Each_page_is_accessible_and_fits([Values(1280, 320)] int width, [Values] bool dark)
    {
        await using var user = await User.NewAsync(width, forAxe: true, dark: dark, url: host.Url);
        await user.GoAsync("/as/olga");
        await user.GoAsync("/oauth2/connected-apps/new-token");
        await CheckAsync("the form of a token");
        await user.Page.GetByLabel("What is it for?").FillAsync("Backup");
        await user.Page.GetByLabel("Acme").First.CheckAsync();
        await user.Button("Make the token").ClickAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Choose what it may do");
        await CheckAsync("a form that lacks something");
        await user.Page.GetByText("Read your notes").ClickAsync();
        await user.Button("Make the token").ClickAsync();
        await Assertions.Expect(user.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Copy your new token");
        await CheckAsync("the token");
        await user.Page.GetByText("I have copied it").ClickAsync();
        await CheckAsync("the list with a token");
        await user.Page.GetByText("Details and changes").First.ClickAsync();
        await CheckAsync("the details of a token");

        async Task CheckAsync(string what)
        {
            await user.ShouldBeAccessibleAsync($"{what} at {width} px{(dark ? " in the dark" : "")}");
            await user.ShouldFitAsync();
        }
    }

    [Test]
    public async Task It_is_made_used_and_removed_with_and_without_script([Values] bool script)
    {
        await using var user = await User.NewAsync(script: script, url: host.Url);
        await user.GoAsync("/as/pat" + script);
        await user.GoAsync("/oauth2/connected-apps");
        await user.Page.GetByText("Make a personal access token").ClickAsync();
        await user.Page.GetByLabel("What is it for?").FillAsync("Nightly backup");
        await user.Page.GetByText("Read your notes").ClickAsync();
        await user.Page.GetByLabel("It expires in").SelectOptionAsync("7");
        await user.Button("Make the token").ClickAsync();
        var token = await user.Page.GetByLabel("Token for Nightly backup").InputValueAsync();
        (await CallAsync(token)).Should().Be(HttpStatusCode.OK);

        await user.Page.GetByText("I have copied it").ClickAsync();
        await Assertions.Expect(user.Page.GetByText("Nightly backup").First).ToBeVisibleAsync();
        (await user.Page.ContentAsync()).Should().NotContain(token);
        await user.Page.GetByText("Remove access").First.ClickAsync();
        await user.Button("Yes, remove it").ClickAsync();

        await Assertions.Expect(user.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Nightly backup was removed");
        (await CallAsync(token)).Should().Be(HttpStatusCode.Unauthorized);
        user.Complaints.Should().BeEmpty();
    }

    [Test]
    public async Task It_is_said_in_german_to_a_german()
    {
        await using var user = await User.NewAsync(language: "de", url: host.Url);
        await user.GoAsync("/as/hans");
        await user.GoAsync("/oauth2/connected-apps/new-token");
        await user.Page.GetByLabel("Wofür ist es?").FillAsync("Sicherung");
        await user.Page.GetByText("Write notes").ClickAsync();
        await user.Button("Token erstellen").ClickAsync();

        await Assertions.Expect(user.Page.GetByText("Es wird jetzt gezeigt und nie wieder.")).ToBeVisibleAsync();
    }

    private async Task<HttpStatusCode> CallAsync(string token)
    {
        using var http = new HttpClient { BaseAddress = new(host.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await http.GetAsync(new Uri("/notes", UriKind.Relative))).StatusCode;
    }
}
