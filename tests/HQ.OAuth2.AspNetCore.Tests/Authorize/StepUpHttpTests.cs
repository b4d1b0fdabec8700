using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary><c>acr_values</c> (RFC 9470 §4 to §7) on a host whose sign-in reaches pwd and mfa.</summary>
internal sealed class StepUpHttpTests
{
    private TestApp app = null!;
    private Browser browser = null!;
    private readonly List<string?> told = [];
    private readonly Kinds kinds = new();

    [SetUp]
    public async Task StartAsync()
    {
        told.Clear();
        (kinds.IsAway, kinds.Answer) = (false, null);
        app = await StartAsync(parts => parts.Services.AddSingleton<IAuthenticationContexts>(kinds));
        browser = app.NewBrowser(user: null);
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_user_with_a_password_is_sent_for_the_second_factor_once_and_the_tokens_say_so()
    {
        await EnterAsync("pwd");
        var back = (await browser.GetAsync(Url("mfa"))).ReturnUrlOfCookie();
        told.Should().Equal("mfa");
        await EnterAsync("mfa");

        var answer = await browser.PressAsync(await browser.GetAsync(back), "approve");
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var refreshed = await app.RefreshAsync("web", tokens.Text("refresh_token")!);

        foreach (var token in new[] { tokens.Text("access_token"), refreshed.Text("access_token"), refreshed.Text("refresh_token") })
            (await app.PostAsync("/oauth2/introspect", [("token", token!), .. TestApp.Credentials("web")])).Text("acr").Should().Be("mfa");
        Jwt.Part(tokens.Text("access_token")!, 1)["acr"]!.GetValue<string>().Should().Be("mfa");
        told.Should().HaveCount(1);
    }

    [Test]
    public async Task A_host_that_returns_with_the_same_sign_in_is_not_asked_again()
    {
        await EnterAsync("pwd");
        var back = (await browser.GetAsync(Url("mfa"))).ReturnUrlOfCookie();

        (await browser.GetAsync(back)).ShouldBeErrorRedirect("unmet_authentication_requirements");
        told.Should().HaveCount(1);
    }

    [Test]
    public async Task A_user_without_a_session_is_sent_to_the_right_sign_in_and_not_in_a_loop()
    {
        var back = (await browser.GetAsync(Url("mfa pwd"))).ReturnUrlOfCookie();
        told.Should().Equal("mfa pwd");
        await EnterAsync("pwd");
        (await browser.GetAsync(back)).IsConsentPage().Should().BeTrue("pwd is one of the two");

        back = (await browser.GetAsync(Url("mfa"))).ReturnUrlOfCookie();
        (await browser.GetAsync(back)).ShouldBeErrorRedirect("unmet_authentication_requirements");
    }

    [Test]
    public async Task What_the_host_cannot_reach_is_refused_before_anybody_signs_in()
    {
        (await browser.GetAsync(Url("gold"))).ShouldBeErrorRedirect("unmet_authentication_requirements");
        await EnterAsync("pwd");
        (await browser.GetAsync(Url("gold"))).ShouldBeErrorRedirect("unmet_authentication_requirements");
        told.Should().BeEmpty();
    }

    [Test]
    public async Task Prompt_none_never_leads_to_the_sign_in()
    {
        await EnterAsync("pwd");
        (await browser.GetAsync(Url("mfa", ("prompt", "none")))).ShouldBeErrorRedirect("login_required");
        told.Should().BeEmpty();
    }

    [Test]
    public async Task A_remembered_consent_does_not_skip_the_step_up()
    {
        await EnterAsync("pwd");
        (await browser.ApproveAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull("the consent is remembered");

        var back = (await browser.GetAsync(Url("mfa"))).ReturnUrlOfCookie();
        await EnterAsync("mfa");
        var code = (await browser.GetAsync(back)).LocationParameter("code");
        var tokens = await app.RedeemAsync("web", code!);
        Jwt.Part(tokens.Text("access_token")!, 1)["acr"]!.GetValue<string>().Should().Be("mfa");
    }

    [Test]
    public async Task A_form_does_not_approve_after_the_session_has_become_weaker()
    {
        await EnterAsync("mfa");
        var page = await browser.GetAsync(Url("mfa"));
        await EnterAsync("pwd");

        (await browser.PressAsync(page, "approve")).LocationParameter("code").Should().BeNull();
    }

    [Test]
    public async Task A_new_sign_in_and_a_kind_of_it_are_asked_for_together()
    {
        await EnterAsync("pwd");
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var url = Url("mfa", ("max_age", "60"));
        var back = (await browser.GetAsync(url)).ReturnUrlOfCookie();
        await EnterAsync("mfa");
        (await browser.GetAsync(back)).IsConsentPage().Should().BeTrue();

        app.Clock.Advance(TimeSpan.FromMinutes(5));
        back = (await browser.GetAsync(url)).ReturnUrlOfCookie();
        (await browser.GetAsync(back)).ShouldBeErrorRedirect("login_required");
        await EnterAsync("pwd");
        (await browser.GetAsync(back)).ShouldBeErrorRedirect("unmet_authentication_requirements");
        told.Should().Equal("mfa", "mfa");
    }

    [Test]
    public async Task Another_account_is_asked_for_with_the_same_kind_of_sign_in()
    {
        await EnterAsync("mfa");
        await browser.PressAsync(await browser.GetAsync(Url("mfa")), "switch_account");

        told.Should().Equal("mfa");
    }

    [TestCase("a\"b")]
    [TestCase("1 2 3 4 5 6 7 8 9 10 11")]
    public async Task Malformed_values_are_an_invalid_request(string values) =>
        (await browser.GetAsync(Url(values))).ShouldBeErrorRedirect("invalid_request");

    [Test]
    public async Task A_token_says_what_was_reached_when_nothing_was_asked()
    {
        await EnterAsync("pwd");
        var answer = await browser.ApproveAsync(TestApp.AuthorizeUrl("web"));

        (await app.IntrospectAsync((await app.RedeemAsync("web", answer.LocationParameter("code")!)).Text("access_token")!))
            .Text("acr")
            .Should()
            .Be("pwd");
    }

    [Test]
    public async Task The_metadata_names_the_contexts() =>
        (await app.GetAsync("/.well-known/oauth-authorization-server"))
            .Json.GetProperty("acr_values_supported")
            .ToString()
            .Should()
            .Be("""["mfa","pwd"]""");

    [Test]
    public async Task A_host_that_does_not_answer_is_no_yes()
    {
        await EnterAsync("mfa");
        kinds.IsAway = true;
        (await browser.GetAsync(Url("mfa"))).ShouldBeErrorRedirect("temporarily_unavailable");

        kinds.IsAway = false;
        kinds.Answer = "two words";
        (await browser.GetAsync(Url("mfa"))).ShouldBeErrorRedirect("server_error");
    }

    [Test]
    public async Task Without_the_seam_the_parameter_has_no_effect()
    {
        await using var plain = await StartAsync(parts: null);
        var user = plain.NewBrowser(user: null);
        (await user.GetAsync("/enter?kind=pwd")).Status.Should().Be(200);
        var answer = await user.ApproveAsync(Url("mfa \""));
        var tokens = await plain.RedeemAsync("web", answer.LocationParameter("code")!);

        Jwt.Part(tokens.Text("access_token")!, 1).ContainsKey("acr").Should().BeFalse();
        (await plain.IntrospectAsync(tokens.Text("access_token")!)).Text("acr").Should().BeNull();
        (await plain.GetAsync("/.well-known/oauth-authorization-server")).Text("acr_values_supported").Should().BeNull();
        (await plain.NewBrowser(user: null).GetAsync(Url("mfa"))).ReturnUrlOfCookie().Should().Contain("acr_values=mfa");
        told.Should().Equal((string?)null);
    }

    [Test]
    public async Task Claims_of_the_host_do_not_replace_what_was_reached()
    {
        await using var claiming = await StartAsync(parts =>
            parts.AddTokenClaims<OwnContext>().Services.AddSingleton<IAuthenticationContexts>(kinds)
        );
        var user = claiming.NewBrowser(user: null);
        (await user.GetAsync("/enter?kind=pwd")).Status.Should().Be(200);
        var answer = await user.ApproveAsync(TestApp.AuthorizeUrl("web"));
        (await claiming.RedeemAsync("web", answer.LocationParameter("code")!)).Status.Should().Be(500);
    }

    private Task<TestApp> StartAsync(Action<HqOAuth2Builder>? parts) =>
        TestApp.StartAsync(
            o => o.AuthenticationScheme = "Cookies",
            parts,
            host: h => h.Services.AddAuthentication().AddCookie("Cookies", AddCookie),
            map: a => a.MapGet("/enter", (HttpContext http, string kind) => http.SignInAsync("Cookies", User(kind)))
        );

    private void AddCookie(CookieAuthenticationOptions options)
    {
        options.LoginPath = "/login";
        options.Events.OnRedirectToLogin = context =>
        {
            told.Add(context.Properties.GetParameter<string>("acr_values"));
            context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
    }

    private static ClaimsPrincipal User(string kind) =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Name, "alice"), new("kind", kind)], "Cookies"));

    private async Task EnterAsync(string kind) => (await browser.GetAsync("/enter?kind=" + kind)).Status.Should().Be(200);

    private static string Url(string acrValues, params (string Name, string? Value)[] more) =>
        TestApp.AuthorizeUrl("web", [("acr_values", acrValues), .. more]);

    /// <summary>A session has the kind of its claim.</summary>
    private sealed class Kinds : IAuthenticationContexts
    {
        public bool IsAway { get; set; }

        public string? Answer { get; set; }

        public IReadOnlyList<string> Supported { get; } = ["mfa", "pwd"];

        public ValueTask<string?> FindAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct) =>
            IsAway ? throw new IOException("The directory is away.") : new(Answer ?? user.FindFirstValue("kind"));
    }

    private sealed class OwnContext : ITokenClaims
    {
        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
        {
            claims.Add("acr", "gold");
            return default;
        }
    }
}
