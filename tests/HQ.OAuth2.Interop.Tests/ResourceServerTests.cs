using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Validation.AspNetCore;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>APIs in other processes that check our tokens with other people's code.</summary>
internal sealed class ResourceServerTests
{
    private const string Resource = "https://api.example.com/notes";

    private const string Secret = "secret-of-the-api-itself";

    private McpServerHost server = null!;

    [OneTimeSetUp]
    public void Start()
    {
        server = new(
            ("resources:0:identifier", Resource),
            ("clients:0:clientId", "api"),
            ("clients:0:secretHash", ClientSecrets.Keep(Secret, 4).Hash),
            // The method that OpenIddict uses if both are offered.
            ("clients:0:tokenEndpointAuthMethod", "client_secret_post"),
            ("clients:0:grantTypes:0", "client_credentials"),
            ("clients:0:introspects:0", Resource)
        );
        // Other people's code has a clock of its own.
        server.Clock.Now = TimeProvider.System.GetUtcNow();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task JwtBearer_of_Microsoft_needs_two_settings()
    {
        await using var api = await ApiAsync(
            JwtBearerDefaults.AuthenticationScheme,
            services =>
                services
                    .AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
                    .AddJwtBearer(options =>
                    {
                        options.MetadataAddress = server.Issuer + "/.well-known/oauth-authorization-server";
                        options.Audience = Resource;
                        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
                        options.MapInboundClaims = false;
                        options.RequireHttpsMetadata = false; // this server is on loopback
                    })
        );

        await OnlyItsTokensAsync(api);
        // It asks nobody: a revoked token is good until its end.
        (await AfterRevocationAsync(api))
            .Should()
            .Be(200);
    }

    [Test]
    public async Task JwtBearer_checks_proofs_by_a_few_lines_of_ours()
    {
        await using var api = await ApiAsync(
            JwtBearerDefaults.AuthenticationScheme,
            services =>
            {
                services.AddHqOAuth2Dpop(o => o.PublicUrl = "https://api.example.com");
                services
                    .AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
                    .AddJwtBearer(options =>
                    {
                        options.MetadataAddress = server.Issuer + "/.well-known/oauth-authorization-server";
                        options.Audience = Resource;
                        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
                        options.MapInboundClaims = false;
                        options.RequireHttpsMetadata = false; // this server is on loopback
                        options.Events = DpopEvents();
                    });
            }
        );
        var key = ProofKey.New();
        var (token, _) = await server.LogInAsync("read", Resource, key);
        var bearer = await server.TokenAsync("read", Resource);

        (await SendAsync(api, "DPoP", token, Proof(token))).Should().Be((200, "alice"));
        (await SendAsync(api, "DPoP", token, null)).Status.Should().Be(401);
        (await SendAsync(api, "DPoP", token, Proof("another"))).Status.Should().Be(401);
        (await SendAsync(api, "DPoP", token, ProofKey.New().Proof("GET", "https://api.example.com/read", Now(), token)))
            .Status.Should()
            .Be(401);
        (await SendAsync(api, "DPoP", token, key.Proof("GET", "https://api.example.com/write", Now(), token))).Status.Should().Be(401);
        var once = Proof(token);
        (await SendAsync(api, "DPoP", token, once)).Status.Should().Be(200);
        (await SendAsync(api, "DPoP", token, once)).Status.Should().Be(401);
        (await SendAsync(api, "Bearer", token, Proof(token))).Status.Should().Be(401, "a bound token is no bearer token");
        (await SendAsync(api, "DPoP", bearer, Proof(bearer))).Status.Should().Be(401);
        (await SendAsync(api, "Bearer", bearer, null)).Should().Be((200, "alice"));

        string Proof(string of) => key.Proof("GET", "https://api.example.com/read?x", Now(), of);
        static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
    }

    // As docs/dpop.md has it.
    private static JwtBearerEvents DpopEvents() =>
        new()
        {
            OnMessageReceived = context =>
            {
                context.Token = DpopApi.ReadToken(context.HttpContext);
                return Task.CompletedTask;
            },
            OnTokenValidated = context =>
            {
                var dpop = context.HttpContext.RequestServices.GetRequiredService<DpopApi>();
                if (dpop.Problem(context.HttpContext, context.Principal!) is { } problem)
                    context.Fail(problem);
                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                context.Response.Headers.Append("WWW-Authenticate", DpopApi.Challenge);
                return Task.CompletedTask;
            },
        };

    private static async Task<(int Status, string Body)> SendAsync(WebApplication api, string scheme, string token, string? proof)
    {
        using var http = api.GetTestServer().CreateClient();
        http.BaseAddress = new Uri("https://api.example.com");
        http.DefaultRequestHeaders.Authorization = new(scheme, token);
        if (proof is not null)
            http.DefaultRequestHeaders.Add("DPoP", proof);
        using var response = await http.GetAsync("/read");
        if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized)
            response.Headers.WwwAuthenticate.ToString().Should().Contain("DPoP algs=\"ES256 RS256 PS256\"").And.Contain("Bearer");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task OpenIddict_asks_by_introspection()
    {
        await using var api = await ApiAsync(
            OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme,
            services =>
            {
                services.AddAuthentication(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
                services
                    .AddOpenIddict()
                    .AddValidation(options =>
                    {
                        options.SetIssuer(server.Issuer);
                        options.Configure(o =>
                            o.ConfigurationEndpoint = new Uri(server.Issuer + "/.well-known/oauth-authorization-server")
                        );
                        options.AddAudiences(Resource);
                        options.UseIntrospection().SetClientId("api").SetClientSecret(Secret);
                        options.UseSystemNetHttp();
                        options.UseAspNetCore();
                    });
            }
        );

        await OnlyItsTokensAsync(api);
        (await AfterRevocationAsync(api)).Should().Be(401, "it asks each time");
    }

    private async Task<int> AfterRevocationAsync(WebApplication api)
    {
        var (token, clientId) = await server.LogInAsync("read", Resource);
        (await GetAsync(api, "/read", token)).Status.Should().Be(200);
        await server.RevokeAsync(token, clientId);
        return (await GetAsync(api, "/read", token)).Status;
    }

    private async Task OnlyItsTokensAsync(WebApplication api)
    {
        var mine = await server.TokenAsync("read", Resource);
        var another = await server.TokenAsync("read", server.Mcp);

        (await GetAsync(api, "/read", mine)).Should().Be((200, "alice"));
        (await GetAsync(api, "/write", mine)).Status.Should().Be(403);
        (await GetAsync(api, "/read", another)).Status.Should().Be(401);
        (await GetAsync(api, "/read", mine[..^4] + "AAAA")).Status.Should().Be(401);
        (await GetAsync(api, "/read", null)).Status.Should().Be(401);
    }

    private static async Task<WebApplication> ApiAsync(string scheme, Action<IServiceCollection> authentication)
    {
        var builder = WebApplication.CreateBuilder();
        // The sample's settings lie beside the tests: the hosts that it allows are not those of this API.
        builder.Configuration["AllowedHosts"] = "*";
        builder.WebHost.UseTestServer();
        authentication(builder.Services);
        builder.Services.AddAuthorization();
        var api = builder.Build();
        api.MapGet("/read", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope(scheme, ScopeSet.Of("read"));
        api.MapGet("/write", () => "").RequireScope(scheme, ScopeSet.Of("write"));
        await api.StartAsync();
        return api;
    }

    private static async Task<(int Status, string Body)> GetAsync(WebApplication api, string path, string? token)
    {
        using var http = api.GetTestServer().CreateClient();
        http.BaseAddress = new Uri("https://api.example.com");
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var response = await http.GetAsync(path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
