using System.Net;
using HQ.OAuth2.Tests;
using IdentitySignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace SignIn.Tests;

/// <summary>The sample with passwords, as docs/sign-in.md describes it. Passkeys need a browser: PasskeyTests of the browser tests.</summary>
internal sealed class IdentitySignInTests
{
    private const string Password = "Correct-horse-7";

    private readonly string path = Path.Combine(Path.GetTempPath(), $"hq-sign-in-{Guid.NewGuid():N}.db");
    private readonly TestClock clock = new();
    private WebApplicationFactory<AppDb> sample = null!;
    private Browser browser = null!;

    [SetUp]
    public void Start()
    {
        sample = Samples.Start<AppDb>(b =>
            b.UseSetting("ConnectionStrings:app", $"Data Source={path}")
                .ConfigureTestServices(s => s.AddSingleton<TimeProvider>(clock).AddSingleton<IStartupFilter, Refresh>())
        );
        browser = new((Browser.App, sample.Server.CreateHandler()));
    }

    [TearDown]
    public async Task StopAsync()
    {
        browser.Dispose();
        await sample.DisposeAsync();
        SqliteConnection.ClearAllPools();
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
    }

    [Test]
    public async Task A_user_of_several_teams_chooses_one_and_loses_it_with_the_membership()
    {
        await RegisterAsync("teams");
        using var scope = sample.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByEmailAsync("teams@example.com"))!;
        await users.AddClaimsAsync(user, [new(Teams.Claim, "red"), new(Teams.Claim, "blue")]);

        await browser.GoAsync(Browser.Authorize());
        browser.Html.Should().Contain("value=\"red\"").And.Contain("value=\"blue\"");
        (await browser.ApproveAsync(("organization", "blue"))).GetProperty("org_id").GetString().Should().Be("blue");
        (await browser.RefreshAsync()).TryGetProperty("access_token", out _).Should().BeTrue();

        await users.RemoveClaimAsync(user, new(Teams.Claim, "blue"));
        clock.Advance(TimeSpan.FromSeconds(31));
        (await browser.RefreshAsync()).GetProperty("error").GetString().Should().Be("invalid_grant");
    }

    [Test]
    public async Task A_new_password_ends_what_was_allowed_before()
    {
        await RegisterAsync("changes");
        await browser.GoAsync(Browser.Authorize());
        await browser.ApproveAsync();
        using var scope = sample.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByEmailAsync("changes@example.com"))!;
        clock.Advance(TimeSpan.FromSeconds(31));
        (await browser.RefreshAsync()).TryGetProperty("access_token", out _).Should().BeTrue();

        (await users.ChangePasswordAsync(user, Password, Password + "8")).Succeeded.Should().BeTrue();
        clock.Advance(TimeSpan.FromSeconds(31));

        (await browser.RefreshAsync()).GetProperty("error").GetString().Should().Be("invalid_grant");
    }

    [Test]
    public async Task A_new_user_registers_on_the_way_and_the_client_gets_a_token()
    {
        await browser.GoAsync(Browser.Authorize());
        AtLogin();
        await browser.GoAsync(browser.Link("Register"));
        await browser.PressAsync("Register", Credentials("alice"));
        browser.Html.Should().Contain("Signed in as <bdi>alice@example.com</bdi>");
        var token = await browser.ApproveAsync();
        SignedInAt(token).Should().Be(TestClock.Start);

        // The subject is the id of the user, which stays when the address changes.
        using var scope = sample.Services.CreateScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>().FindByEmailAsync("alice@example.com");
        token.GetProperty("sub").GetString().Should().Be(user!.Id);
    }

    [Test]
    public async Task Prompt_login_asks_each_time()
    {
        await RegisterAsync("alice");
        for (var time = 0; time < 2; time++)
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            await browser.GoAsync(Browser.Authorize("&prompt=login"));
            AtLogin();
            browser.Html.Should().Contain("You are signed in as alice@example.com.");
            clock.Advance(TimeSpan.FromSeconds(10));
            await browser.PressAsync("Sign in", Credentials("alice"));
            SignedInAt(await browser.ApproveAsync()).Should().Be(clock.Now);
        }
    }

    [Test]
    public async Task The_way_back_without_a_new_sign_in_ends_in_login_required()
    {
        await RegisterAsync("alice");
        clock.Advance(TimeSpan.FromMinutes(5));
        await browser.GoAsync(Browser.Authorize("&prompt=login"));
        await browser.GoAsync(System.Web.HttpUtility.ParseQueryString(browser.Address.Query)["ReturnUrl"]!);
        browser.Answer("error").Should().Be("login_required");
    }

    [TestCase("&prompt=select_account")]
    [TestCase("")]
    public async Task Another_account_answers_the_same_request(string more)
    {
        await RegisterAsync("bob");
        await RegisterAsync("alice");
        clock.Advance(TimeSpan.FromMinutes(5));
        await browser.GoAsync(Browser.Authorize(more));
        if (more.Length == 0)
        {
            browser.Html.Should().Contain("Signed in as <bdi>alice@example.com</bdi>");
            await browser.PressAsync("Use another account");
        }

        AtLogin();
        await browser.PressAsync("Sign in", Credentials("bob"));
        browser.Html.Should().Contain("Signed in as <bdi>bob@example.com</bdi>");
        SignedInAt(await browser.ApproveAsync()).Should().Be(clock.Now);
    }

    [Test]
    public async Task Another_account_ends_the_session_of_the_first_one()
    {
        await RegisterAsync("alice");
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("Use another account");
        AtLogin();
        await browser.GoAsync(Browser.App + "/");
        browser.Html.Should().Contain("You are not signed in.");
    }

    [Test]
    public async Task Max_age_counts_from_the_sign_in_however_often_the_cookie_is_renewed()
    {
        await RegisterAsync("alice");
        // Each visit after half an hour makes Identity read the user again and write the cookie anew.
        for (var visit = 0; visit < 3; visit++)
        {
            clock.Advance(TimeSpan.FromMinutes(40));
            await browser.GoAsync(Browser.App + "/");
        }

        await browser.GoAsync(Browser.App + "/refresh-sign-in");
        browser.Html.Should().Be("refreshed");
        await browser.GoAsync(Browser.Authorize("&max_age=7201"));
        SignedInAt(await browser.ApproveAsync()).Should().Be(TestClock.Start);
        await browser.GoAsync(Browser.Authorize("&max_age=7199"));
        AtLogin();
    }

    [TestCase("//evil.example")]
    [TestCase("https://evil.example/oauth2/")]
    [TestCase("/\\evil.example")]
    public async Task The_pages_lead_nowhere_else(string returnUrl)
    {
        await browser.GoAsync($"{Browser.App}/register?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await browser.PressAsync("Register", Credentials("alice"));
        browser.Address.Should().Be(Browser.App + "/passkeys");
        await browser.GoAsync($"{Browser.App}/login?returnUrl={Uri.EscapeDataString(returnUrl)}");
        await browser.PressAsync("Sign in", Credentials("alice"));
        browser.Address.Should().Be(Browser.App + "/");
    }

    [Test]
    public async Task A_passkey_that_is_none_gives_the_page_again(
        [Values("", "{}", "no JSON", "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}")] string credential,
        [Values] bool isUnderway
    )
    {
        await RegisterAsync("alice");
        await TryAsync("/passkeys", "?handler=Options", "Add a passkey");
        await TryAsync("/login", "?handler=PasskeyOptions", "Sign in with a passkey");
        // The page that is shown after the failure still takes the password.
        await browser.PressAsync("Sign in", Credentials("alice"));
        browser.Address.Should().Be(Browser.App + "/");

        async Task TryAsync(string page, string options, string button)
        {
            await browser.GoAsync(Browser.App + page);
            if (isUnderway)
            {
                await browser.PostAsync(options, button);
                browser.Html.Should().Contain("\"challenge\":");
                await browser.GoAsync(Browser.App + page);
            }

            await browser.PressAsync(button, ("credential", credential));
            browser.Status.Should().Be(HttpStatusCode.OK);
            browser.Html.Should().Contain("class=\"validation-summary-errors\"");
        }
    }

    [Test]
    public async Task A_wrong_password_gives_the_page_again_and_then_the_right_one_works()
    {
        await RegisterAsync("alice");
        await browser.GoAsync(Browser.App + "/");
        await browser.PressAsync("Sign out");
        browser.Html.Should().Contain("You are not signed in.");
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("Sign in", ("Email", "alice@example.com"), ("Password", "wrong"));
        browser.Html.Should().Contain("This did not work.");
        await browser.PressAsync("Sign in", Credentials("alice"));
        browser.IsAtConsent.Should().BeTrue();
    }

    private async Task RegisterAsync(string name)
    {
        await browser.GoAsync(Browser.App + "/register");
        await browser.PressAsync("Register", Credentials(name));
        browser.Address.Should().Be(Browser.App + "/passkeys", browser.Html);
    }

    private static (string, string)[] Credentials(string name) => [("Email", name + "@example.com"), ("Password", Password)];

    private void AtLogin() => browser.Address.OriginalString.Should().StartWith(Browser.App + "/login?", browser.Html);

    private static DateTimeOffset SignedInAt(System.Text.Json.JsonElement token) =>
        DateTimeOffset.FromUnixTimeSeconds(token.GetProperty("auth_time").GetInt64());

    /// <summary>What a page does after the user changed something of the account: the cookie is written anew.</summary>
    private sealed class Refresh : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (http, then) =>
                    {
                        if (http.Request.Path != "/refresh-sign-in")
                        {
                            await then(http);
                            return;
                        }

                        var signIn = http.RequestServices.GetRequiredService<SignInManager<AppUser>>();
                        var known = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
                        await signIn.RefreshSignInAsync((await signIn.UserManager.GetUserAsync(known.Principal!))!);
                        await http.Response.WriteAsync("refreshed");
                    }
                );
                next(app);
            };
    }
}
