using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>APIs and tools that need a sign-in of some kind (RFC 9470 §3).</summary>
internal sealed class AcrDemandTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            parts: p => p.AddAuthenticationContexts<UserNames>(ServiceLifetime.Singleton),
            map: host =>
            {
                host.MapGet("/api/mfa", (ClaimsPrincipal user) => user.FindFirstValue("acr")).RequireScope("read").RequireAcr("phr", "mfa");
                host.MapGet("/api/only", () => "only").RequireScope("read").RequireAcr("phr", "mfa").RequireAcr("mfa", "pwd");
                host.MapGet("/api/more", () => "more").RequireScope("delete").RequireAcr("mfa");
                host.MapGet("/api/fresh", () => "fresh").RequireScope("read").RequireAcr("mfa").RequireFreshLogin(TimeSpan.FromMinutes(5));
                host.MapPost("/mcp", () => "called").RequireScope("read").RequireToolAcr("delete_notes", "mfa");
            }
        );

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_sign_in_of_another_kind_is_challenged_with_the_kinds()
    {
        var refused = await app.GetAsync("/api/mfa", await TokenAsync("pwd"));

        refused.Status.Should().Be(401);
        refused
            .Header("WWW-Authenticate")
            .Should()
            .Contain("error=\"insufficient_user_authentication\"")
            .And.Contain("acr_values=\"phr mfa\"")
            .And.Contain("scope=\"read\"")
            .And.Contain("resource_metadata=")
            .And.NotContain("max_age");
    }

    [Test]
    public async Task One_of_the_kinds_is_enough_and_the_user_has_the_claim()
    {
        var answer = await app.GetAsync("/api/mfa", await TokenAsync("mfa"));

        (answer.Status, answer.Body).Should().Be((200, "mfa"));
    }

    [Test]
    public async Task A_token_that_does_not_say_is_not_enough()
    {
        (await app.GetAsync("/api/mfa", await TokenAsync("nobody"))).Status.Should().Be(401);
        var machine = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "client_credentials"),
            ("basic", "web:" + TestApp.WebSecret),
            ("scope", "read")
        );
        (await app.GetAsync("/api/mfa", machine.Text("access_token"))).Header("WWW-Authenticate").Should().Contain("acr_values=");
    }

    [Test]
    public async Task Two_demands_are_met_by_a_kind_that_both_name()
    {
        var refused = await app.GetAsync("/api/only", await TokenAsync("pwd"));

        refused.Status.Should().Be(401);
        refused.Header("WWW-Authenticate").Should().Contain("acr_values=\"mfa\"");
        (await app.GetAsync("/api/only", await TokenAsync("mfa"))).Status.Should().Be(200);
    }

    [Test]
    public async Task Too_little_scope_is_said_first()
    {
        var refused = await app.GetAsync("/api/more", await TokenAsync("pwd"));

        refused.Status.Should().Be(403);
        refused.Header("WWW-Authenticate").Should().Contain("insufficient_scope").And.NotContain("acr_values");
    }

    [Test]
    public async Task Kind_and_age_are_said_together()
    {
        var refused = await app.GetAsync("/api/fresh", await TokenAsync("mfa"));

        refused.Status.Should().Be(401, "this host says no time");
        refused.Header("WWW-Authenticate").Should().Contain("acr_values=\"mfa\"").And.Contain("max_age=\"300\"");
    }

    [Test]
    public async Task A_tool_demands_a_kind_and_the_others_do_not()
    {
        var token = await TokenAsync("pwd");
        (await app.CallToolAsync("list_notes", token)).Status.Should().Be(200);

        var refused = await app.CallToolAsync("delete_notes", token);

        refused.Status.Should().Be(401);
        refused.Header("WWW-Authenticate").Should().Contain("insufficient_user_authentication").And.Contain("acr_values=\"mfa\"");
        (await app.CallToolAsync("delete_notes", await TokenAsync("mfa"))).Status.Should().Be(200);
    }

    [Test]
    public async Task The_introspection_scheme_sees_the_same()
    {
        await using var api = await TestApp.StartAsync(
            host: h =>
                h.Services.AddAuthentication()
                    .AddHqOAuth2Introspection(
                        "remote",
                        o =>
                        {
                            o.Issuer = TestApp.Issuer;
                            o.Resources.Add(TestApp.Issuer);
                            (o.ClientId, o.ClientSecret) = ("machine", TestApp.WebSecret);
                            o.Backchannel = app.NewHttpClient();
                        }
                    ),
            map: a =>
                a.MapGet("/api/remote", () => "remote")
                    .RequireAuthorization(p => p.AddAuthenticationSchemes("remote").RequireScope("read").RequireAcr("mfa"))
        );

        (await api.GetAsync("/api/remote", await TokenAsync("mfa"))).Status.Should().Be(200);
        (await api.GetAsync("/api/remote", await TokenAsync("pwd"))).Header("WWW-Authenticate").Should().Contain("acr_values=\"mfa\"");
    }

    [TestCase]
    [TestCase("two words")]
    [TestCase("a\"")]
    [TestCase("")]
    public void A_kind_that_no_token_can_have_is_refused_when_the_host_is_built(params string[] contexts)
    {
        var policy = () => new AuthorizationPolicyBuilder().RequireAcr(contexts);

        policy.Should().Throw<ArgumentException>();
    }

    private async Task<string> TokenAsync(string user)
    {
        var code = (await app.NewBrowser(user).ApproveAsync(TestApp.AuthorizeUrl("spa"))).LocationParameter("code")!;
        return (await app.RedeemAsync("spa", code)).Text("access_token")!;
    }

    /// <summary>A user's name says how the user signs in.</summary>
    private sealed class UserNames : IAuthenticationContexts
    {
        public IReadOnlyList<string> Supported { get; } = ["mfa", "pwd"];

        public ValueTask<string?> FindAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct) =>
            new(user.Identity!.Name is { } name && Supported.Contains(name, StringComparer.Ordinal) ? name : null);
    }
}
