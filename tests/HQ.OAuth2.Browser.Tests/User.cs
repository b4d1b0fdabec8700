using System.Net.Http.Json;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace HQ.OAuth2.Browser.Tests;

/// <summary>A person at a browser window, and what the tests want to know about what they see.</summary>
internal sealed class User : IAsyncDisposable
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    private User(IBrowserContext context, IPage page, string url)
    {
        (this.context, Page, Url) = (context, page, url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            complaints.Add("dialog " + dialog.Message);
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public string Url { get; }

    /// <summary>Dialogs, script errors and console messages of the browser.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    public ILocator Deny => Button("Deny");

    public ILocator Allow => Button("Allow");

    public static async Task<User> NewAsync(
        int width = 1280,
        int height = 900,
        bool dark = false,
        bool script = true,
        bool forAxe = false,
        float scale = 1,
        string? url = null,
        string? language = null
    )
    {
        var context = await Chromium.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = script,
                // The engine is a script, and our pages let none in.
                BypassCSP = forAxe,
                DeviceScaleFactor = scale,
                Locale = language ?? "en-US",
            }
        );
        // Other tests may have the cores.
        context.SetDefaultTimeout((float)patience.TotalMilliseconds);
        return new(context, await context.NewPageAsync(), url ?? Chromium.Url);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(Url + path);

    public async Task SignInAsync(string name = "alice")
    {
        await Page.GetByLabel("Name").FillAsync(name);
        await Page.GetByLabel("Password").FillAsync(name);
        await Button("Sign in").ClickAsync();
    }

    /// <summary>A request of demo-web, whose redirect leads to a page of the sample.</summary>
    public static string DemoRequest(string scope = "read write") => Request("demo-web", "http://localhost:5080/callback", scope);

    public static string Request(string client, string redirectUri, string scope = "read write") =>
        "/oauth2/authorize?response_type=code&state=the-state&code_challenge_method=S256&code_challenge="
        + $"{Challenge}&client_id={client}&scope={Uri.EscapeDataString(scope)}&redirect_uri={Uri.EscapeDataString(redirectUri)}";

    /// <summary>Registers a client as an app does; its id.</summary>
    public async Task<string> RegisterAsync(string name, string redirectUri, string? policyUri = null)
    {
        using var http = new HttpClient();
        var answer = await http.PostAsJsonAsync(
            Url + "/oauth2/register",
            new
            {
                client_name = name,
                redirect_uris = new[] { redirectUri },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
                policy_uri = policyUri,
            }
        );
        var json = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.Should().BeTrue(json);
        return JsonDocument.Parse(json).RootElement.GetProperty("client_id").GetString()!;
    }

    /// <summary>Catches what the browser sends to a client that is no server here; the address it was sent to.</summary>
    public async Task<Task<string>> CatchAsync(string prefix)
    {
        var caught = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Page.RouteAsync(
            u => u.StartsWith(prefix, StringComparison.Ordinal),
            async route =>
            {
                caught.TrySetResult(route.Request.Url);
                await route.FulfillAsync(new() { Body = "Back at the app.", ContentType = "text/plain" });
            }
        );
        return ArrivedAsync();

        // Sent is not arrived: the next step must not cut the navigation off.
        async Task<string> ArrivedAsync()
        {
            var sent = await caught.Task.WaitAsync(patience);
            for (var end = DateTime.UtcNow + patience; !Page.Url.StartsWith(prefix, StringComparison.Ordinal); await Task.Delay(50))
                DateTime.UtcNow.Should().BeBefore(end, "the browser goes to {0}, it is at {1}", prefix, Page.Url);
            return sent;
        }
    }

    /// <summary>Gets the tokens for the code that came back, so that the app is connected.</summary>
    public async Task RedeemAsync(string client, string redirectUri, string answer)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([
            KeyValuePair.Create("grant_type", "authorization_code"),
            KeyValuePair.Create("code", System.Web.HttpUtility.ParseQueryString(new Uri(answer).Query)["code"]!),
            KeyValuePair.Create("client_id", client),
            KeyValuePair.Create("redirect_uri", redirectUri),
            KeyValuePair.Create("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ]);
        using var tokens = await http.PostAsync(Url + "/oauth2/token", form);
        tokens.IsSuccessStatusCode.Should().BeTrue(await tokens.Content.ReadAsStringAsync());
    }

    /// <summary>No violation of WCAG 2.2 AA, nor of the engine's best practices.</summary>
    public async Task ShouldBeAccessibleAsync(string what)
    {
        var result = await Page.RunAxe(
            new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice") }
        );
        result
            .Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}")
            .Should()
            .BeEmpty("{0} is accessible", what);
        result.Passes.Should().NotBeEmpty();
    }

    /// <summary>Nothing sticks out to the right.</summary>
    public async Task ShouldFitAsync() =>
        (await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
            .Should()
            .BeTrue("the page does not scroll sideways");

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
