using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.DpopApp;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>DPoP at an API in another process, which asks the server about tokens (RFC 9449 §6.2, §7).</summary>
internal sealed class DpopIntrospectionTests
{
    private const string Resource = "https://api.example.com/notes";
    private const string Url = "https://api.example.com/read";

    private static readonly ProofKey key = ProofKey.New();
    private readonly Counter wire = new();
    private TestApp server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await TestApp.StartAsync(o => o.Resources.Add(new() { Identifier = Resource }));
        wire.InnerHandler = server.Server.CreateHandler();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        wire.Dispose();
        await server.DisposeAsync();
    }

    [Test, Rfc("9449-6.2-1"), Rfc("9449-7.1-1"), Rfc("9449-7.2-1")]
    public async Task The_answer_binds_the_token_also_when_it_is_cached()
    {
        await using var api = await ApiAsync();
        var token = (await server.BoundTokensAsync(key, "spa", ("scope", "read"), ("resource", Resource))).AccessToken();
        var before = wire.Count;

        // Whatever was asked first: the cached answer about a bound token never makes a bearer token of it.
        for (var i = 0; i < 2; i++)
        {
            (await SendAsync(api, "Bearer", token, null)).Should().Be(401);
            (await SendAsync(api, "DPoP", token, null)).Should().Be(401);
            (await SendAsync(api, "DPoP", token, ProofKey.New().Proof("GET", Url, server.Clock.Now, token))).Should().Be(401);
            (await SendAsync(api, "DPoP", token, key.Proof("GET", ReadUrl, server.Clock.Now, token))).Should().Be(401);
            (await SendAsync(api, "DPoP", token, key.Proof("GET", Url, server.Clock.Now, token))).Should().Be(200);
        }

        wire.Count.Should().Be(before + 1);
    }

    [Test]
    public async Task A_bearer_token_stays_one()
    {
        await using var api = await ApiAsync();
        var token = (await server.TokensAsync("spa", ("scope", "read"), ("resource", Resource))).AccessToken();

        (await SendAsync(api, "Bearer", token, null)).Should().Be(200);
        (await SendAsync(api, "DPoP", token, key.Proof("GET", Url, server.Clock.Now, token))).Should().Be(401);
    }

    [Test]
    public async Task An_api_that_demands_bound_tokens_says_so_and_refuses_others()
    {
        await using var api = await ApiAsync(o => o.RequireDpop = true);
        var token = (await server.TokensAsync("spa", ("scope", "read"), ("resource", Resource))).AccessToken();
        using var http = api.GetTestClient();

        (await SendAsync(api, "Bearer", token, null)).Should().Be(401);
        (await http.GetStringAsync("/.well-known/oauth-protected-resource/notes"))
            .Should()
            .Contain("\"dpop_signing_alg_values_supported\":[\"ES256\",\"RS256\",\"PS256\"]")
            .And.Contain("\"dpop_bound_access_tokens_required\":true");
    }

    [Test]
    public async Task The_public_address_may_be_another_one()
    {
        await using var api = await ApiAsync(o => o.PublicUrl = "https://public.example/below");
        var token = (await server.BoundTokensAsync(key, "spa", ("scope", "read"), ("resource", Resource))).AccessToken();

        (await SendAsync(api, "DPoP", token, key.Proof("GET", "https://public.example/below/read", server.Clock.Now, token)))
            .Should()
            .Be(200);
        (await SendAsync(api, "DPoP", token, key.Proof("GET", Url, server.Clock.Now, token))).Should().Be(401);
        var wrong = () => ApiAsync(o => o.PublicUrl = "no address");
        (await wrong.Should().ThrowAsync<Exception>()).WithMessage("*PublicUrl*https*");
    }

    // Tokens that are bound to something else, for instance to a certificate (RFC 8705), must not pass for bearer tokens.
    [TestCase("""{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}""", "Bearer")]
    [TestCase("""{"jkt":7}""", "DPoP")]
    [TestCase("\"text\"", "DPoP")]
    [TestCase("null", "DPoP")]
    [TestCase("null", "dpop")]
    public void An_answer_about_a_token_with_another_confirmation_is_inactive(string cnf, string type) =>
        IntrospectedToken
            .Read(
                System.Text.Encoding.UTF8.GetBytes(
                    $$"""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"a","token_type":"{{type}}","cnf":{{cnf}}}"""
                ),
                "i",
                "org_id"
            )
            .Token.Should()
            .BeNull();

    private async Task<WebApplication> ApiAsync(Action<HqOAuth2IntrospectionOptions>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(server.Clock);
        builder
            .Services.AddAuthentication(HqOAuth2BearerDefaults.AuthenticationScheme)
            .AddHqOAuth2Introspection(o =>
            {
                o.Issuer = TestApp.Issuer;
                o.Resources.Add(Resource);
                (o.ClientId, o.ClientSecret) = ("machine", TestApp.WebSecret);
                o.Backchannel = new HttpClient(wire, disposeHandler: false);
                configure?.Invoke(o);
            });
        builder.Services.AddAuthorization();
        var api = builder.Build();
        api.MapHqOAuth2ProtectedResource(Resource, TestApp.Issuer, "read");
        api.MapGet("/read", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
        await api.StartAsync();
        return api;
    }

    private static async Task<int> SendAsync(WebApplication api, string scheme, string token, string? proof)
    {
        using var http = api.GetTestClient();
        http.BaseAddress = new Uri("https://api.example.com");
        http.DefaultRequestHeaders.Authorization = new(scheme, token);
        if (proof is not null)
            http.DefaultRequestHeaders.Add("DPoP", proof);
        using var response = await http.GetAsync("/read?x=y");
        return (int)response.StatusCode;
    }

    private sealed class Counter : DelegatingHandler
    {
        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
