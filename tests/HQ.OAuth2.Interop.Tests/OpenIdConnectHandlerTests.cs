using System.Net;
using System.Text.Json.Nodes;
using System.Web;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>
/// An app that uses ASP.NET Core's own OpenID Connect handler as a client of this server. It gets as far as OAuth goes: the handler pushes its
/// request by default and redeems the code, and then it misses the ID token, which this server does not issue.
/// </summary>
internal sealed class OpenIdConnectHandlerTests
{
    private const string Secret = "secret-of-the-app-itself";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly ProofKey key = ProofKey.New("PS256");
    private readonly List<string> failures = [];
    private McpServerHost server = null!;
    private OpenIdConnectMessage? tokens;
    private string? answeredBy;

    [OneTimeSetUp]
    public void Start()
    {
        server = new(
            ("requirePushedAuthorizationRequests", "true"),
            ("clients:0:clientId", "web"),
            ("clients:0:secretHash", ClientSecrets.Keep(Secret, 4).Hash),
            ("clients:0:redirectUris:0", Person.Callback),
            ("clients:1:clientId", "signer"),
            ("clients:1:jwks", ProofKey.Set(key)),
            ("clients:1:redirectUris:0", Person.Callback)
        );
        // Other people's code has a clock of its own.
        server.Clock.Now = TimeProvider.System.GetUtcNow();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [TestCase("web")]
    [TestCase("signer")]
    public async Task It_pushes_its_request_and_redeems_the_code(string clientId)
    {
        await using var app = await AppAsync(clientId);
        using var browser = app.GetTestServer().CreateClient();

        // The handler finds the endpoint in the metadata: the browser carries a reference, and nothing of the request.
        using var challenge = await browser.GetAsync("/");
        challenge.StatusCode.Should().Be(HttpStatusCode.Redirect);
        var request = challenge.Headers.Location!;
        request.GetLeftPart(UriPartial.Path).Should().Be(server.Issuer + "/oauth2/authorize");
        var carried = HttpUtility.ParseQueryString(request.Query);
        carried.AllKeys.Should().Contain(["client_id", "request_uri"]).And.NotContain(["redirect_uri", "scope", "state", "code_challenge"]);
        carried["request_uri"].Should().StartWith("urn:ietf:params:oauth:request_uri:");

        // alice allows it, and the code goes back.
        using var alice = new Person("alice");
        var answer = await alice.AuthorizeAsync(request, default);
        browser.DefaultRequestHeaders.Add("Cookie", challenge.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        using var _ = await browser.GetAsync(answer);

        answeredBy.Should().Be(server.Issuer, "RFC 9207");
        tokens!.AccessToken.Should().NotBeNullOrEmpty();
        tokens.TokenType.Should().Be("Bearer");
        tokens.Scope.Should().Be("read");
        tokens.RefreshToken.Should().NotBeNullOrEmpty();
        // What is not OAuth: the handler makes its user from an ID token, and validates none.
        failures.Should().ContainSingle().Which.Should().StartWith("IDX10000: The parameter 'token' cannot be a 'null'");

        using var api = new HttpClient();
        api.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        (await api.GetAsync(server.Mcp)).StatusCode.Should().NotBe(HttpStatusCode.Unauthorized);
    }

    private async Task<WebApplication> AppAsync(string clientId)
    {
        failures.Clear();
        (tokens, answeredBy) = (null, null);
        var builder = WebApplication.CreateBuilder();
        // The sample's settings lie beside the tests: the hosts that it allows are not those of this app.
        builder.Configuration["AllowedHosts"] = "*";
        builder.WebHost.UseTestServer(o => o.BaseAddress = new Uri(new Uri(Person.Callback).GetLeftPart(UriPartial.Authority)));
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddOpenIdConnect(options =>
            {
                options.MetadataAddress = server.Issuer + "/.well-known/oauth-authorization-server";
                options.RequireHttpsMetadata = false; // this server is on loopback
                options.ClientId = clientId;
                options.ClientSecret = clientId == "web" ? Secret : null;
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = OpenIdConnectResponseMode.Query;
                options.CallbackPath = new Uri(Person.Callback).AbsolutePath;
                options.Scope.Clear();
                options.Scope.Add("read");
                options.Events = Events(clientId);
            });
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/", () => TypedResults.Challenge(null, [OpenIdConnectDefaults.AuthenticationScheme]));
        await app.StartAsync();
        return app;
    }

    private OpenIdConnectEvents Events(string clientId) =>
        new()
        {
            OnPushAuthorization = context =>
            {
                if (clientId != "signer")
                    return Task.CompletedTask;
                (context.ProtocolMessage.ClientAssertionType, context.ProtocolMessage.ClientAssertion) = (AssertionType, Assertion());
                context.HandleClientAuthentication();
                return Task.CompletedTask;
            },
            OnAuthorizationCodeReceived = context =>
            {
                answeredBy = context.ProtocolMessage.Iss;
                if (clientId != "signer")
                    return Task.CompletedTask;
                (context.TokenEndpointRequest!.ClientAssertionType, context.TokenEndpointRequest.ClientAssertion) = (
                    AssertionType,
                    Assertion()
                );
                return Task.CompletedTask;
            },
            OnTokenResponseReceived = context =>
            {
                tokens = context.TokenEndpointResponse;
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                failures.Add(context.Failure!.Message);
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };

    private string Assertion() =>
        key.Sign(
            new JsonObject
            {
                ["iss"] = "signer",
                ["sub"] = "signer",
                ["aud"] = server.Issuer,
                ["jti"] = Guid.NewGuid().ToString(),
                ["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds(),
            }
        );
}
