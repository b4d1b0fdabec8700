using System.Net.WebSockets;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What docs/protect-an-api.md says, and no other fixture shows.</summary>
internal sealed class ProtectAnApiTests
{
    [Test]
    public async Task A_session_of_a_user_opens_no_api()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.NewBrowser("alice").GetAsync("/api/read");
        (answer.Status, answer.Header("WWW-Authenticate"))
            .Should()
            .Match<(int Status, string? Challenge)>(a => a.Status == 401 && a.Challenge!.StartsWith("Bearer realm="));
    }

    [Test]
    public async Task A_token_without_a_user_has_its_client_as_the_subject()
    {
        await using var app = await TestApp.StartAsync(map: Show);
        var tokens = await app.PostAsync(
            "/oauth2/token",
            [("grant_type", "client_credentials"), ("scope", "read"), .. TestApp.Credentials("machine")]
        );
        (await app.GetAsync("/api/claims", tokens.AccessToken())).Body.Should().Contain("sub=machine").And.Contain("client_id=machine");
    }

    [Test]
    public async Task Claims_of_the_hosts_own_are_in_the_token_and_not_in_the_user_of_the_bearer_scheme()
    {
        await using var app = await TestApp.StartAsync(parts: p => p.AddTokenClaims<Groups>(), map: Show);
        var token = (await app.TokensAsync("web")).AccessToken();
        Encoding
            .UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))
            .Should()
            .Contain("\"groups\":[\"editors\"]");
        (await app.GetAsync("/api/claims", token))
            .Body.Split('\n')
            .Select(c => c.Split('=')[0])
            .Should()
            .BeEquivalentTo("sub", "client_id", "scope", "jti", "aud");
    }

    [Test]
    public async Task A_browser_app_elsewhere_is_let_in_by_a_policy_and_reads_the_challenge()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder
            .Services.AddAuthentication()
            .AddHqOAuth2Introspection(o =>
            {
                o.Issuer = TestApp.Issuer;
                o.Resources.Add("https://api.example.com");
                (o.ClientId, o.ClientSecret) = ("api", "secret");
            });
        builder.Services.AddAuthorization();
        builder.Services.AddCors(o =>
            o.AddPolicy(
                "api",
                p =>
                    p.WithOrigins("https://app.example.com")
                        .WithMethods("GET", "POST", "DELETE")
                        .WithHeaders("Authorization", "Content-Type")
                        .WithExposedHeaders("WWW-Authenticate")
            )
        );
        await using var api = builder.Build();
        api.UseCors();
        api.UseAuthentication();
        api.UseAuthorization();
        api.MapGet("/api/cors", () => "open").RequireScope("read").RequireCors("api");
        await api.StartAsync();
        using var http = api.GetTestClient();

        using var asked = From("https://app.example.com", HttpMethod.Options);
        asked.Headers.Add("Access-Control-Request-Method", "GET");
        asked.Headers.Add("Access-Control-Request-Headers", "authorization");
        var preflight = await AnswerAsync(http, asked);
        (preflight.Status, preflight.Header("Access-Control-Allow-Origin")).Should().Be((204, "https://app.example.com"));
        preflight.Header("Access-Control-Allow-Headers").Should().ContainEquivalentOf("authorization");
        preflight.Header("Access-Control-Allow-Credentials").Should().BeNull();

        using var request = From("https://app.example.com", HttpMethod.Get);
        var refused = await AnswerAsync(http, request);
        (refused.Status, refused.Header("Access-Control-Expose-Headers")).Should().Be((401, "WWW-Authenticate"));
        using var other = From("https://evil.example", HttpMethod.Get);
        (await AnswerAsync(http, other)).Header("Access-Control-Allow-Origin").Should().BeNull();
    }

    [Test]
    public async Task A_ticket_opens_one_socket_and_a_token_in_the_query_none()
    {
        await using var app = await TestApp.StartAsync(
            host: builder => builder.Services.AddScoped<Tickets>(),
            map: web =>
            {
                web.UseWebSockets();
                web.MapPost(
                        "/updates/ticket",
                        async (ClaimsPrincipal user, Tickets tickets, CancellationToken ct) =>
                            await tickets.IssueAsync(user.FindFirstValue("sub")!, ct)
                    )
                    .RequireScope("read");
                web.Map(
                    "/updates",
                    async (HttpContext http, string? ticket, Tickets tickets, CancellationToken ct) =>
                    {
                        if (ticket is null || await tickets.SpendAsync(ticket, ct) is not { } subject)
                            return Results.Unauthorized();
                        using var socket = await http.WebSockets.AcceptWebSocketAsync();
                        await socket.SendAsync(Encoding.UTF8.GetBytes(subject), WebSocketMessageType.Text, true, ct);
                        return Results.Empty;
                    }
                );
            }
        );
        var token = (await app.TokensAsync("spa")).AccessToken();
        var ticket = (await app.RawAsync("/updates/ticket", "", "Bearer " + token)).Body;

        (await SocketAsync(app, "ticket=" + ticket)).Should().Be("alice");
        (await SocketAsync(app, "ticket=" + ticket)).Should().BeNull("it was used");
        (await SocketAsync(app, "access_token=" + token)).Should().BeNull();
        var late = (await app.RawAsync("/updates/ticket", "", "Bearer " + token)).Body;
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        (await SocketAsync(app, "ticket=" + late)).Should().BeNull("its time is over");
    }

    [Test]
    public async Task A_test_of_an_api_alone_brings_a_scheme_of_its_own()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder
            .Services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ScopeOfHeader>(HqOAuth2BearerDefaults.AuthenticationScheme, null);
        builder.Services.AddAuthorization();
        await using var api = builder.Build();
        api.MapGet("/notes", () => "open").RequireScope("read");
        await api.StartAsync();
        using var http = api.GetTestClient();
        foreach (var (scope, status) in new[] { ("write read", 200), ("write", 403) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/notes");
            request.Headers.Add("X-Test-Scope", scope);
            ((int)(await http.SendAsync(request)).StatusCode).Should().Be(status, scope);
        }
    }

    private static void Show(WebApplication web) =>
        web.MapGet("/api/claims", (ClaimsPrincipal user) => string.Join('\n', user.Claims.Select(c => $"{c.Type}={c.Value}")))
            .RequireScope("read");

    private static async Task<Answer> AnswerAsync(HttpClient http, HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        return new(response, await response.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage From(string origin, HttpMethod method)
    {
        var request = new HttpRequestMessage(method, "/api/cors");
        request.Headers.Add("Origin", origin);
        return request;
    }

    // What the socket says; null when it was refused.
    private static async Task<string?> SocketAsync(TestApp app, string query)
    {
        try
        {
            using var socket = await app
                .Server.CreateWebSocketClient()
                .ConnectAsync(new Uri($"wss://auth.example.com/updates?{query}"), CancellationToken.None);
            var buffer = new byte[64];
            var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
            return Encoding.UTF8.GetString(buffer, 0, read.Count);
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("401"))
        {
            return null;
        }
    }

    /// <summary>As in the document.</summary>
    private sealed class Tickets(ITicketStore store, TimeProvider time)
    {
        public async ValueTask<string> IssueAsync(string subject, CancellationToken ct)
        {
            var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            await store.TryAddAsync(Key(ticket), subject, time.GetUtcNow() + TimeSpan.FromSeconds(30), ct);
            return ticket;
        }

        public async ValueTask<string?> SpendAsync(string ticket, CancellationToken ct) =>
            await store.FindAsync(Key(ticket), ct) is { } subject && await store.TryRemoveAsync(Key(ticket), ct) ? subject : null;

        private static string Key(string ticket) => "updates:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ticket)));
    }

    private sealed class Groups : ITokenClaims
    {
        public ValueTask AddAsync(TokenClaims claims, CancellationToken ct)
        {
            claims.Add("groups", ["editors"]);
            return default;
        }
    }

    private sealed class ScopeOfHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var identity = new ClaimsIdentity([new("sub", "alice"), new("scope", Request.Headers["X-Test-Scope"].ToString())], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
