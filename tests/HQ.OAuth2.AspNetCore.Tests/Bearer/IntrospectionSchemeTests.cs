using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>An API in another process, which asks the server about each token (RFC 7662) and remembers the answer for a while.</summary>
internal sealed class IntrospectionSchemeTests
{
    private const string Resource = "https://api.example.com/notes";

    private TestApp server = null!;
    private CountingHandler wire = null!;
    private WebApplication api = null!;
    private HttpClient http = null!;
    private CapturedLogs logs = null!;

    [SetUp]
    public async Task StartAsync()
    {
        server = await TestApp.StartAsync(o => o.Resources.Add(new() { Identifier = Resource }));
        await StartApiAsync(_ => { });
    }

    [TearDown]
    public async Task StopAsync()
    {
        http.Dispose();
        await api.DisposeAsync();
        await server.DisposeAsync();
    }

    [Test]
    [Rfc("6750-2.1-1"), Rfc("6750-3.1-2"), Rfc("9728-5.1-1")]
    public async Task A_token_for_this_API_opens_what_its_scope_lets_it()
    {
        var token = await TokenAsync();

        (await GetAsync("/read", token)).Should().Be((200, "alice spa read " + Resource, null));
        var (status, _, challenge) = await GetAsync("/write", token);
        status.Should().Be(403);
        challenge.Should().Contain("error=\"insufficient_scope\"").And.Contain("scope=\"write\"").And.Contain(MetadataUrl);
        (status, _, challenge) = await GetAsync("/read", null);
        status.Should().Be(401);
        challenge.Should().Be($"Bearer realm=\"oauth2\", scope=\"read\", resource_metadata=\"{MetadataUrl}\"");
        (status, _, challenge) = await GetAsync("/read", "nonsense");
        status.Should().Be(401);
        challenge.Should().Contain("error=\"invalid_token\"");
    }

    [Test, Rfc("9700-2.3-3"), Rfc("8707-3-1")]
    public async Task A_token_for_another_API_is_refused()
    {
        var other = (await server.TokensAsync("spa", ("scope", "read"))).AccessToken();

        (await GetAsync("/read", other)).Status.Should().Be(401);
    }

    [Test]
    public async Task An_answer_is_used_again_for_a_while_and_a_revocation_is_seen_after()
    {
        var tokens = await server.TokensAsync("spa", ("scope", "read"), ("resource", Resource));
        for (var i = 0; i < 5; i++)
            (await GetAsync("/read", tokens.AccessToken())).Status.Should().Be(200);
        wire.Count.Should().Be(1);
        await server.PostAsync(Revoke, ("token", tokens.RefreshToken()), ("client_id", "spa"));
        server.Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        (await GetAsync("/read", tokens.AccessToken())).Status.Should().Be(200);

        server.Clock.Advance(TimeSpan.FromTicks(1));
        (await GetAsync("/read", tokens.AccessToken())).Status.Should().Be(401);
        (await GetAsync("/read", tokens.AccessToken())).Status.Should().Be(401);
        wire.Count.Should().Be(2, "that it does not count is remembered too");
    }

    [Test]
    public async Task Made_up_tokens_push_out_no_good_answer()
    {
        var token = await TokenAsync();
        (await GetAsync("/read", token)).Status.Should().Be(200);
        var real = wire.Count;
        wire.Instead = () => new HttpResponseMessage { Content = new StringContent("""{"active":false}""") };
        for (var i = 0; i < 10_100; i++)
            (await GetAsync("/read", $"made-up-{i}")).Status.Should().Be(401);
        var asked = wire.Count;
        asked.Should().Be(real + 10_100);

        (await GetAsync("/read", token)).Status.Should().Be(200);
        (await GetAsync("/read", "made-up-10099")).Status.Should().Be(401);
        wire.Count.Should().Be(asked, "both answers are still known");
        (await GetAsync("/read", "made-up-0")).Status.Should().Be(401);
        wire.Count.Should().Be(asked + 1, "the oldest went");
    }

    [Test]
    public async Task No_answer_is_used_beyond_the_tokens_end_and_zero_asks_each_time()
    {
        await RestartApiAsync(o => o.CacheFor = TimeSpan.FromDays(1));
        var token = await TokenAsync();
        (await GetAsync("/read", token)).Status.Should().Be(200);
        server.Clock.Advance(TimeSpan.FromMinutes(15));
        (await GetAsync("/read", token)).Status.Should().Be(401);
        wire.Count.Should().Be(1);

        await RestartApiAsync(o => o.CacheFor = TimeSpan.Zero);
        token = await TokenAsync();
        await GetAsync("/read", token);
        await GetAsync("/read", token);
        wire.Count.Should().Be(2);
    }

    [TestCase(HttpStatusCode.Unauthorized)]
    [TestCase(HttpStatusCode.InternalServerError)]
    [TestCase(HttpStatusCode.Redirect)]
    public async Task A_server_that_cannot_be_asked_is_503_and_not_remembered(HttpStatusCode status)
    {
        var token = await TokenAsync();
        wire.Instead = () => new HttpResponseMessage(status);

        (await GetAsync("/read", token))
            .Should()
            .Match<(int Status, string Body, string? Challenge)>(a =>
                a.Status == 503 && a.Body.Contains("temporarily_unavailable") && a.Challenge == null
            );
        logs.Lines.Should().Contain(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains($"{(int)status}"));
        logs.Lines.Should().NotContain(l => l.Contains(token) || l.Contains(TestApp.WebSecret));
        wire.Instead = null;
        (await GetAsync("/read", token)).Status.Should().Be(200);
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("<html>")]
    [TestCase("""{"active":true,"client_id":"\ud800"}""")]
    public async Task An_answer_that_cannot_be_read_is_503(string body)
    {
        wire.Instead = () => new HttpResponseMessage { Content = new StringContent(body) };

        (await GetAsync("/read", "x")).Status.Should().Be(503);
        wire.Instead = () => throw new HttpRequestException("down");
        (await GetAsync("/read", "y")).Status.Should().Be(503);
    }

    [Test]
    public async Task An_answer_whose_body_stalls_is_503_within_the_time_limit_of_the_back_channel()
    {
        await RestartApiAsync(o => o.Backchannel!.Timeout = TimeSpan.FromMilliseconds(200));
        wire.Instead = () => new HttpResponseMessage { Content = new StalledContent() };

        var (status, body, challenge) = await GetAsync("/read", "x").WaitAsync(TimeSpan.FromSeconds(30));

        (status, challenge).Should().Be((503, null));
        body.Should().Contain("temporarily_unavailable");
        logs.Lines.Should().Contain(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("introspect"));
        wire.Instead = null;
        (await GetAsync("/read", await TokenAsync())).Status.Should().Be(200);
    }

    [TestCase("https://auth.example.com", "http://api.internal/notes", true)]
    [TestCase("http://localhost:5080", "https://api.example.com/notes", true)]
    [TestCase("http://localhost:5080", "http://api.internal/notes", false)]
    [Rfc("6750-5.3-2")]
    public async Task A_token_over_plain_http_is_refused_where_the_issuer_or_a_resource_is_https(
        string issuer,
        string resource,
        bool isRefused
    )
    {
        await RestartApiAsync(o =>
        {
            o.Issuer = issuer;
            o.Resources.Clear();
            o.Resources.Add(resource);
        });
        wire.Instead = () =>
            new HttpResponseMessage
            {
                Content = new StringContent(
                    $$"""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"{{resource}}"}"""
                ),
            };

        (await StatusAsync("http", "203.0.113.7")).Should().Be(isRefused ? 400 : 200);
        wire.Count.Should().Be(isRefused ? 0 : 1, "a token that is not taken is not asked about");
        (await StatusAsync("https", "203.0.113.7")).Should().Be(200);
        (await StatusAsync("http", "127.0.0.1")).Should().Be(200);

        async Task<int> StatusAsync(string scheme, string peer)
        {
            var answer = await EveryEndpoint.SendAsync(
                api.GetTestServer(),
                c =>
                {
                    (c.Request.Scheme, c.Request.Path) = (scheme, "/read");
                    c.Connection.RemoteIpAddress = IPAddress.Parse(peer);
                    c.Request.Headers.Authorization = "Bearer x";
                }
            );
            return answer.Status;
        }
    }

    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"https://api.example.com/notes"}""", 200)]
    [TestCase("""{"active":true,"client_id":"c","scope":"read","exp":9999999999,"aud":["x","https://api.example.com/notes"]}""", 200)]
    [TestCase(
        """{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"https://api.example.com/notes","iss":"https://evil.example"}""",
        401
    )]
    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999}""", 401)]
    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":7}""", 401)]
    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"read","aud":"https://api.example.com/notes"}""", 401)]
    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"read","exp":1,"aud":"https://api.example.com/notes"}""", 401)]
    [TestCase(
        """{"active":true,"client_id":"c","sub":"s","scope":"read","exp":99999999999999,"aud":"https://api.example.com/notes"}""",
        401
    )]
    [TestCase("""{"active":true,"client_id":"c","sub":"s","scope":"re\"ad","exp":9999999999,"aud":"https://api.example.com/notes"}""", 401)]
    [TestCase("""{"active":true,"sub":"s","scope":"read","exp":9999999999,"aud":"https://api.example.com/notes"}""", 401)]
    [TestCase("""{"active":"true","client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"https://api.example.com/notes"}""", 401)]
    [TestCase("""{"active":false,"client_id":"c","sub":"s","scope":"read","exp":9999999999,"aud":"https://api.example.com/notes"}""", 401)]
    [TestCase("{}", 401)]
    public async Task Only_an_answer_with_every_required_member_is_a_valid_token(string body, int status)
    {
        wire.Instead = () => new HttpResponseMessage { Content = new StringContent(body) };

        (await GetAsync("/read", "x")).Status.Should().Be(status);
    }

    [Test, Rfc("9728-3-1"), Rfc("9728-2-2")]
    public async Task Its_metadata_leads_to_the_server_from_any_origin()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-protected-resource/notes");
        request.Headers.Add("Origin", "https://inspector.example");
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();

        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        body.Should()
            .Be(
                $$"""{"resource":"{{Resource}}","authorization_servers":["{{TestApp.Issuer}}"],"scopes_supported":["read","write"],"bearer_methods_supported":["header"]}"""
            );
    }

    [Test]
    public async Task A_setting_that_is_missing_stops_the_start()
    {
        var start = () =>
            StartApiAsync(o => (o.Issuer, o.ClientSecret, o.CacheFor) = ("https://auth.example.com/", null, TimeSpan.FromTicks(-1)));

        var elsewhere = () => StartApiAsync(o => o.IntrospectionEndpoint = "http://auth.example.com/introspect");
        (await elsewhere.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*IntrospectionEndpoint*https*");
        var problem = (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message;
        problem.Should().Contain("Issuer").And.Contain("slash").And.Contain("ClientSecret").And.Contain("CacheFor");
    }

    [Test]
    public async Task An_answer_is_kept_for_a_day_at_most()
    {
        await RestartApiAsync(o => o.CacheFor = TimeSpan.FromDays(1));
        var start = () => RestartApiAsync(o => o.CacheFor = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1));

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*CacheFor = 1.00:00:00.0000001*1.00:00:00 at most*");
    }

    [TestCase("notes")]
    [TestCase("/notes")]
    [TestCase("https://api.example.com/notes#part")]
    [TestCase("https://api.example.com/my notes")]
    [TestCase("")]
    public async Task A_resource_that_is_no_absolute_URI_without_fragment_stops_the_start(string resource)
    {
        var start = () => RestartApiAsync(o => o.Resources.Add(resource));

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage($"*Resources has '{resource}'*RFC 8707*");
    }

    private static string MetadataUrl => "https://api.example.com/.well-known/oauth-protected-resource/notes";

    private async Task<string> TokenAsync() => (await server.TokensAsync("spa", ("scope", "read"), ("resource", Resource))).AccessToken();

    private async Task<(int Status, string Body, string? Challenge)> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request);
        return (
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.WwwAuthenticate.FirstOrDefault()?.ToString()
        );
    }

    private async Task RestartApiAsync(Action<HqOAuth2IntrospectionOptions> configure)
    {
        http.Dispose();
        await api.DisposeAsync();
        await StartApiAsync(configure);
    }

    private async Task StartApiAsync(Action<HqOAuth2IntrospectionOptions> configure)
    {
        (wire, logs) = (new(server.Server.CreateHandler()), new());
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(server.Clock);
        builder
            .Services.AddAuthentication(HqOAuth2BearerDefaults.AuthenticationScheme)
            .AddHqOAuth2Introspection(o =>
            {
                o.Issuer = TestApp.Issuer;
                (o.ClientId, o.ClientSecret) = ("machine", TestApp.WebSecret);
                o.Resources.Add(Resource);
                o.Backchannel = new HttpClient(wire);
                configure(o);
            });
        builder.Services.AddAuthorization();
        api = builder.Build();
        api.MapHqOAuth2ProtectedResource(Resource, TestApp.Issuer, "read", "write");
        api.MapGet(
                "/read",
                (HttpContext c) => string.Join(' ', new[] { "sub", "client_id", "scope", "aud" }.Select(t => c.User.FindFirst(t)?.Value))
            )
            .RequireScope("read");
        api.MapGet("/write", () => "").RequireScope("write");
        await api.StartAsync();
        http = api.GetTestClient();
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public int Count { get; private set; }

        public Func<HttpResponseMessage>? Instead { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return Instead is { } answer ? Task.FromResult(answer()) : base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Headers that come, and a body that never does.</summary>
    private sealed class StalledContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.Infinite, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
