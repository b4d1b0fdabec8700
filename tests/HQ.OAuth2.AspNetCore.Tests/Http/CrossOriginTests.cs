using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

internal sealed class CrossOriginTests
{
    private static readonly string[] open =
    [
        "/.well-known/oauth-authorization-server",
        "/oauth2/token",
        "/oauth2/par",
        "/oauth2/register",
        "/oauth2/revoke",
        "/oauth2/jwks",
    ];

    [TestCaseSource(nameof(open))]
    [Rfc("21-9-1")]
    [Rfc("9700-2.6-3")]
    [Rfc("7009-2.3-1")]
    public async Task Browser_apps_of_any_origin_may_call_it_without_credentials(string path)
    {
        await using var app = await TestApp.StartAsync();
        var preflight = await SendAsync(
            app,
            HttpMethod.Options,
            path,
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "mcp-protocol-version")
        );
        preflight.Status.Should().Be(204);
        preflight.Header("Access-Control-Allow-Origin").Should().Be("*");
        preflight
            .Header("Access-Control-Allow-Headers")
            .Should()
            .Contain("Authorization")
            .And.Contain("Content-Type")
            .And.Contain("MCP-Protocol-Version");
        preflight.Header("Access-Control-Allow-Credentials").Should().BeNull();

        var answer = await SendAsync(
            app,
            path.EndsWith("server", StringComparison.Ordinal) || path.EndsWith("jwks", StringComparison.Ordinal)
                ? HttpMethod.Get
                : HttpMethod.Post,
            path
        );
        answer.Header("Access-Control-Allow-Origin").Should().Be("*");
        answer.Header("Access-Control-Allow-Credentials").Should().BeNull();
    }

    [TestCase("x-request-id", "x-request-id")]
    [TestCase("traceparent,X-Stainless-Lang , baggage", "traceparent, X-Stainless-Lang, baggage")]
    [TestCase("authorization", null)]
    [TestCase("", null)]
    [TestCase("x-a\r\nSet-Cookie: a=b", null)]
    [TestCase("x-a, y z", null)]
    [TestCase("x-\u00e9", null)]
    public async Task A_preflight_allows_the_headers_that_are_asked_for(string asked, string? added)
    {
        await using var app = await TestApp.StartAsync();
        var preflight = await app.RawAsync(http =>
        {
            (http.Request.Method, http.Request.Path) = ("OPTIONS", "/oauth2/token");
            http.Request.Headers["Access-Control-Request-Method"] = "POST";
            http.Request.Headers["Access-Control-Request-Headers"] = asked;
        });

        preflight
            .Header("Access-Control-Allow-Headers")
            .Should()
            .Be("Authorization, Content-Type, DPoP, MCP-Protocol-Version" + (added is null ? "" : ", " + added));
        preflight.Header("Access-Control-Allow-Credentials").Should().BeNull();
        preflight.Header("Set-Cookie").Should().BeNull();
    }

    [Test]
    public async Task A_preflight_that_asks_for_endless_headers_gets_the_usual_ones()
    {
        await using var app = await TestApp.StartAsync();
        var preflight = await SendAsync(
            app,
            HttpMethod.Options,
            "/oauth2/token",
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", string.Join(',', Enumerable.Range(0, 1000).Select(i => "x-" + i)))
        );

        preflight.Header("Access-Control-Allow-Headers").Should().Be("Authorization, Content-Type, DPoP, MCP-Protocol-Version");
    }

    [TestCase(false)]
    [TestCase(true)]
    [Rfc("9700-2.6-4")]
    public async Task Pages_and_APIs_of_a_session_have_no_cors_even_under_a_permissive_policy_of_the_host(bool hostAllowsAll)
    {
        await using var app = await TestApp.StartAsync(
            o => (o.DeviceAuthorization, o.PersonalAccessTokens) = (true, true),
            host: host =>
            {
                if (!hostAllowsAll)
                    return;
                host.Services.AddCors();
                host.Services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter, PermissiveCors>();
            }
        );
        string[] closed =
        [
            TestApp.AuthorizeUrl("web"),
            "/oauth2/device",
            "/oauth2/connected-apps",
            "/oauth2/connected-apps/new-token",
            "/api/v0/users/me/oauth2/authorizations",
            "/api/v0/users/me/oauth2/authorizations/1",
            "/api/v0/users/me/oauth2/personal-access-tokens",
        ];
        foreach (var path in closed)
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                var answer = await SendAsync(app, method, path, ("Access-Control-Request-Method", "GET"));
                answer.Headers.Should().NotContain(h => h.Key.StartsWith("Access-Control-"), path);
            }
        }

        // The host's own policy does hold for the host's own endpoints.
        (await SendAsync(app, HttpMethod.Get, "/api/read"))
            .Header("Access-Control-Allow-Origin")
            .Should()
            .Be(hostAllowsAll ? "https://spa.example.com" : null);
        (await SendAsync(app, HttpMethod.Post, "/oauth2/token")).Header("Access-Control-Allow-Credentials").Should().BeNull();
    }

    [Test]
    public async Task Introspection_is_for_servers_and_has_no_cors()
    {
        await using var app = await TestApp.StartAsync();
        (await SendAsync(app, HttpMethod.Post, "/oauth2/introspect")).Header("Access-Control-Allow-Origin").Should().BeNull();
    }

    private static Task<Answer> SendAsync(TestApp app, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", "https://spa.example.com");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return app.SendAsync(request);
    }

    private sealed class PermissiveCors : Microsoft.AspNetCore.Hosting.IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UseCors(policy => policy.SetIsOriginAllowed(_ => true).AllowAnyHeader().AllowAnyMethod().AllowCredentials());
                next(app);
            };
    }
}
