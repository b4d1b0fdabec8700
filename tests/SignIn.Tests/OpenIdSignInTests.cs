using System.Net;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OpenIdSignIn.Demo;

namespace SignIn.Tests;

/// <summary>The sample with its demo provider, as docs/sign-in.md describes it.</summary>
internal sealed class OpenIdSignInTests
{
    private const string ProviderAddress = "https://provider.test";

    private readonly DemoProvider provider = new(ProviderAddress, Browser.App);
    private WebApplication providerApp = null!;
    private WebApplicationFactory<DemoProvider> sample = null!;
    private Network network = null!;
    private Browser browser = null!;

    [SetUp]
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        providerApp = builder.Build();
        provider.Map(providerApp);
        await providerApp.StartAsync();
        network = new(providerApp.GetTestServer().CreateHandler());
        sample = Samples.Start<DemoProvider>(b =>
            b.UseSetting("openid:authority", ProviderAddress)
                .UseSetting("openid:clientId", DemoProvider.ClientId)
                .UseSetting("openid:clientSecret", DemoProvider.ClientSecret)
                .ConfigureTestServices(services =>
                    services.Configure<OpenIdConnectOptions>(
                        OpenIdConnectDefaults.AuthenticationScheme,
                        o => o.BackchannelHttpHandler = network
                    )
                )
        );
        browser = new((Browser.App, sample.Server.CreateHandler()), (ProviderAddress, providerApp.GetTestServer().CreateHandler()));
    }

    [TearDown]
    public async Task StopAsync()
    {
        browser.Dispose();
        await sample.DisposeAsync();
        network.Dispose();
        await providerApp.DisposeAsync();
    }

    [Test]
    public async Task The_user_signs_in_at_the_provider_and_the_client_gets_a_token()
    {
        await browser.GoAsync(Browser.Authorize());
        AtProvider();
        provider.Requests.Single().Should().NotContainKeys("prompt", "max_age").And.ContainKey("code_challenge");
        await browser.PressAsync("alice");

        browser.Html.Should().Contain("Signed in as <bdi>alice</bdi>");
        var token = await browser.ApproveAsync();
        token.GetProperty("sub").GetString().Should().Be("alice");
        SignedInAt(token).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task A_user_whom_the_provider_knows_is_asked_by_nobody_and_the_token_has_the_time_of_the_provider()
    {
        await SignInAsync("alice");
        browser.Html.Should().Contain("You are signed in as alice.");
        provider.Age(TimeSpan.FromMinutes(10));
        LoseAppSession();

        await browser.GoAsync(Browser.Authorize());
        SignedInAt(await browser.ApproveAsync()).Should().BeBefore(DateTimeOffset.UtcNow.AddMinutes(-9));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Prompt_login_asks_each_time(bool hasSession)
    {
        await SignInAsync("alice");
        for (var time = 0; time < 2; time++)
        {
            provider.Age(TimeSpan.FromMinutes(10));
            if (!hasSession)
                LoseAppSession();
            provider.Requests.Clear();
            await browser.GoAsync(Browser.Authorize("&prompt=login"));
            AtProvider();
            provider.Requests.Single()["prompt"].Should().Be("login");
            await browser.PressAsync("alice");
            SignedInAt(await browser.ApproveAsync()).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        }
    }

    [Test]
    public async Task A_provider_that_does_not_heed_prompt_login_ends_in_login_required_and_not_in_a_loop()
    {
        await SignInAsync("alice");
        provider.Age(TimeSpan.FromMinutes(10));
        provider.HeedsPrompt = false;

        await browser.GoAsync(Browser.Authorize("&prompt=login"));
        browser.Answer("error").Should().Be("login_required");
    }

    [Test]
    public async Task A_provider_that_tells_no_time_is_believed()
    {
        provider.TellsSignInTime = false;
        await SignInAsync("alice");
        await browser.GoAsync(Browser.Authorize("&prompt=login"));
        await browser.PressAsync("alice");
        SignedInAt(await browser.ApproveAsync()).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Select_account_takes_an_account_that_is_signed_in_at_the_provider(bool hasSession)
    {
        await SignInAsync("bob");
        LoseAppSession();
        await browser.GoAsync(Browser.Authorize("&prompt=select_account"));
        await browser.PressAsync("alice");
        provider.Age(TimeSpan.FromMinutes(10));
        if (!hasSession)
            LoseAppSession();
        provider.Requests.Clear();

        await browser.GoAsync(Browser.Authorize("&prompt=select_account"));
        AtProvider();
        provider.Requests.Single()["prompt"].Should().Be("select_account");
        await browser.PressAsync("bob");
        var token = await browser.ApproveAsync();
        token.GetProperty("sub").GetString().Should().Be("bob");
        SignedInAt(token).Should().BeBefore(DateTimeOffset.UtcNow.AddMinutes(-9), "bob gave no password");
    }

    [Test]
    public async Task Another_account_on_the_consent_page_leads_to_the_accounts_of_the_provider()
    {
        await SignInAsync("alice");
        await browser.GoAsync(Browser.Authorize());
        provider.Requests.Clear();
        await browser.PressAsync("Use another account");
        AtProvider();
        provider.Requests.Single()["prompt"].Should().Be("select_account");

        await browser.PressAsync("bob");
        browser.Html.Should().Contain("Signed in as <bdi>bob</bdi>");
        (await browser.ApproveAsync()).GetProperty("sub").GetString().Should().Be("bob");
    }

    [Test]
    public async Task A_sign_in_that_is_older_than_max_age_is_made_again_and_a_younger_one_is_not()
    {
        await SignInAsync("alice");
        provider.Age(TimeSpan.FromMinutes(10));
        LoseAppSession();
        provider.Requests.Clear();

        await browser.GoAsync(Browser.Authorize("&max_age=3600"));
        browser.IsAtConsent.Should().BeTrue();
        provider.Requests.Single()["max_age"].Should().Be("3600");
        provider.Requests.Single().Should().NotContainKey("prompt");

        // The claim in the cookie of this host says it now.
        await browser.GoAsync(Browser.Authorize("&max_age=60"));
        AtProvider();
        provider.Requests.Last()["max_age"].Should().Be("60");
        await browser.PressAsync("alice");
        SignedInAt(await browser.ApproveAsync()).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task A_user_who_cancels_at_the_provider_sees_a_page_and_can_try_again()
    {
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("Cancel");
        browser.Status.Should().Be(HttpStatusCode.Forbidden);
        browser.Html.Should().Contain("You did not sign in.");

        await browser.GoAsync(browser.Link("Try again"));
        AtProvider();
        await browser.PressAsync("bob");
        (await browser.ApproveAsync()).GetProperty("sub").GetString().Should().Be("bob");
    }

    [Test]
    public async Task While_the_provider_cannot_be_reached_the_client_is_told_and_then_it_works_again()
    {
        network.IsDown = true;
        await browser.GoAsync(Browser.Authorize());
        browser.Answer("error").Should().Be("temporarily_unavailable");
        browser.Answer("state").Should().Be("s1");

        network.IsDown = false;
        await browser.GoAsync(Browser.Authorize());
        AtProvider();
    }

    [Test]
    public async Task A_provider_that_fails_after_the_sign_in_gives_a_page()
    {
        provider.IsDown = true;
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("alice");
        browser.Status.Should().Be(HttpStatusCode.BadGateway);
        browser.Html.Should().Contain("The sign-in did not work.");

        provider.IsDown = false;
        await browser.GoAsync(browser.Link("Try again"));
        browser.IsAtConsent.Should().BeTrue();
    }

    [Test]
    public async Task An_answer_that_belongs_to_no_sign_in_of_this_browser_gives_a_page()
    {
        await browser.GoAsync(Browser.Authorize());
        LoseAppSession();
        await browser.PressAsync("alice");
        browser.Status.Should().Be(HttpStatusCode.BadGateway);
        await browser.GoAsync(Browser.App + "/signin-oidc?code=x&state=y");
        browser.Status.Should().Be(HttpStatusCode.BadGateway);
    }

    [TestCase("//evil.example")]
    [TestCase("https://evil.example/oauth2/")]
    [TestCase("/\\evil.example")]
    [TestCase("javascript:alert(1)")]
    public async Task The_link_of_a_failure_leads_nowhere_else(string returnUrl)
    {
        foreach (var page in new[] { "/sign-in-denied", "/sign-in-failed" })
        {
            await browser.GoAsync($"{Browser.App}{page}?returnUrl={Uri.EscapeDataString(returnUrl)}");
            browser.Link("Try again").Should().Be("/");
        }
    }

    [Test]
    public async Task Signing_out_ends_the_session_here_and_at_the_provider()
    {
        await SignInAsync("alice");
        await browser.PressAsync("Sign out");
        browser.Html.Should().Contain("You are not signed in.");
        await browser.GoAsync(Browser.Authorize());
        AtProvider();
    }

    [Test]
    public void Outside_Development_a_start_without_a_provider_names_the_key()
    {
        using var bare = new WebApplicationFactory<DemoProvider>().WithWebHostBuilder(b => b.UseEnvironment("Production"));
        FluentActions.Invoking(() => bare.Server).Should().Throw<InvalidOperationException>().WithMessage("openid:authority is not set*");
    }

    private async Task SignInAsync(string user)
    {
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync(user);
        browser.IsAtConsent.Should().BeTrue();
        await browser.GoAsync(Browser.App + "/");
    }

    /// <summary>The session of the app ends, the one of the provider does not.</summary>
    private void LoseAppSession() => browser.ForgetCookies(Browser.App);

    private void AtProvider() => browser.Address.OriginalString.Should().StartWith(ProviderAddress + "/authorize?", browser.Html);

    private static DateTimeOffset SignedInAt(System.Text.Json.JsonElement token) =>
        DateTimeOffset.FromUnixTimeSeconds(token.GetProperty("auth_time").GetInt64());

    private sealed class Network(HttpMessageHandler provider) : DelegatingHandler(provider)
    {
        public bool IsDown { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            IsDown ? throw new HttpRequestException("Connection refused.") : base.SendAsync(request, cancellationToken);
    }
}
