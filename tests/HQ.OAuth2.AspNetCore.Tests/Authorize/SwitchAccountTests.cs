using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>"Use another account" on a host whose default scheme for signing out is not the one that keeps the session, as with Identity.</summary>
internal sealed class SwitchAccountTests
{
    [TestCase("Session")]
    [TestCase("Either")]
    public async Task It_ends_the_session_of_the_scheme_that_began_it(string defaultScheme)
    {
        await using var app = await TestApp.StartAsync(
            host: h =>
                h.Services.AddAuthentication(o =>
                    {
                        o.DefaultScheme = defaultScheme;
                        o.DefaultAuthenticateScheme = defaultScheme;
                        o.DefaultChallengeScheme = "Session";
                        o.DefaultSignInScheme = "External";
                    })
                    .AddPolicyScheme("Either", null, o => o.ForwardAuthenticate = "Session")
                    .AddCookie("Session", o => o.LoginPath = "/login")
                    .AddCookie("External"),
            map: a => a.MapGet("/enter", EnterAsync)
        );
        var browser = app.NewBrowser(user: null);
        await browser.GetAsync("/enter");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));

        var back = (await browser.PressAsync(page, "switch_account")).ReturnUrlOfCookie();
        (await browser.GetAsync(back)).ReturnUrlOfCookie().Should().StartWith("/oauth2/authorize?", "nobody is signed in");
    }

    private static Task EnterAsync(HttpContext http) =>
        http.SignInAsync("Session", new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice")], "password")));
}
