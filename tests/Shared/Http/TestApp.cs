using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// A host with the server in it, reached through an in-memory connection: https://auth.example.com, scopes read, write and delete, and a
/// client of each kind. A browser's user is the cookie <c>test-user</c>. HQ_TEST_STORE says where things are kept: memory (the default),
/// sqlite or postgres.
/// </summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Issuer = "https://auth.example.com";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    public const string WebSecret = "web-secret-of-the-host";
    public const string RedirectUri = "https://app.example.com/cb";

    private readonly WebApplication app;

    private readonly TestDatabase? database;

    private TestApp(WebApplication app, TestDatabase? database, TestClock clock, CapturedLogs logs)
    {
        (this.app, this.database, Clock, Logs) = (app, database, clock, logs);
        Http = NewHttpClient();
    }

    public TestClock Clock { get; }

    /// <summary>Everything that was logged: from the levels of an appsettings.json in the folder up, at Trace while secrets are watched.</summary>
    public CapturedLogs Logs { get; }

    public IServiceProvider Services => app.Services;

    public TestServer Server => app.GetTestServer();

    /// <summary>A client without cookies that follows no redirect.</summary>
    public HttpClient Http { get; }

    public static async Task<TestApp> StartAsync(
        Action<HqOAuth2Options>? options = null,
        Action<HqOAuth2Builder>? parts = null,
        Action<WebApplication>? map = null,
        Action<WebApplicationBuilder>? host = null,
        string environment = "Development",
        bool inMemory = false,
        TestDatabase? on = null
    )
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        var (clock, logs) = (new TestClock(), new CapturedLogs());
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        if (SecretWatch.IsOn)
            // Whatever an appsettings.json in the folder says about levels.
            builder.Services.Configure<LoggerFilterOptions>(o => o.Rules.Clear());
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder
            .Services.AddAuthentication("Test")
            .AddScheme<AuthenticationSchemeOptions, TestUserHandler>("Test", null)
            .AddHqOAuth2Bearer();
        builder.Services.AddAuthorization();
        var server = builder.Services.AddHqOAuth2(o =>
        {
            Defaults(o);
            options?.Invoke(o);
        });
        // A database that a test brings along outlives the host, so that another may start on it.
        var database = inMemory || on is not null ? null : await TestDatabase.OfThisRunAsync();
        (on ?? database)?.Use(server);
        parts?.Invoke(server);
        host?.Invoke(builder);
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHqOAuth2();
        app.MapGet("/api/read", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
        app.MapPost("/api/write", () => "written").RequireScope("write");
        map?.Invoke(app);
        await app.StartAsync();
        return new(app, database, clock, logs);
    }

    /// <summary>A client of each kind: web (basic), post (body), spa and native (public), machine (client_credentials, introspects all).</summary>
    public static void Defaults(HqOAuth2Options o)
    {
        o.Enabled = true;
        o.IssuerURL = Issuer;
        o.Dcr = true;
        o.DefaultOrg = "default";
        o.BcryptWorkFactor = 4;
        // Every test comes from one address, and the clock stands still.
        (o.Limits.RegistrationsPerMinute, o.Limits.FailedAuthenticationsPerMinute) = (0, 0);
        // As in production: what must not be told apart is not.
        o.ExplainErrors = false;
        // Nothing listens at the issuer's address.
        o.Doctor = false;
        o.Scopes.Add(
            new()
            {
                Name = "read",
                Description = "Read your notes",
                Default = true,
            }
        );
        o.Scopes.Add(new() { Name = "write", Description = "Write notes" });
        o.Scopes.Add(
            new()
            {
                Name = "delete",
                Description = "Delete notes",
                Destructive = true,
            }
        );
        string[] all = ["authorization_code", "refresh_token", "client_credentials"];
        o.Clients.Add(Client("web", WebSecret, null, [RedirectUri], all));
        o.Clients.Add(Client("post", WebSecret, "client_secret_post", [RedirectUri], all));
        o.Clients.Add(Client("spa", null, null, [RedirectUri], []));
        o.Clients.Add(
            Client(
                "native",
                null,
                null,
                [
                    "com.example.app:/oauth2redirect/p",
                    "https://app.example.com/native",
                    "http://127.0.0.1/cb",
                    "http://[::1]/cb",
                    "http://localhost/callback",
                ],
                []
            )
        );
        var machine = Client("machine", WebSecret, null, [], ["client_credentials"]);
        machine.Introspects.Add("*");
        o.Clients.Add(machine);
    }

    public static ClientOptions Client(string id, string? secret, string? method, string[] redirectUris, string[] grantTypes)
    {
        var client = new ClientOptions
        {
            ClientId = id,
            Secret = secret,
            TokenEndpointAuthMethod = method,
        };
        redirectUris.ToList().ForEach(client.RedirectUris.Add);
        grantTypes.ToList().ForEach(client.GrantTypes.Add);
        return client;
    }

    public HttpClient NewHttpClient() => new(SecretWatch.Behind(Server.CreateHandler())) { BaseAddress = new(Issuer) };

    /// <summary>Posts a form; a pair named "basic" ("id:secret") becomes the Authorization header.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Where(p => p.Name != "basic").Select(p => KeyValuePair.Create(p.Name, p.Value))),
        };
        if (form.FirstOrDefault(p => p.Name == "basic").Value is { } basic)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        return await SendAsync(request);
    }

    public async Task<Answer> PostJsonAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (bearer is not null)
            request.Headers.Authorization = new("Bearer", bearer);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        return new(response, await response.Content.ReadAsStringAsync());
    }

    public Browser NewBrowser(string? user = "alice") => new(this, user);

    /// <summary>A valid authorization request of a client, with changes: a null value takes a parameter away.</summary>
    public static string AuthorizeUrl(string clientId, params (string Name, string? Value)[] changes)
    {
        var parameters = new List<(string Name, string? Value)>
        {
            ("response_type", "code"),
            ("client_id", clientId),
            ("redirect_uri", clientId == "native" ? "http://127.0.0.1:4711/cb" : RedirectUri),
            ("scope", "read write"),
            ("state", "the state"),
            ("code_challenge", Challenge),
            ("code_challenge_method", "S256"),
        };
        parameters.RemoveAll(p => changes.Any(c => c.Name == p.Name));
        parameters.AddRange(changes.Where(c => c.Value is not null));
        return "/oauth2/authorize?" + string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    /// <summary>A code for the client: signed in as alice, approved on the page.</summary>
    public async Task<string> CodeAsync(string clientId, params (string Name, string? Value)[] changes)
    {
        var answer = await NewBrowser().ApproveAsync(AuthorizeUrl(clientId, changes));
        return answer.LocationParameter("code")
            ?? throw new AssertionException($"No code: {answer.Status} {answer.Location} {answer.Body}");
    }

    /// <summary>Redeems a code of <see cref="CodeAsync"/> as its client does.</summary>
    public Task<Answer> RedeemAsync(string clientId, string code, params (string Name, string Value)[] more) =>
        PostAsync(
            "/oauth2/token",
            [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", clientId == "native" ? "http://127.0.0.1:4711/cb" : RedirectUri),
                ("code_verifier", Verifier),
                .. Credentials(clientId),
                .. more,
            ]
        );

    /// <summary>The tokens of a client: sign-in, approval, code, token.</summary>
    public async Task<Answer> TokensAsync(string clientId, params (string Name, string? Value)[] changes)
    {
        var answer = await RedeemAsync(clientId, await CodeAsync(clientId, changes));
        answer.Status.Should().Be(200, answer.Body);
        return answer;
    }

    public Task<Answer> RefreshAsync(string clientId, string refreshToken, params (string Name, string Value)[] more) =>
        PostAsync("/oauth2/token", [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. Credentials(clientId), .. more]);

    /// <summary>Introspects as the client that may introspect everything.</summary>
    public Task<Answer> IntrospectAsync(string token) =>
        PostAsync("/oauth2/introspect", ("token", token), ("basic", "machine:" + WebSecret));

    /// <summary>Registers a client and returns the answer.</summary>
    public Task<Answer> RegisterAsync(object metadata) => PostJsonAsync("/oauth2/register", JsonSerializer.Serialize(metadata));

    /// <summary>How a client of <see cref="Defaults"/> authenticates; any other id is public.</summary>
    public static (string Name, string Value)[] Credentials(string clientId) =>
        clientId switch
        {
            "web" or "machine" => [("basic", $"{clientId}:{WebSecret}")],
            "post" => [("client_id", clientId), ("client_secret", WebSecret)],
            _ => [("client_id", clientId)],
        };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    /// <summary>Knows the user by a cookie and sends everybody else to /login.</summary>
    private sealed class TestUserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : SignOutAuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task HandleSignOutAsync(AuthenticationProperties? properties)
        {
            Response.Cookies.Delete("test-user");
            return Task.CompletedTask;
        }

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Cookies["test-user"] is not { Length: > 0 } user)
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user), new(ClaimTypes.Name, user)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.Redirect("/login?ReturnUrl=" + Uri.EscapeDataString(properties.RedirectUri ?? "/"));
            return Task.CompletedTask;
        }
    }
}

/// <summary>What came back.</summary>
internal sealed class Answer(HttpResponseMessage response, string body)
{
    public int Status { get; } = (int)response.StatusCode;

    public string Body { get; } = body;

    /// <summary>Whether the request had an Authorization header, of any kind.</summary>
    public bool SentAuthorization { get; } = response.RequestMessage?.Headers.NonValidated.Contains("Authorization") ?? false;

    public HttpResponseHeaders Headers { get; } = response.Headers;

    public HttpContentHeaders ContentHeaders { get; } = response.Content.Headers;

    public string? ContentType => ContentHeaders.ContentType?.MediaType;

    /// <summary>The Location header as it was sent.</summary>
    public string? Location => Header("Location");

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A header's values joined; null when it is absent.</summary>
    public string? Header(string name) =>
        Headers.NonValidated.TryGetValues(name, out var values) || ContentHeaders.NonValidated.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    /// <summary>A string member of the JSON body; null when it is absent.</summary>
    public string? Text(string member) => Json.TryGetProperty(member, out var value) ? value.ToString() : null;

    /// <summary>A parameter of the Location's query, decoded once; null when it is absent.</summary>
    public string? LocationParameter(string name) =>
        Location is { } location && location.Contains('?', StringComparison.Ordinal)
            ? System.Web.HttpUtility.ParseQueryString(location[(location.IndexOf('?', StringComparison.Ordinal) + 1)..])[name]
            : null;

    /// <summary>RFC 9457: this status, a problem of this id, kept by nobody.</summary>
    public void ShouldBeProblem(int status, string id)
    {
        Status.Should().Be(status, Body);
        ContentType.Should().Be("application/problem+json");
        Header("Cache-Control").Should().Contain("no-store");
        (Text("error_id"), Text("status"), Text("type")).Should().Be((id, status.ToString(), "about:blank"));
        Text("title").Should().NotBeNullOrEmpty();
    }

    /// <summary>RFC 6749 §5.2: status 400 (or the one given), JSON, no-store, this error, nothing issued.</summary>
    public void ShouldBeError(string error, int status = 400)
    {
        Status.Should().Be(status, Body);
        ContentType.Should().Be("application/json");
        Header("Cache-Control").Should().Contain("no-store");
        Text("error").Should().Be(error, Body);
        Body.Should().NotContain("access_token").And.NotContain("\"refresh_token\"");
        if (status == 401)
            Header("WWW-Authenticate").Should().StartWith(SentAuthorization ? "Basic " : "Bearer ");
    }

    /// <summary>RFC 6749 §4.1.2.1, RFC 9207 §2: a redirect to the client's URI with this error, the state if one was sent, and iss.</summary>
    public void ShouldBeErrorRedirect(string error, string redirectUri = TestApp.RedirectUri, string? state = "the state")
    {
        Status.Should().BeOneOf([302, 303], Body);
        Location.Should().StartWith(redirectUri + (redirectUri.Contains('?', StringComparison.Ordinal) ? "&" : "?"));
        LocationParameter("error").Should().Be(error, Location);
        LocationParameter("state").Should().Be(state);
        LocationParameter("iss").Should().Be(TestApp.Issuer);
        LocationParameter("code").Should().BeNull();
    }

    /// <summary>RFC 6749 §3.1.2.4: an error that the user sees: no Location, nothing that navigates away, never framed or cached.</summary>
    public void ShouldBeErrorPage(int status = 400)
    {
        Status.Should().Be(status, Body);
        ContentType.Should().Be("text/html");
        Location.Should().BeNull();
        Body.Should().NotContain("http-equiv").And.NotContain("<script");
        Header("X-Frame-Options").Should().Be("DENY");
        Header("Cache-Control").Should().Contain("no-store");
    }
}

/// <summary>A browser: keeps cookies, follows no redirect by itself, presses the buttons of our pages.</summary>
internal sealed class Browser(TestApp app, string? user)
{
    private readonly ConcurrentDictionary<string, string> cookies = new(
        user is null ? [] : new Dictionary<string, string> { ["test-user"] = user },
        StringComparer.Ordinal
    );

    /// <summary>The same cookies at another node.</summary>
    public Browser At(TestApp node)
    {
        var there = new Browser(node, null);
        foreach (var (name, value) in cookies)
            there.cookies[name] = value;
        return there;
    }

    public void SignIn(string name) => cookies["test-user"] = name;

    public Task<Answer> GetAsync(string url) => SendAsync(new(HttpMethod.Get, url));

    public Task<Answer> PostAsync(string url, params (string Name, string Value)[] form) =>
        SendAsync(
            new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value))) }
        );

    /// <summary>Opens an authorization request and presses Allow on the page; what comes before the page is returned as it is.</summary>
    public Task<Answer> ApproveAsync(string url) => DecideAsync(url, "approve");

    public Task<Answer> DenyAsync(string url) => DecideAsync(url, "deny");

    /// <summary>Presses a button of a page that is open.</summary>
    public Task<Answer> PressAsync(Answer page, string decision, params (string Name, string Value)[] more) =>
        PostAsync("/oauth2/authorize", [.. HiddenFields(page), ("decision", decision), .. more]);

    public static (string Name, string Value)[] HiddenFields(Answer page) =>
        [
            .. System
                .Text.RegularExpressions.Regex.Matches(page.Body, "<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")
                .Select(m => (System.Net.WebUtility.HtmlDecode(m.Groups[1].Value), System.Net.WebUtility.HtmlDecode(m.Groups[2].Value))),
        ];

    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken ct = default)
    {
        using (request)
        {
            if (!cookies.IsEmpty)
                request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            using var response = await app.Http.SendAsync(request, ct);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2)))
                    cookies[cookie[0]] = cookie[1];
            }

            return new(response, await response.Content.ReadAsStringAsync(ct));
        }
    }

    private async Task<Answer> DecideAsync(string url, string decision)
    {
        var page = await GetAsync(url);
        return page.Status == 200 && page.Body.Contains("name=\"decision\"", StringComparison.Ordinal)
            ? await PressAsync(page, decision)
            : page;
    }
}

/// <summary>Keeps every log line with its values.</summary>
internal sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    public IEnumerable<string> Lines => lines;

    /// <summary>
    /// The failures that were logged. EF Core logs each insert of a key that is taken as an error; the stores expect it.
    /// </summary>
    public IEnumerable<string> Errors() =>
        lines.Where(l =>
            (l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal))
            && !l.StartsWith("Error Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
        );

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var line = $"{logLevel} {category} {formatter(state, exception)} {exception}";
            SecretWatch.SawLogged(category, line);
            logs.lines.Enqueue(line);
        }
    }
}
