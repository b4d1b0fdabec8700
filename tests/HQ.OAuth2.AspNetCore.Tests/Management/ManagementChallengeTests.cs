using System.Net;
using System.Security.Claims;
using HQ.OAuth2.AspNetCore.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A call of the management API without the right session, at a host whose cookie redirects to pages.</summary>
internal sealed class ManagementChallengeTests
{
    private const string Apps = "/api/v0/oauth2/apps";

    [Test]
    public async Task A_call_without_a_session_is_401_and_one_of_another_user_403()
    {
        await using var app = await StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            var nobody = await SendAsync(app, method, Apps, cookie: null);
            nobody.ShouldBeProblem(401, "HQ1046");
            nobody.Location.Should().BeNull();
        }

        var bob = await SignInAsync(app, "bob");
        var refused = await SendAsync(app, HttpMethod.Get, Apps, bob);
        (refused.Status, refused.Location).Should().Be((403, null));

        (await SendAsync(app, HttpMethod.Get, Apps, await SignInAsync(app, "alice"))).Status.Should().Be(200);
    }

    [TestCase(302)]
    [TestCase(303)]
    public async Task A_redirect_to_sign_in_becomes_401(int status)
    {
        await using var app = await StartAsync(status);

        var nobody = await SendAsync(app, HttpMethod.Get, Apps, cookie: null);

        nobody.ShouldBeProblem(401, "HQ1046");
        nobody.Location.Should().BeNull();
        (await SendAsync(app, HttpMethod.Get, "/page", cookie: null)).Status.Should().Be(status, "the host's own pages redirect");
    }

    [TestCase(307)]
    [TestCase(308)]
    public async Task A_redirect_to_https_stays_one(int status)
    {
        await using var host = await RealHost.StartAsync(
            "",
            app =>
            {
                app.UseHttpsRedirection();
                app.UseAuthentication();
                app.UseAuthorization();
                RealHost.MapAll(app);
            },
            b => b.Services.AddHttpsRedirection(o => (o.RedirectStatusCode, o.HttpsPort) = (status, 443))
        );

        var redirected = await host.GetAsync("http://host.example.com" + Apps);

        (redirected.Status, redirected.Location, redirected.Body).Should().Be((status, RealHost.Origin + Apps, ""));
        (await host.GetAsync(RealHost.Origin + Apps)).ShouldBeProblem(401, "HQ1046");
    }

    [Test]
    public async Task The_hosts_other_endpoints_go_on_redirecting()
    {
        await using var app = await StartAsync();

        (await SendAsync(app, HttpMethod.Get, "/page", cookie: null)).Location.Should().Contain("/login");
        (await SendAsync(app, HttpMethod.Get, "/page", await SignInAsync(app, "bob"))).Location.Should().Contain("/denied");
    }

    private static Task<TestApp> StartAsync(int redirect = 302) =>
        TestApp.StartAsync(
            o => o.AuthenticationScheme = "Cookies",
            host: b =>
            {
                b.Services.AddAuthentication("Cookies")
                    .AddCookie(
                        "Cookies",
                        o =>
                        {
                            o.LoginPath = "/login";
                            o.AccessDeniedPath = "/denied";
                            o.Events.OnRedirectToLogin = context =>
                            {
                                (context.Response.StatusCode, context.Response.Headers.Location) = (redirect, context.RedirectUri);
                                return Task.CompletedTask;
                            };
                        }
                    );
                b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireRole("admin")));
            },
            map: a =>
            {
                a.MapHqOAuth2Management().RequireAuthorization("admin");
                a.MapGet("/page", () => "a page").RequireAuthorization("admin");
                a.MapGet(
                    "/sign-in/{name}",
                    (string name) =>
                        Microsoft.AspNetCore.Http.Results.SignIn(
                            new ClaimsPrincipal(
                                new ClaimsIdentity(
                                    [new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Role, name == "alice" ? "admin" : "user")],
                                    "password"
                                )
                            ),
                            authenticationScheme: "Cookies"
                        )
                );
            }
        );

    private static async Task<string> SignInAsync(TestApp app, string name) =>
        (await app.GetAsync("/sign-in/" + name)).Header("Set-Cookie")!.Split(';')[0];

    private static Task<Answer> SendAsync(TestApp app, HttpMethod method, string path, string? cookie)
    {
        var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version11 };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return app.SendAsync(request);
    }
}
