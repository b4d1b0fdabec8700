using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests.Hosts;

/// <summary>Hosts that show pages for status codes and errors: what we refuse leaves as we refused it.</summary>
internal sealed class StatusPageTests
{
    private static readonly Dictionary<string, Action<WebApplication>> shapes = new()
    {
        // The pipeline of `dotnet new blazor`.
        ["blazor"] = app =>
        {
            app.UseExceptionHandler("/Error", createScopeForErrors: true);
            app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
            app.UseHttpsRedirection();
            app.UseAntiforgery();
            app.MapRazorComponents<BlazorApp>();
            RealHost.MapAll(app);
        },
        // The pipeline of `dotnet new mvc`, routing where the template has it.
        ["mvc"] = app =>
        {
            app.UseExceptionHandler("/Home/Error");
            app.UseStatusCodePages("text/plain", "Status {0}");
            app.UseHttpsRedirection();
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapControllerRoute("default", "{controller=Home}/{action=Index}/{id?}");
            RealHost.MapAll(app);
        },
        ["redirects"] = app =>
        {
            app.UseStatusCodePagesWithRedirects("/error/{0}");
            RealHost.MapAll(app);
        },
        // Without calls of its own, authorization stands before the pages: here it is behind them, so that they see what it refuses.
        ["a page for authorization"] = app =>
        {
            app.UseStatusCodePagesWithReExecute("/not-found");
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            app.UseAntiforgery();
            app.MapRazorComponents<BlazorApp>();
            RealHost.MapAll(app);
        },
        ["redirects for authorization"] = app =>
        {
            app.UseStatusCodePagesWithRedirects("/error/{0}");
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            RealHost.MapAll(app);
        },
        ["developer page"] = app =>
        {
            app.UseDeveloperExceptionPage();
            app.UseStatusCodePages();
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            RealHost.MapAll(app);
        },
        ["fallback"] = app =>
        {
            app.UseStatusCodePages();
            RealHost.MapAll(app);
            app.MapFallback(() => Results.Content("<!doctype html>", "text/html"));
        },
        ["fallback to a file"] = app =>
        {
            RealHost.MapAll(app);
            app.MapFallbackToFile("index.html");
        },
    };

    private static IEnumerable<string> Shapes => shapes.Keys;

    [Test]
    public async Task A_client_gets_in_and_refusals_are_ours([ValueSource(nameof(Shapes))] string shape)
    {
        await using var host = await RealHost.StartAsync("", shapes[shape], Services);
        await host.RefusalsAreOursAsync();
        await host.ConnectAsync();
        await host.MissingDocumentsAreMissingAsync();
    }

    [Test]
    public async Task Refusals_of_either_bearer_scheme_are_ours([ValueSource(nameof(Shapes))] string shape)
    {
        await using var host = await RealHost.StartAsync(
            "",
            app =>
            {
                shapes[shape](app);
                RealHost.MapSchemes(app);
            },
            Services
        );
        await host.ConnectAsync(host.BothSchemesRefuseAsync);
    }

    [Test]
    public async Task A_fallback_policy_is_not_for_our_answers()
    {
        await using var host = await RealHost.StartAsync(
            "",
            RealHost.MapAll,
            b => b.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
        );
        await host.RefusalsAreOursAsync();
        await host.ConnectAsync();
        await host.MissingDocumentsAreMissingAsync();
    }

    [Test]
    public async Task Management_refuses_with_a_small_body()
    {
        await using var host = await RealHost.StartAsync(
            "",
            app =>
            {
                app.UseStatusCodePagesWithReExecute("/login");
                app.MapHqOAuth2();
                app.MapHqOAuth2Management()
                    .RequireAuthorization(p => p.AddAuthenticationSchemes("HqOAuth2Bearer").RequireClaim("sub", "root"));
                RealHost.MapApi(app);
            }
        );
        var answer = await host.GetAsync(RealHost.Origin + "/api/v0/oauth2/apps");
        (answer.Status, answer.ContentType, answer.Text("error")).Should().Be((401, "application/json", "invalid_token"));
    }

    [Test]
    public async Task A_forbidden_administrator_gets_a_problem_and_no_page()
    {
        await using var host = await TestApp.StartAsync(
            map: app => app.MapHqOAuth2Management().RequireAuthorization(p => p.RequireClaim(ClaimTypes.Name, "root")),
            host: b => b.Services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter, PagesFirst>()
        );
        var forbidden = await host.NewBrowser("alice").GetAsync("/api/v0/oauth2/apps");
        (forbidden.Status, forbidden.ContentType, forbidden.Text("title")).Should().Be((403, "application/problem+json", "Forbidden"));
        forbidden.Text("status").Should().Be("403");
    }

    [Test]
    public async Task A_second_scheme_of_the_policy_keeps_its_headers_and_its_status()
    {
        await using var host = await RealHost.StartAsync(
            "",
            app =>
            {
                app.UseStatusCodePages();
                RealHost.MapAll(app);
                app.MapGet("/first", () => "")
                    .RequireAuthorization(p => p.AddAuthenticationSchemes("HqOAuth2Bearer", "Cookies").RequireAuthenticatedUser());
                app.MapGet("/last", () => "")
                    .RequireAuthorization(p => p.AddAuthenticationSchemes("Cookies", "HqOAuth2Bearer").RequireAuthenticatedUser());
            }
        );
        var redirected = await host.GetAsync(RealHost.Origin + "/first");
        (redirected.Status, redirected.Body).Should().Be((302, ""));
        redirected.Location.Should().Contain("/login");
        redirected.Header("WWW-Authenticate").Should().StartWith("Bearer ");
        var challenged = await host.GetAsync(RealHost.Origin + "/last");
        (challenged.Status, challenged.Text("error")).Should().Be((401, "invalid_token"));
    }

    [Test]
    public async Task A_document_that_the_host_has_is_the_hosts()
    {
        await using var host = await RealHost.StartAsync(
            "",
            app =>
            {
                RealHost.MapAll(app);
                app.MapGet("/.well-known/openid-configuration", () => "the host's");
                app.MapGet("/.well-known/oauth-protected-resource/{**rest}", () => "the host's");
                app.MapFallback(() => "the page");
            }
        );
        (await host.GetAsync(RealHost.Origin + "/.well-known/openid-configuration")).Body.Should().Be("the host's");
        (await host.GetAsync(RealHost.Origin + "/.well-known/oauth-protected-resource/tools")).Body.Should().Be("the host's");
        (await host.GetAsync(RealHost.Origin + "/.well-known/oauth-protected-resource")).Text("resource").Should().Be(RealHost.Origin);
        (await host.GetAsync(RealHost.Origin + "/.well-known/openid-configuration/x")).ShouldBeNotFound();
        (await host.GetAsync(RealHost.Origin + "/.well-known/change-password")).Body.Should().Be("the page");
    }

    private static void Services(WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents();
        builder.Services.AddControllersWithViews();
    }

    private sealed class PagesFirst : Microsoft.AspNetCore.Hosting.IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UseStatusCodePages();
                next(app);
            };
    }
}

/// <summary>The root component of a Blazor host.</summary>
public sealed class BlazorApp : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, "<!doctype html><h1>A page</h1>");
}

/// <summary>The template's page for what is not found.</summary>
[Route("/not-found")]
public sealed class BlazorNotFound : ComponentBase;
