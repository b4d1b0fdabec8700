using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// A client that nobody here wrote: the official MCP SDK, on a real port, against the QuickStart as it is, with an MCP endpoint and the
/// SDK's own protected-resource handler added.
/// </summary>
internal sealed class McpClientTests
{
    [Test]
    [Rfc("8414-3-1")]
    [Rfc("7591-3.2.1-1")]
    [Rfc("9207-2-1")]
    public async Task The_official_client_discovers_registers_signs_in_calls_a_tool_and_refreshes()
    {
        var clock = new TestClock();
        var issuer = $"http://localhost:{FreePort()}";
        await using var quickStart = new QuickStartWithMcp(issuer, clock);
        quickStart.StartServer();

        using var user = new FormFiller("alice");
        var tokens = new RecordingCache();
        await using var transport = new HttpClientTransport(
            new()
            {
                Endpoint = new Uri(issuer + "/mcp"),
                OAuth = new()
                {
                    RedirectUri = new Uri("http://localhost:1179/callback"),
                    DynamicClientRegistration = new() { ClientName = "MCP SDK" },
                    AuthorizationCallbackHandler = (context, ct) => user.AuthorizeAsync(context.AuthorizationUri, ct),
                    TokenCache = tokens,
                },
            }
        );
        await using var client = await McpClient.CreateAsync(transport);

        (await CallAsync(client)).Should().Be("alice");
        user.Visits.Should().Be(1);
        user.PagesSeen.Should().Contain("MCP SDK").And.Contain("registered itself").And.Contain("localhost:1179");
        var first = tokens.Stored.Should().ContainSingle().Subject;

        // The access token is over: the client comes back with its refresh token, not with its user.
        clock.Advance(TimeSpan.FromMinutes(16));
        (await CallAsync(client)).Should().Be("alice");
        user.Visits.Should().Be(1);
        tokens.Stored.Should().HaveCount(2);
        tokens.Stored[1].RefreshToken.Should().NotBeNullOrEmpty().And.NotBe(first.RefreshToken);
    }

    private static async Task<string> CallAsync(McpClient client)
    {
        var result = await client.CallToolAsync("whoami");
        return ((TextContentBlock)result.Content.Single()).Text;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [McpServerToolType]
    private sealed class Tools(Microsoft.AspNetCore.Http.IHttpContextAccessor http)
    {
        [McpServerTool(Name = "whoami"), System.ComponentModel.Description("Says who is calling.")]
        public string WhoAmI() => http.HttpContext!.User.FindFirst("sub")!.Value;
    }

    private sealed class QuickStartWithMcp : WebApplicationFactory<Program>
    {
        private readonly string issuer;
        private readonly TestClock clock;
        private readonly TestDatabase database = TestDatabase.Sqlite();

        public QuickStartWithMcp(string issuer, TestClock clock)
        {
            (this.issuer, this.clock) = (issuer, clock);
            UseKestrel(new Uri(issuer).Port);
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("urls", issuer);
            builder.UseSetting("store:connectionString", database.ConnectionString);
            builder.UseSetting("auth:oauth2:authorizationServer:issuerURL", issuer);
            builder.ConfigureServices(services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                services.AddHttpContextAccessor();
                services.AddMcpServer().WithHttpTransport(o => o.Stateless = true).WithTools<Tools>();
                services
                    .AddAuthentication()
                    .AddMcp(o =>
                        o.ResourceMetadata = new()
                        {
                            Resource = issuer + "/mcp",
                            AuthorizationServers = { issuer },
                            ScopesSupported = ["read"],
                        }
                    );
                services.Configure<HqOAuth2BearerOptions>(
                    HqOAuth2BearerDefaults.AuthenticationScheme,
                    o =>
                    {
                        o.Resources.Add(issuer + "/mcp");
                        o.ForwardChallenge = McpAuthenticationDefaults.AuthenticationScheme;
                    }
                );
                services.AddSingleton<IStartupFilter, McpEndpoint>();
            });
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    private sealed class McpEndpoint : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UseRouting().UseAuthentication().UseAuthorization();
                app.UseEndpoints(e => e.MapMcp("/mcp").RequireScope("read"));
                next(app);
            };
    }

    /// <summary>A person at a browser: follows redirects, fills the sign-in form, presses Allow, and stops where the client listens.</summary>
    private sealed class FormFiller(string user) : IDisposable
    {
        private readonly HttpClient http = new(
            new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
        );

        public int Visits { get; private set; }

        public string PagesSeen { get; private set; } = "";

        public void Dispose() => http.Dispose();

        public async Task<AuthorizationResult?> AuthorizeAsync(Uri uri, CancellationToken ct)
        {
            Visits++;
            var response = await http.GetAsync(uri, ct);
            for (var step = 0; step < 10; step++)
            {
                if (response.Headers.Location is { } location)
                {
                    uri = new Uri(uri, location);
                    if (uri.Port == 1179)
                    {
                        var query = System.Web.HttpUtility.ParseQueryString(uri.Query);
                        return new AuthorizationResult
                        {
                            Code = query["code"]!,
                            State = query["state"],
                            Iss = query["iss"],
                        };
                    }

                    response = await http.GetAsync(uri, ct);
                    continue;
                }

                var page = await response.Content.ReadAsStringAsync(ct);
                PagesSeen += page;
                var fields = Regex
                    .Matches(page, "<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")
                    .Select(m => KeyValuePair.Create(WebUtility.HtmlDecode(m.Groups[1].Value), WebUtility.HtmlDecode(m.Groups[2].Value)));
                fields = page.Contains("type=\"password\"", StringComparison.Ordinal)
                    ? fields.Append(new("username", user)).Append(new("password", user))
                    : fields.Append(new("decision", "approve"));
                uri = new Uri(uri, WebUtility.HtmlDecode(Regex.Match(page, "action=\"([^\"]*)\"").Groups[1].Value));
                response = await http.PostAsync(uri, new FormUrlEncodedContent(fields), ct);
            }

            throw new AssertionException("The sign-in led nowhere: " + PagesSeen);
        }
    }

    private sealed class RecordingCache : ITokenCache
    {
        public List<TokenContainer> Stored { get; } = [];

        public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
        {
            Stored.Add(tokens);
            return default;
        }

        public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => new(Stored.LastOrDefault());
    }
}
