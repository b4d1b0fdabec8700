using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests.Hosts;

/// <summary>An issuer with a path, in hosts that see all of the path, a part of it, or nothing.</summary>
internal sealed class PathBaseTests
{
    [Test]
    public async Task It_works_where_the_app_sees_the_whole_path()
    {
        await using var host = await RealHost.StartAsync(
            "/sub",
            app =>
            {
                app.MapGroup("/sub").MapPost("/mcp", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
                RealHost.MapAll(app);
            }
        );
        await EverythingAsync(host);
    }

    [Test]
    public async Task It_works_under_UsePathBase([Values("/sub", "/a/b", "/a")] string pathBase)
    {
        await using var host = await RealHost.StartAsync(
            pathBase == "/a" ? "/a/b" : pathBase,
            app =>
            {
                app.UsePathBase(pathBase);
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                RealHost.MapAll(app);
                app.MapPost("/b/mcp", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
            }
        );
        await EverythingAsync(host);
    }

    [Test]
    public async Task It_works_in_an_IIS_sub_application()
    {
        // IIS splits the path before the first middleware. A rewrite rule sends the documents of the root to the application.
        await using var host = await RealHost.StartAsync(
            "/sub",
            RealHost.MapAll,
            b => b.Services.AddSingleton<IStartupFilter>(new SubApplication("/sub"))
        );
        await EverythingAsync(host);
    }

    [Test]
    public async Task It_works_behind_a_proxy_that_removes_the_prefix([Values("/sub", "/a/b")] string path, [Values] bool saysSo)
    {
        await using var host = await RealHost.StartAsync(
            path,
            app =>
            {
                app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix });
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                RealHost.MapAll(app);
            },
            front: p => p.StartsWith(path + "/", StringComparison.Ordinal) ? p[path.Length..] : p,
            prefix: saysSo ? path : null
        );
        await EverythingAsync(host);
    }

    [Test]
    public async Task It_works_behind_a_proxy_that_replaces_the_prefix()
    {
        await using var host = await RealHost.StartAsync(
            "/sub",
            RealHost.MapAll,
            b => b.Services.AddSingleton<IStartupFilter>(new SubApplication("/inner")),
            front: p => p.StartsWith("/sub/", StringComparison.Ordinal) ? p[4..] : p
        );
        await host.RefusalsAreOursAsync();
        await host.MissingDocumentsAreMissingAsync();
    }

    [TestCase("/auth", "/auth")]
    [TestCase("/auth", "auth/")]
    [TestCase("/a/auth", "/auth")]
    public async Task It_works_in_a_group(string path, string prefix)
    {
        await using var host = await RealHost.StartAsync(
            path,
            app =>
            {
                if (path != "/auth")
                    app.UsePathBase("/a");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                var group = app.MapGroup(prefix);
                group.MapHqOAuth2();
                group.MapHqOAuth2Management().RequireAuthorization("admin");
                RealHost.MapApi(app);
                app.MapPost("/auth/mcp", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
            }
        );
        await EverythingAsync(host);
    }

    [TestCase("", "/auth", "https://host.example.com/auth")]
    [TestCase("/other", "/auth", "https://host.example.com/other/auth")]
    [TestCase("/xauth", "/auth", "https://host.example.com/xauth/auth")]
    [TestCase("/auth", "/{tenant}", "outside of the group")]
    public async Task A_group_that_contradicts_the_issuer_stops_the_start(string path, string prefix, string fix)
    {
        var start = () => RealHost.StartAsync(path, app => app.MapGroup(prefix).MapHqOAuth2());
        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage($"*{prefix}*{fix}*");
    }

    [Test]
    public async Task An_endpoint_of_the_host_at_a_short_form_stays_the_hosts()
    {
        await using var host = await RealHost.StartAsync(
            "/sub",
            app =>
            {
                RealHost.MapAll(app);
                app.MapPost("/oauth2/token", () => "the host's");
            }
        );
        (await host.SendAsync(new(HttpMethod.Post, RealHost.Origin + "/oauth2/token"))).Body.Should().Be("the host's");
        (await host.SendAsync(new(HttpMethod.Post, RealHost.Origin + "/sub/oauth2/token"))).ShouldBeError("invalid_request");
    }

    [Test]
    public async Task A_consent_page_of_the_host_is_reached_at_its_public_address([Values] bool saysSo)
    {
        await using var host = await RealHost.StartAsync(
            "/sub",
            app =>
            {
                app.UseForwardedHeaders(new() { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix });
                RealHost.MapAll(app);
                app.MapGet(
                    "/consent",
                    async (HttpContext http, ConsentRequests requests, string returnUrl) =>
                        await requests.FindAsync(http, returnUrl) is { } context
                            ? Results.Content(
                                $"<form method=\"post\" action=\"{System.Net.WebUtility.HtmlEncode(context.ReturnPath)}\">"
                                    + string.Concat(
                                        context.FormFields.Select(f => $"<input type=\"hidden\" name=\"{f.Key}\" value=\"{f.Value}\">")
                                    )
                                    + "<button name=\"decision\" value=\"deny\">",
                                "text/html"
                            )
                            : Results.BadRequest()
                );
            },
            front: p => p.StartsWith("/sub/", StringComparison.Ordinal) ? p[4..] : p,
            prefix: saysSo ? "/sub" : null,
            options: o => o.Pages.ConsentPath = "/consent"
        );
        await host.ConnectAsync();
    }

    private static async Task EverythingAsync(RealHost host)
    {
        await host.RefusalsAreOursAsync();
        await host.ConnectAsync();
        await host.MissingDocumentsAreMissingAsync();
    }

    private sealed class SubApplication(string path) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (http, rest) =>
                    {
                        if (http.Request.Path.StartsWithSegments(path, out var below))
                            http.Request.Path = below;
                        http.Request.PathBase = path;
                        return rest(http);
                    }
                );
                next(app);
            };
    }
}
