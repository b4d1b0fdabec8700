using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a start says of a host that cannot work as it is put together: the key or the call, and the fix.</summary>
internal sealed class HostStartTests
{
    private const string Section = "auth:oauth2:authorizationServer";

    [TestCase("scopes:0=read", "scopes:0 does not read: write an object such as { \"name\": \"...\" } instead of 'read'")]
    [TestCase("scopes:0:name=read,scopes:1=write", "scopes:1 does not read")]
    [TestCase("scopes=read write", "scopes does not read: write a list")]
    [TestCase("resources:0=https://api.example.com", "resources:0 does not read: write an object such as { \"identifier\"")]
    [TestCase("clients:0:clientId=web,clients:1=other", "clients:1 does not read: write an object such as { \"clientId\"")]
    [TestCase("limits=5", "limits does not read: write an object")]
    [TestCase("pages=Notes", "pages does not read: write an object")]
    [TestCase("documents=true", "documents does not read: write an object")]
    public async Task An_entry_of_the_wrong_shape_is_told_with_its_place(string settings, string message)
    {
        var pairs = settings.Split(',').Select(p => p.Split('=', 2)).ToDictionary(p => $"{Section}:{p[0]}", p => (string?)p[1]);
        pairs[$"{Section}:enabled"] = "true";
        pairs[$"{Section}:issuerURL"] = TestApp.Issuer;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(pairs).Build();
        var start = () => StartAsync(b => b.Services.AddHqOAuth2(configuration), _ => { });

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain($"{Section}:{message}");
    }

    [Test]
    public async Task A_host_without_authentication_is_told_what_to_add()
    {
        var start = () => StartAsync(b => b.Services.AddHqOAuth2(Server), _ => { }, authentication: false);

        (await start.Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should()
            .Contain("no default authentication scheme")
            .And.Contain("AddAuthentication(\"Cookies\").AddCookie()");
    }

    [TestCase("scope")]
    [TestCase("policy")]
    [TestCase("tool")]
    [TestCase("group")]
    public async Task A_required_scope_without_a_bearer_scheme_stops_the_start(string by)
    {
        var start = () =>
            StartAsync(
                b =>
                {
                    b.Services.AddHqOAuth2(Server);
                    b.Services.AddAuthorization(o => o.AddPolicy("reader", p => p.RequireScope("read")));
                },
                app =>
                {
                    if (by == "scope")
                        app.MapGet("/notes", () => "").RequireScope("read");
                    else if (by == "policy")
                        app.MapGet("/notes", () => "").RequireAuthorization("reader");
                    else if (by == "tool")
                        app.MapPost("/notes", () => "").RequireToolScope("read_notes", "read");
                    else
                        app.MapGroup("/api").RequireScope("read").MapGet("/notes", () => "");
                }
            );

        (await start.Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should()
            .Contain("/notes")
            .And.Contain("'read'")
            .And.Contain("AddHqOAuth2Bearer()");
    }

    [Test]
    public async Task A_required_scope_that_no_list_has_is_warned_about()
    {
        var logs = await StartAsync(
            b =>
            {
                b.Services.AddHqOAuth2(Server);
                b.Services.AddAuthentication().AddHqOAuth2Bearer(o => o.Includes["read"] = ScopeSet.Of("list"));
            },
            app =>
            {
                app.MapGet("/read", () => "").RequireScope("read", "list", "offline_access");
                app.MapGet("/typo", () => "").RequireScope("raed");
                app.MapPost("/mcp", () => "").RequireScope("read").RequireToolScope("add", "wriet");
            }
        );

        var warnings = logs.Lines.Where(l => l.StartsWith("Warning") && l.Contains("requires the scope")).ToList();
        warnings.Should().HaveCount(2);
        warnings.Should().ContainSingle(l => l.Contains("/typo") && l.Contains("raed") && l.Contains($"{Section}:scopes"));
        warnings.Should().ContainSingle(l => l.Contains("/mcp") && l.Contains("wriet"));
    }

    [TestCase("admn", "the policy 'admn', which is not defined")]
    [TestCase(null, "open to everybody")]
    public async Task Management_behind_a_policy_that_is_not_there_stops_the_start(string? policy, string message)
    {
        var start = () =>
            StartAsync(
                b =>
                {
                    b.Services.AddHqOAuth2(Server);
                    b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireRole("admin")));
                },
                app =>
                {
                    var management = app.MapHqOAuth2Management();
                    if (policy is not null)
                        management.RequireAuthorization(policy);
                }
            );

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(message);
    }

    [Test]
    public async Task A_client_without_secret_and_method_is_said_to_be_public()
    {
        var logs = await StartAsync(
            b =>
                b.Services.AddHqOAuth2(o =>
                {
                    Server(o);
                    o.Clients.Add(TestApp.Client("forgotten", null, null, [TestApp.RedirectUri], []));
                    o.Clients.Add(TestApp.Client("spa", null, "none", [TestApp.RedirectUri], []));
                    o.Clients.Add(TestApp.Client("web", TestApp.WebSecret, null, [TestApp.RedirectUri], []));
                }),
            _ => { }
        );

        logs.Lines.Should()
            .ContainSingle(l => l.Contains("public client"))
            .Which.Should()
            .Contain($"{Section}:clients:forgotten")
            .And.Contain("secretHash");
    }

    [TestCase("identity api", "authenticationScheme = Identity.Application")]
    [TestCase("bearer token", "authenticationScheme = Session")]
    [TestCase("own bearer", ".AddCookie()")]
    [TestCase("forwarded", "authenticationScheme = Session")]
    public async Task A_default_scheme_that_shows_no_sign_in_page_is_told_and_logged(string host, string fix)
    {
        var logs = new CapturedLogs();
        await using var app = await RunAsync(b => Sign(b, host), logs);
        using var http = app.GetTestServer().CreateClient();
        http.BaseAddress = new(TestApp.Issuer);

        logs.Lines.Should().ContainSingle(l => l.StartsWith("Warning") && l.Contains("Nobody can sign in")).Which.Should().Contain(fix);
        foreach (var path in new[] { TestApp.AuthorizeUrl("spa"), "/oauth2/connected-apps" })
        {
            using var answer = await http.GetAsync(path);
            ((int)answer.StatusCode).Should().Be(500);
            answer.Headers.WwwAuthenticate.Should().BeEmpty();
            var page = await answer.Content.ReadAsStringAsync();
            page.Should().Contain("HQ1077").And.Contain("shows no sign-in page");
        }

        logs.Lines.Where(l => l.StartsWith("Error") && l.Contains("shows no sign-in page") && l.Contains(fix)).Should().HaveCount(2);
        (await IssuerDoctor.ExamineAsync(TestApp.Issuer, http, TimeProvider.System, default))
            .Should()
            .ContainSingle()
            .Which.Fix.Should()
            .Contain("authenticationScheme");
    }

    [TestCase("identity api", "Identity.Application")]
    [TestCase("bearer token", "Session")]
    [TestCase("cookie", null)]
    [TestCase("forwarded by request", null)]
    public async Task A_scheme_with_a_sign_in_page_is_not_warned_about(string host, string? scheme)
    {
        var logs = new CapturedLogs();
        await using var app = await RunAsync(b => Sign(b, host), logs, scheme);
        using var http = app.GetTestServer().CreateClient();
        http.BaseAddress = new(TestApp.Issuer);

        using var answer = await http.GetAsync(TestApp.AuthorizeUrl("spa"));

        ((int)answer.StatusCode).Should().Be(302);
        logs.Lines.Should().NotContain(l => l.Contains("Nobody can sign in"));
        (await IssuerDoctor.ExamineAsync(TestApp.Issuer, http, TimeProvider.System, default)).Should().BeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_user_without_a_subject_is_told_why_in_development(bool explain)
    {
        await using var app = await TestApp.StartAsync(o => (o.SubjectClaim, o.ExplainErrors) = ("employee_id", explain));
        // Elsewhere the client of the host's own is told that the server failed.
        if (!explain)
            (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("spa"))).LocationParameter("error").Should().Be("server_error");
        foreach (var path in explain ? new[] { TestApp.AuthorizeUrl("web"), "/oauth2/connected-apps" } : ["/oauth2/connected-apps"])
        {
            var page = await app.NewBrowser().GetAsync(path);
            page.Status.Should().Be(500);
            page.Body.Should().Contain("HQ1077");
            page.Body.Contains("no claim employee_id").Should().Be(explain);
        }

        app.Logs.Lines.Where(l => l.StartsWith("Error") && l.Contains("no claim employee_id") && l.Contains($"{Section}:subjectClaim"))
            .Should()
            .HaveCount(2);
    }

    private static void Sign(WebApplicationBuilder builder, string host)
    {
        var services = builder.Services;
        switch (host)
        {
            case "identity api":
                services.AddIdentityApiEndpoints<IdentityUser>();
                services.AddScoped<IUserStore<IdentityUser>>(_ => throw new NotSupportedException("no user is looked for"));
                break;
            case "bearer token":
                services.AddAuthentication("Token").AddBearerToken("Token").AddCookie("Session");
                break;
            case "own bearer":
                services.AddAuthentication().AddHqOAuth2Bearer();
                break;
            case "cookie":
                services.AddAuthentication("Session").AddCookie("Session");
                break;
            case "forwarded":
                services
                    .AddAuthentication("Choice")
                    .AddPolicyScheme("Choice", null, o => o.ForwardDefault = "Token")
                    .AddBearerToken("Token")
                    .AddCookie("Session");
                break;
            case "forwarded by request":
                services
                    .AddAuthentication("Choice")
                    .AddPolicyScheme(
                        "Choice",
                        null,
                        o => o.ForwardDefaultSelector = http => http.Request.Path.StartsWithSegments("/api") ? "Token" : "Session"
                    )
                    .AddBearerToken("Token")
                    .AddCookie("Session");
                break;
        }
    }

    private static void Server(HqOAuth2Options o)
    {
        (o.Enabled, o.IssuerURL, o.Doctor, o.BcryptWorkFactor) = (true, TestApp.Issuer, false, 4);
        o.Scopes.Add(new() { Name = "read" });
        o.Scopes.Add(new() { Name = "write" });
    }

    private static async Task<CapturedLogs> StartAsync(
        Action<WebApplicationBuilder> host,
        Action<WebApplication> map,
        bool authentication = true
    )
    {
        var logs = new CapturedLogs();
        await using var app = Build(host, logs, authentication);
        map(app);
        app.MapHqOAuth2();
        await app.StartAsync();
        return logs;
    }

    private static async Task<WebApplication> RunAsync(Action<WebApplicationBuilder> signIn, CapturedLogs logs, string? scheme = null)
    {
        var app = Build(
            b =>
            {
                signIn(b);
                b.Services.AddHqOAuth2(o =>
                {
                    Server(o);
                    o.AuthenticationScheme = scheme;
                    o.Clients.Add(TestApp.Client("spa", null, "none", [TestApp.RedirectUri], []));
                });
            },
            logs,
            authentication: false
        );
        app.MapHqOAuth2();
        await app.StartAsync();
        return app;
    }

    private static WebApplication Build(Action<WebApplicationBuilder> host, CapturedLogs logs, bool authentication)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(logs);
        if (authentication)
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        builder.Services.AddAuthorization();
        host(builder);
        return builder.Build();
    }
}
