using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests.Hosts;

/// <summary>
/// A host whose pipeline a test writes out as people do, with cookies for its users and a sign-in page, seen from outside: by its public
/// addresses, through what stands in front of it, by a browser that minds the paths of cookies.
/// </summary>
internal sealed class RealHost : IAsyncDisposable
{
    public const string Origin = "https://host.example.com";

    /// <summary>A second scheme, which asks the server as if it were another process.</summary>
    public const string Introspection = "Introspection";

    private const string Callback = "https://client.example.com/cb";
    private const string ApiSecret = "the-secret-of-the-api-itself";

    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly CookieContainer cookies = new();

    private RealHost(WebApplication app, string issuer, Func<string, string> front, string? prefix)
    {
        (this.app, Issuer) = (app, issuer);
        http = new(new Front(app.GetTestServer, front, prefix));
    }

    public string Issuer { get; }

    private bool HasIdentityApi { get; init; }

    /// <param name="path">The issuer's path.</param>
    /// <param name="pipeline">Everything between Build and Start.</param>
    /// <param name="services">The services that the pipeline needs.</param>
    /// <param name="front">What a proxy makes of a path; null = nothing.</param>
    /// <param name="prefix">What the proxy says in X-Forwarded-Prefix; null = nothing.</param>
    /// <param name="options">More settings of the server.</param>
    /// <param name="withIdentityApi">Whether its users are of Identity's API endpoints, which sign in by JSON, instead of plain cookies.</param>
    public static async Task<RealHost> StartAsync(
        string path,
        Action<WebApplication> pipeline,
        Action<WebApplicationBuilder>? services = null,
        Func<string, string>? front = null,
        string? prefix = null,
        Action<HqOAuth2Options>? options = null,
        bool withIdentityApi = false
    )
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        services?.Invoke(builder);
        WebApplication? app = null;
        var schemes = withIdentityApi
            ? builder.AddIdentityApi()
            : builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(o => o.LoginPath = "/login");
        schemes
            .AddHqOAuth2Bearer()
            .AddHqOAuth2Introspection(
                Introspection,
                o =>
                {
                    (o.Issuer, o.ClientId, o.ClientSecret) = (Origin + path, "api", ApiSecret);
                    o.Resources.Add(Origin + path);
                    o.Backchannel = new(new Front(() => app!.GetTestServer(), front ?? (p => p), prefix));
                }
            );
        builder.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireClaim(ClaimTypes.Name, "root")));
        builder.Services.AddHqOAuth2(o =>
        {
            (o.Enabled, o.IssuerURL, o.Dcr, o.Doctor, o.DefaultOrg) = (true, Origin + path, true, false, "default");
            o.Scopes.Add(new() { Name = "read", Default = true });
            o.Scopes.Add(new() { Name = "write" });
            var api = TestApp.Client("api", ApiSecret, null, [], ["client_credentials"]);
            api.Introspects.Add("*");
            o.Clients.Add(api);
            options?.Invoke(o);
        });
        app = builder.Build();
        pipeline(app);
        await app.StartAsync();
        return new(app, Origin + path, front ?? (p => p), prefix) { HasIdentityApi = withIdentityApi };
    }

    /// <summary>The endpoints of every host here: the server, its management, an MCP endpoint, the sign-in.</summary>
    public static void MapAll(WebApplication app)
    {
        app.MapHqOAuth2();
        app.MapHqOAuth2Management().RequireAuthorization("admin");
        MapApi(app);
    }

    /// <summary>An API of each bearer scheme.</summary>
    public static void MapSchemes(WebApplication app)
    {
        foreach (
            var (path, scheme) in new[] { ("/in-process", HqOAuth2BearerDefaults.AuthenticationScheme), ("/introspected", Introspection) }
        )
        {
            foreach (var scope in new[] { "read", "write" })
                app.MapPost($"{path}/{scope}", (HttpContext http) => http.User.FindFirst("sub")!.Value)
                    .RequireScope(scheme, ScopeSet.Of(scope));
        }
    }

    public static void MapApi(WebApplication app)
    {
        app.MapPost("/mcp", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
        app.MapGet("/login", () => Results.Content("<form method=post>", "text/html")).AllowAnonymous();
        app.MapPost(
                "/login",
                async (HttpContext http, string returnUrl) =>
                {
                    var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice"), new(ClaimTypes.Name, "alice")], "Cookies");
                    await http.SignInAsync(new ClaimsPrincipal(identity));
                    return Results.LocalRedirect(returnUrl);
                }
            )
            .AllowAnonymous();
    }

    /// <summary>The way of an MCP client, from the challenge to the refresh, each address taken from what the host said.</summary>
    /// <param name="withToken">What else is to be seen with the client's first token, whose scope is read; null = nothing.</param>
    public async Task ConnectAsync(Func<string, Task>? withToken = null)
    {
        // The challenge, with what a client needs to go on.
        var api = Issuer + "/mcp";
        var challenge = await SendAsync(new(HttpMethod.Post, api));
        challenge.Status.Should().Be(401, challenge.Body);
        (challenge.ContentType, challenge.Text("error")).Should().Be(("application/json", "invalid_token"));
        challenge.Header("X-Content-Type-Options").Should().Be("nosniff");
        var where = Regex.Match(challenge.Header("WWW-Authenticate")!, "resource_metadata=\"([^\"]+)\"").Groups[1].Value;

        // Discovery.
        var resource = await GetAsync(where);
        resource.Status.Should().Be(200, where);
        var issuer = resource.Json.GetProperty("authorization_servers")[0].GetString()!;
        var path = new Uri(issuer).AbsolutePath.TrimEnd('/');
        var metadata = await GetAsync(Origin + "/.well-known/oauth-authorization-server" + path);
        (metadata.Status, metadata.Text("issuer")).Should().Be((200, issuer));
        (await GetAsync(metadata.Text("jwks_uri")!)).Status.Should().Be(200);

        // Registration.
        var registered = await SendAsync(
            new(HttpMethod.Post, metadata.Text("registration_endpoint"))
            {
                Content = new StringContent(
                    JsonSerializer.Serialize(
                        new
                        {
                            redirect_uris = new[] { Callback },
                            token_endpoint_auth_method = "none",
                            grant_types = new[] { "authorization_code", "refresh_token" },
                        }
                    ),
                    new MediaTypeHeaderValue("application/json")
                ),
            }
        );
        registered.Status.Should().Be(201, registered.Body);
        var client = registered.Text("client_id")!;

        // Sign-in and consent.
        var request =
            $"{metadata.Text("authorization_endpoint")}?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(Callback)}&scope=read&state=s&code_challenge={TestApp.Challenge}&code_challenge_method=S256";
        var (signIn, signInAt) = await OpenAsync(request);
        signIn.Status.Should().Be(200, signInAt.ToString());
        signInAt.AbsolutePath.Should().EndWith("/login");
        var (page, pageAt) = await SignInAsync(signInAt);
        page.IsConsentPage().Should().BeTrue(page.Body);
        var action = WebUtility.HtmlDecode(Regex.Match(page.Body, "<form method=\"post\" action=\"([^\"]*)\"").Groups[1].Value);
        var posted = await PostAsync(new Uri(pageAt, action), [.. Browser.HiddenFields(page), ("decision", "approve")]);
        posted.Location.Should().StartWith(Callback, posted.Body);

        // The code, the API, the refresh.
        var tokens = await PostAsync(
            new(metadata.Text("token_endpoint")!),
            ("grant_type", "authorization_code"),
            ("code", posted.LocationParameter("code")!),
            ("client_id", client),
            ("redirect_uri", Callback),
            ("code_verifier", TestApp.Verifier)
        );
        tokens.Status.Should().Be(200, tokens.Body);
        (await CallAsync(api, tokens)).Body.Should().Be("alice");
        if (withToken is not null)
            await withToken(tokens.AccessToken());
        var refreshed = await PostAsync(
            new(metadata.Text("token_endpoint")!),
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens.RefreshToken()),
            ("client_id", client)
        );
        refreshed.Status.Should().Be(200, refreshed.Body);
        (await CallAsync(api, refreshed)).Status.Should().Be(200);

        // The user takes it back.
        var (apps, appsAt) = await OpenAsync(Issuer + "/oauth2/connected-apps");
        apps.Status.Should().Be(200);
        var entry = Regex.Match(apps.Body, "name=\"entry\" value=\"([^\"]+)\"").Groups[1].Value;
        var removed = await PostAsync(appsAt, [.. Browser.HiddenFields(apps).DistinctBy(f => f.Name), ("entry", entry)]);
        removed.Status.Should().Be(303, removed.Body);
        new Uri(appsAt, removed.Location).GetLeftPart(UriPartial.Path).Should().Be(Issuer + "/oauth2/connected-apps");
        (await CallAsync(api, refreshed)).Status.Should().Be(401);
    }

    /// <summary>Every refusal leaves with its status and its body, whatever the host does about status codes.</summary>
    public async Task RefusalsAreOursAsync()
    {
        foreach (
            var (method, path, status) in new[]
            {
                ("POST", "/mcp", 401),
                ("GET", "/oauth2/token", 405),
                ("POST", "/oauth2/token", 400),
                ("PUT", "/oauth2/authorize", 405),
                ("DELETE", "/oauth2/register", 405),
                ("POST", "/oauth2/register", 400),
                ("POST", "/oauth2/introspect", 400),
                ("POST", "/oauth2/revoke", 400),
                ("POST", "/oauth2/jwks", 405),
                ("GET", "/oauth2/JWKS", 404),
                ("GET", "/api/v0/users/me/oauth2/authorizations", 401),
                ("PUT", "/api/v0/users/me/oauth2/authorizations", 405),
                ("DELETE", "/api/v0/users/me/oauth2/authorizations/x", 401),
            }
        )
        {
            var answer = await SendAsync(new(new(method), Issuer + path));
            answer.Status.Should().Be(status, $"{method} {path}: {answer.Body}");
            answer.ContentType.Should().BeOneOf("application/json", "application/problem+json");
            answer.Header("X-Content-Type-Options").Should().Be("nosniff", path);
            if (status == 405)
                answer.Header("Allow").Should().NotBeNullOrEmpty();
        }

        using var wrong = new HttpRequestMessage(HttpMethod.Post, Issuer + "/mcp");
        wrong.Headers.Authorization = new("Bearer", "wrong");
        var refused = await SendAsync(wrong);
        (refused.Status, refused.Text("error")).Should().Be((401, "invalid_token"));
        refused.Header("WWW-Authenticate").Should().Contain("error=\"invalid_token\"");
        (await GetAsync(Origin + "/.well-known/openid-configuration")).ShouldBeNotFound();
    }

    /// <summary>
    /// Both bearer schemes, with a token for read only: what it may, what it may not and what is no token. Needs <see cref="MapSchemes"/>.
    /// </summary>
    public async Task BothSchemesRefuseAsync(string token)
    {
        foreach (var path in new[] { "/in-process", "/introspected" })
        {
            (await CallAsync(path + "/read", token)).Body.Should().Be("alice", path);

            var forbidden = await CallAsync(path + "/write", token);
            ShouldRefuse(forbidden, 403, "insufficient_scope");
            forbidden.Header("WWW-Authenticate").Should().Contain("scope=\"write\"");
            ShouldRefuse(await CallAsync(path + "/write", "wrong"), 401, "invalid_token");
            var challenge = await SendAsync(new(HttpMethod.Post, Issuer + path + "/write"));
            (challenge.Status, challenge.ContentType, challenge.Text("error"))
                .Should()
                .Be((401, "application/json", "invalid_token"), path);
            challenge.Header("WWW-Authenticate").Should().StartWith("Bearer ").And.NotContain("error=");

            void ShouldRefuse(Answer answer, int status, string error)
            {
                (answer.Status, answer.ContentType).Should().Be((status, "application/json"), $"{path}: {answer.Body}");
                answer.Text("error").Should().Be(error, path);
                answer.Header("WWW-Authenticate").Should().Contain($"error=\"{error}\"").And.Contain("resource_metadata=");
                (answer.Header("X-Content-Type-Options"), answer.Header("Cache-Control")).Should().Be(("nosniff", "no-store"), path);
                answer.Location.Should().BeNull();
            }
        }

        Task<Answer> CallAsync(string path, string bearer)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, Issuer + path);
            request.Headers.Authorization = new("Bearer", bearer);
            return SendAsync(request);
        }
    }

    /// <summary>Where clients look for documents that the host does not have.</summary>
    public async Task MissingDocumentsAreMissingAsync()
    {
        var path = Issuer[Origin.Length..];
        foreach (
            var missing in new[]
            {
                "/.well-known/openid-configuration",
                "/.well-known/openid-configuration" + path + "/mcp",
                path + "/mcp/.well-known/openid-configuration",
                path + "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server/other",
                "/.well-known/oauth-authorization-server" + path + "/mcp",
                path + "/mcp/.well-known/oauth-authorization-server",
                "/.well-known/oauth-protected-resource" + path + "/other",
                path.Length > 0 ? "/.well-known/oauth-authorization-server" : "/a/b/c/.well-known/oauth-authorization-server",
                path.Length > 0 ? "/.well-known/oauth-protected-resource" : "/a/.well-known/oauth-protected-resource",
            }
        )
            (await GetAsync(Origin + missing)).ShouldBeNotFound(missing);
    }

    public Task<Answer> GetAsync(string url) => SendAsync(new(HttpMethod.Get, url));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (cookies.GetCookieHeader(request.RequestUri!) is { Length: > 0 } sent)
                request.Headers.Add("Cookie", sent);
            var url = request.RequestUri!;
            using var response = await http.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
                set.ToList().ForEach(c => cookies.SetCookies(url, Regex.Replace(c, "(?i); (samesite=[a-z]+|expires=[^;]+)", "")));
            return new(response, await response.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    // A browser: follows redirects of this host. With a form it posts first.
    private async Task<(Answer Answer, Uri At)> OpenAsync(string url, (string, string)[]? form = null)
    {
        var at = new Uri(url);
        var answer = form is null ? await GetAsync(url) : await PostAsync(at, form);
        for (var i = 0; i < 5 && answer.Location is { } location; i++)
        {
            at = new(at, location);
            answer = await GetAsync(at.ToString());
        }

        return (answer, at);
    }

    // The sign-in page accepts everyone as alice. Identity's API endpoints have no page: a script of a page would call them, and continue.
    private async Task<(Answer Answer, Uri At)> SignInAsync(Uri page)
    {
        if (!HasIdentityApi)
            return await OpenAsync(page.ToString(), []);
        var signedIn = await SendAsync(
            new(HttpMethod.Post, Issuer + "/login?useCookies=true")
            {
                Content = new StringContent(IdentityApi.Credentials, new MediaTypeHeaderValue("application/json")),
            }
        );
        signedIn.Status.Should().Be(200, signedIn.Body);
        return await OpenAsync(Origin + System.Web.HttpUtility.ParseQueryString(page.Query)["returnUrl"]);
    }

    private Task<Answer> PostAsync(Uri url, params (string Name, string Value)[] form) =>
        SendAsync(
            new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value))) }
        );

    private Task<Answer> CallAsync(string url, Answer tokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new("Bearer", tokens.AccessToken());
        return SendAsync(request);
    }

    // Options are made before the server is started: it is asked for when the first request goes out.
    private sealed class Front(Func<TestServer> server, Func<string, string> path, string? prefix) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            InnerHandler ??= server().CreateHandler();
            var url = request.RequestUri!;
            request.RequestUri = new(url.GetLeftPart(UriPartial.Authority) + path(url.AbsolutePath) + url.Query);
            if (prefix is not null)
                request.Headers.Add("X-Forwarded-Prefix", prefix);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

internal static class MissingDocument
{
    /// <summary>A 404 in JSON, so that no client takes it for a document.</summary>
    public static void ShouldBeNotFound(this Answer answer, string? where = null) =>
        (answer.Status, answer.ContentType).Should().Be((404, "application/json"), $"{where}: {answer.Body}");
}
