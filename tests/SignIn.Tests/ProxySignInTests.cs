using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProxySignIn;
using ProxySignIn.Demo;

namespace SignIn.Tests;

/// <summary>The sample behind its demo proxy, as docs/sign-in.md describes it. The app itself is at another address, which a client might find.</summary>
internal sealed class ProxySignInTests
{
    private const string Direct = "https://inside.test";
    private const string Secret = "a secret of the demo, no more";
    private const string From = "X-Test-From";

    private WebApplicationFactory<ProxySignInOptions> sample = null!;
    private WebApplication proxyApp = null!;
    private DemoProxy proxy = null!;
    private Browser browser = null!;

    [SetUp]
    public async Task StartAsync()
    {
        sample = Samples.Start<ProxySignInOptions>(b =>
            b.UseEnvironment("Production").ConfigureTestServices(s => s.AddSingleton<IStartupFilter, Connections>())
        );
        var app = sample.Server.CreateHandler();
        proxy = new(new HttpMessageInvoker(new Connection("127.0.0.1", app)), new Uri(Direct), Secret);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        proxyApp = builder.Build();
        proxy.Map(proxyApp);
        await proxyApp.StartAsync();
        browser = new((Browser.App, proxyApp.GetTestServer().CreateHandler()), (Direct, sample.Server.CreateHandler()));
    }

    [TearDown]
    public async Task StopAsync()
    {
        browser.Dispose();
        await proxyApp.DisposeAsync();
        await sample.DisposeAsync();
    }

    [Test]
    public async Task The_user_signs_in_at_the_proxy_and_the_client_gets_a_token()
    {
        await browser.GoAsync(Browser.Authorize());
        AtProxy();
        await browser.PressAsync("alice");
        browser.Html.Should().Contain("Signed in as <bdi>alice</bdi>");
        (await browser.ApproveAsync()).GetProperty("sub").GetString().Should().Be("alice");
    }

    [TestCase("&prompt=login")]
    [TestCase("&prompt=select_account")]
    [TestCase("&max_age=60")]
    public async Task A_new_sign_in_ends_the_session_at_the_proxy_each_time(string more)
    {
        await SignInAsync("alice");
        foreach (var user in new[] { "bob", "alice" })
        {
            await browser.GoAsync(Browser.Authorize(more));
            AtProxy();
            await browser.PressAsync(user);
            (await browser.ApproveAsync()).GetProperty("sub").GetString().Should().Be(user);
        }
    }

    [Test]
    public async Task Another_account_on_the_consent_page_leads_to_the_sign_in_of_the_proxy()
    {
        await SignInAsync("alice");
        await browser.PressAsync("Use another account");
        AtProxy();
        await browser.PressAsync("bob");
        (await browser.ApproveAsync()).GetProperty("sub").GetString().Should().Be("bob");
    }

    [Test]
    public async Task Signing_out_ends_the_session_at_the_proxy()
    {
        await SignInAsync("alice");
        await browser.GoAsync(Browser.App + "/");
        browser.Html.Should().Contain("You are signed in as alice.");
        await browser.PressAsync("Sign out");
        browser.Html.Should().Contain("You are not signed in.");
    }

    [TestCase("203.0.113.9", Secret, "alice")]
    [TestCase("127.0.0.1", "another secret of the same len", "alice")]
    [TestCase("127.0.0.1", null, "alice")]
    [TestCase("127.0.0.1", Secret, "alice,bob")]
    [TestCase("127.0.0.1", Secret, "alice", "bob")]
    [TestCase(null, Secret, "alice")]
    public async Task A_header_that_is_not_the_proxys_is_ignored(string? from, string? secret, params string[] users)
    {
        (string, string)[] sent =
        [
            .. users.Select(u => ("X-Forwarded-User", u)),
            .. from is null ? Array.Empty<(string, string)>() : [(From, from)],
            .. secret is null ? Array.Empty<(string, string)>() : [("X-Proxy-Secret", secret)],
        ];
        await browser.GoAsync(Direct + "/", sent);
        browser.Html.Should().Contain("You are not signed in.");

        await browser.GoAsync(Browser.Authorize().Replace(Browser.App, Direct, StringComparison.Ordinal), sent);
        browser.Status.Should().Be(HttpStatusCode.Forbidden);
        browser.Html.Should().StartWith("The sign-in of the proxy does not count here.");
        browser.IsAtConsent.Should().BeFalse();
    }

    [Test]
    public async Task An_empty_header_names_nobody()
    {
        await browser.GoAsync(
            Browser.Authorize().Replace(Browser.App, Direct, StringComparison.Ordinal),
            (From, "127.0.0.1"),
            ("X-Forwarded-User", ""),
            ("X-Proxy-Secret", Secret)
        );
        browser.Address.OriginalString.Should().StartWith(Direct + "/proxy/sign_in?rd=%2Foauth2%2Fauthorize");
    }

    [TestCase("127.0.0.1")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("::1")]
    public async Task The_header_of_the_proxy_counts(string from)
    {
        await browser.GoAsync(Direct + "/", (From, from), ("X-Forwarded-User", "carol"), ("X-Proxy-Secret", Secret));
        browser.Html.Should().Contain("You are signed in as carol.");
    }

    [Test]
    public async Task A_header_that_a_client_sends_through_the_proxy_is_ignored()
    {
        await browser.GoAsync(Browser.Authorize(), ("X-Forwarded-User", "alice"), ("X-Proxy-Secret", Secret));
        AtProxy();
    }

    [Test]
    public async Task A_proxy_that_sends_no_header_gives_a_page_and_no_loop()
    {
        proxy.SendsUser = false;
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("alice");
        browser.Status.Should().Be(HttpStatusCode.Forbidden);
        browser.Html.Should().Be("You come from the sign-in of the proxy, and its header X-Forwarded-User did not arrive.");
    }

    [Test]
    public async Task A_proxy_with_another_secret_gives_a_page_and_no_loop()
    {
        proxy.Secret = "the secret of another app";
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync("alice");
        browser.Status.Should().Be(HttpStatusCode.Forbidden);
        browser.Html.Should().StartWith("The sign-in of the proxy does not count here.");
    }

    [TestCase("proxy:addresses:0", "10.0.0.0/8", "proxy:addresses")]
    [TestCase("proxy:secret", "short", "proxy:secret")]
    [TestCase("proxy:signInUrl", "/proxy/sign_in", "proxy:signInUrl")]
    [TestCase("proxy:signOutUrl", "", "proxy:signOutUrl")]
    public void A_start_names_the_key_that_is_wrong(string key, string value, string named)
    {
        var failures = new Failures();
        using var wrong = Samples.Start<ProxySignInOptions>(b =>
            b.UseEnvironment("Production").UseSetting(key, value).ConfigureLogging(logging => logging.AddProvider(failures))
        );

        // The host may be disposed before the factory looks at it, so the exception is not always that of the start; the log has it.
        FluentActions.Invoking(() => wrong.Server).Should().Throw<Exception>();
        failures.Messages.Should().Contain(message => message.Contains($"{named} must "));
    }

    [Test]
    public async Task A_proxy_whose_sign_in_is_on_another_host_returns_to_the_public_address()
    {
        await using var other = sample.WithWebHostBuilder(b =>
            b.UseSetting("proxy:publicUrl", Browser.App)
                .UseSetting("proxy:signInUrl", "https://auth.test/?rd={returnUrl}")
                .UseSetting("proxy:signOutUrl", "https://auth.test/logout?rd={returnUrl}")
        );
        using var there = new Browser((Browser.App, other.Server.CreateHandler()));
        await there.GoAsync(Browser.Authorize());
        there.Address.OriginalString.Should().StartWith("https://auth.test/?rd=https%3A%2F%2Fapp.test%2Foauth2%2Fauthorize%3F");

        await there.GoAsync(
            Browser.Authorize("&prompt=login"),
            (From, "127.0.0.1"),
            ("X-Forwarded-User", "alice"),
            ("X-Proxy-Secret", Secret)
        );
        there
            .Address.OriginalString.Should()
            .StartWith(
                "https://auth.test/logout?rd=https%3A%2F%2Fauth.test%2F%3Frd%3Dhttps%253A%252F%252Fapp.test%252Foauth2%252Fauthorize"
            );
    }

    private async Task SignInAsync(string user)
    {
        await browser.GoAsync(Browser.Authorize());
        await browser.PressAsync(user);
        browser.IsAtConsent.Should().BeTrue(browser.Html);
    }

    private void AtProxy() => browser.Address.OriginalString.Should().StartWith(Browser.App + "/proxy/sign_in?rd=", browser.Html);

    /// <summary>A connection from an address.</summary>
    private sealed class Connection(string address, HttpMessageHandler app) : DelegatingHandler(app)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add(From, address);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Connections : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (http, then) =>
                    {
                        http.Connection.RemoteIpAddress = IPAddress.TryParse(http.Request.Headers[From], out var address) ? address : null;
                        return then(http);
                    }
                );
                next(app);
            };
    }

    /// <summary>The exceptions that a host logged.</summary>
    private sealed class Failures : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (exception is not null)
                Messages.Enqueue(exception.Message);
        }

        public void Dispose() { }
    }
}
