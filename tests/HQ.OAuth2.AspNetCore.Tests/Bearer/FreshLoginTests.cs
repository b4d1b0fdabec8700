using System.Globalization;
using System.Security.Claims;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>APIs and tools that need a sign-in of a few minutes ago (RFC 9470).</summary>
internal sealed class FreshLoginTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            host: builder => builder.Services.AddSingleton<IClaimsTransformation>(new SignInTimes()),
            map: host =>
            {
                host.MapGet("/api/fresh", () => "fresh").RequireScope("read").RequireFreshLogin(TimeSpan.FromMinutes(5));
                host.MapGet("/api/both", () => "both").RequireScope("delete").RequireFreshLogin(TimeSpan.FromMinutes(5));
                host.MapPost("/mcp", () => "called")
                    .RequireScope("read")
                    .RequireToolScope("delete_notes", "write")
                    .RequireToolFreshLogin("delete_notes", TimeSpan.FromMinutes(1));
            }
        );

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_sign_in_that_is_too_old_is_challenged_with_the_age()
    {
        var tokens = await TokensAsync();
        (await app.GetAsync("/api/fresh", tokens)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        (await app.GetAsync("/api/fresh", tokens)).Status.Should().Be(200, "five minutes are not too old");
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        var refused = await app.GetAsync("/api/fresh", tokens);

        refused.Status.Should().Be(401);
        refused
            .Header("WWW-Authenticate")
            .Should()
            .Contain("error=\"insufficient_user_authentication\"")
            .And.Contain("max_age=\"300\"")
            .And.Contain("scope=\"read\"")
            .And.Contain("resource_metadata=");
    }

    [Test]
    public async Task Too_little_scope_is_said_first()
    {
        var tokens = await TokensAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        var refused = await app.GetAsync("/api/both", tokens);

        refused.Status.Should().Be(403);
        refused.Header("WWW-Authenticate").Should().Contain("insufficient_scope").And.NotContain("max_age");
    }

    [Test]
    public async Task A_client_by_itself_has_no_sign_in()
    {
        var tokens = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "client_credentials"),
            ("basic", "web:" + TestApp.WebSecret),
            ("scope", "read")
        );

        (await app.GetAsync("/api/fresh", tokens.Text("access_token")))
            .Header("WWW-Authenticate")
            .Should()
            .Contain("insufficient_user_authentication");
    }

    [Test]
    public async Task A_tool_that_destroys_needs_a_sign_in_of_now_and_the_others_do_not()
    {
        var tokens = await TokensAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(2));

        (await app.CallToolAsync("list_notes", tokens)).Status.Should().Be(200);
        var refused = await app.CallToolAsync("delete_notes", tokens);

        refused.Status.Should().Be(401);
        refused.Header("WWW-Authenticate").Should().Contain("insufficient_user_authentication").And.Contain("max_age=\"60\"");
    }

    [Test]
    public void An_age_that_no_sign_in_can_have_is_refused_when_the_host_is_built()
    {
        var policy = () => new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireFreshLogin(TimeSpan.Zero);

        policy.Should().Throw<ArgumentOutOfRangeException>();
    }

    private async Task<string> TokensAsync()
    {
        var browser = app.NewBrowser();
        var code = (await browser.ApproveAsync(TestApp.AuthorizeUrl("spa"))).LocationParameter("code")!;
        return (await app.RedeemAsync("spa", code)).Text("access_token")!;
    }

    /// <summary>The host's session says when the user signed in: at the start of the clock.</summary>
    private sealed class SignInTimes : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            // A transformation sees the users of bearer schemes too.
            if (principal.Identity?.AuthenticationType == "Test" && principal.FindFirst("auth_time") is null)
                principal.AddIdentity(new([new("auth_time", TestClock.Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))]));
            return Task.FromResult(principal);
        }
    }
}
