using System.Net;
using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What the doctor finds: each thing that breaks clients, in a sentence with what to change.</summary>
internal sealed class IssuerDoctorTests
{
    private const string Document = """
        {"issuer":"https://as.example/x","authorization_endpoint":"https://as.example/x/oauth2/authorize","token_endpoint":"https://as.example/x/oauth2/token","jwks_uri":"https://as.example/x/oauth2/jwks"}
        """;

    private Line line = null!;

    [SetUp]
    public void A_line_that_works() => line = new();

    [Test]
    public async Task A_server_of_ours_has_nothing_that_breaks_clients([Values(TestApp.Issuer, TestApp.Issuer + "/tenant")] string issuer)
    {
        await using var app = await TestApp.StartAsync(o => o.IssuerURL = issuer);
        using var http = app.NewHttpClient();
        (await IssuerDoctor.ExamineAsync(issuer, http, TimeProvider.System, CancellationToken.None)).Should().BeEmpty();
    }

    [Test]
    public async Task A_line_that_is_as_it_should_be_is_healthy() => (await ExamineAsync()).Should().BeEmpty();

    [TestCase("https://as.example/x/", "a slash at the end")]
    [TestCase("https://AS.example/x", "upper and lower case")]
    [TestCase("http://as.example/x", "http and https, so a proxy")]
    [TestCase("https://as.example:8443/x", "the port")]
    [TestCase("https://other.example/x", "different addresses")]
    public async Task An_issuer_that_differs_is_told_by_how(string said, string how)
    {
        line.Metadata = Document
            .Replace("https://as.example/x", said, StringComparison.Ordinal)
            .Replace("//oauth2", "/oauth2", StringComparison.Ordinal);
        var finding = (await ExamineAsync()).Should().ContainSingle().Subject;
        finding.Problem.Should().Contain(said).And.Contain("https://as.example/x").And.Contain(how);
        finding.Fix.Should().Contain("issuerURL");
    }

    [Test]
    public async Task An_issuer_that_is_missing_or_an_endpoint_that_was_rewritten_is_told()
    {
        line.Metadata = """{"token_endpoint":"http://inner:8080/oauth2/token"}""";
        (await ExamineAsync())
            .Select(f => f.Problem)
            .Should()
            .HaveCount(2)
            .And.Contain(p => p.Contains("it is missing"))
            .And.Contain(p => p.Contains("token_endpoint is http://inner:8080"));
    }

    [TestCase(404, "answers 404", "/.well-known/oauth-authorization-server/x")]
    [TestCase(301, "redirects to https://www.as.example/", "stop the redirect")]
    public async Task A_document_that_is_not_there_is_told_with_the_place(int status, string problem, string fix)
    {
        line.MetadataStatus = (HttpStatusCode)status;
        var finding = (await ExamineAsync()).Should().ContainSingle().Subject;
        finding.Problem.Should().Contain(problem);
        finding.Fix.Should().Contain(fix);
    }

    [Test]
    public async Task A_front_end_that_answers_for_everything_is_told()
    {
        line.Metadata = "<!doctype html><title>My app</title>";
        (await ExamineAsync()).Should().ContainSingle().Which.Problem.Should().Contain("is no JSON");
    }

    [Test]
    public async Task A_proxy_that_ends_tls_unsaid_is_told()
    {
        line.Token = """{"error":"invalid_request","error_description":"This server is used over https only."}""";
        var finding = (await ExamineAsync()).Should().ContainSingle().Subject;
        finding.Problem.Should().Contain("ends TLS");
        finding.Fix.Should().Contain("UseForwardedHeaders");
    }

    [Test]
    public async Task Cors_keys_clock_and_endpoints_are_looked_at()
    {
        line.HasCors = false;
        line.Keys = """{"keys":[]}""";
        line.Token = "Bad gateway";
        line.Date = DateTimeOffset.UtcNow.AddMinutes(-5);
        var problems = (await ExamineAsync()).Select(f => f.Problem).ToList();
        problems.Should().HaveCount(5);
        problems.Should().Contain(p => p.Contains("The clocks differ"));
        problems.Should().Contain(p => p.Contains("no CORS header"));
        problems.Should().Contain(p => p.Contains("without keys"));
        problems.Should().Contain(p => p.Contains("without an OAuth error"));
        problems.Should().Contain(p => p.Contains("(OPTIONS)"));
    }

    [Test]
    public async Task An_issuer_with_a_path_is_told_which_part_of_it_the_app_may_see()
    {
        line.Keys = "Not found";
        var finding = (await ExamineAsync()).Should().ContainSingle().Subject;
        finding.Fix.Should().Contain("the whole path of the issuer, /x,").And.Contain("PathBase");
    }

    [Test]
    public async Task An_unreachable_server_is_reported_once()
    {
        line.IsCut = true;
        (await ExamineAsync()).Should().ContainSingle().Which.Problem.Should().Contain("cannot be reached from here: ConnectionError");
    }

    [Test]
    public async Task An_issuer_that_cannot_be_one_is_told()
    {
        (await ExamineAsync("https://as.example/")).Should().ContainSingle().Which.Problem.Should().Contain("ends with a slash");
    }

    [Test]
    public async Task The_log_says_what_was_found_and_that_keys_are_in_memory()
    {
        await using var app = await TestApp.StartAsync(inMemory: true);
        var doctor = app.Services.GetServices<IHostedService>().OfType<DoctorAtStart>().Single();
        line.Metadata = Document;
        using var http = new HttpClient(new Handler(line));
        await doctor.ReportAsync(http, CancellationToken.None);
        app.Logs.Lines.Should().Contain(l => l.StartsWith("Warning") && l.Contains("This breaks clients:"));
        app.Logs.Lines.Should().Contain(l => l.Contains("The keys of access tokens are in memory"));
        using var own = app.NewHttpClient();
        await doctor.ReportAsync(own, CancellationToken.None);
        app.Logs.Lines.Should().Contain(l => l.Contains($"Clients find this server: {TestApp.Issuer}") || l.Contains("The clocks differ"));
    }

    [Test]
    public async Task Differences_from_the_best_current_practice_are_named_at_start_and_explained_by_the_doctor()
    {
        await using var app = await TestApp.StartAsync(o => o.RefreshTokenLeeway = TimeSpan.Zero, inMemory: true);
        using var own = app.NewHttpClient();
        app.Logs.Lines.Should()
            .ContainSingle(l => l.Contains("RFC 9700"))
            .Which.Should()
            .StartWith("Information")
            .And.Contain("§2.2.1 (resources:requireDpop), §2.5 (clients:web), §2.5 (clients:post), §2.5 (clients:machine)")
            .And.NotContain("4.14.2");

        await app.Services.GetServices<IHostedService>().OfType<DoctorAtStart>().Single().ReportAsync(own, CancellationToken.None);

        app.Logs.Lines.Where(l => l.Contains("differs from RFC 9700 §"))
            .Should()
            .HaveCount(4)
            .And.ContainSingle(l =>
                l.Contains($"{HqOAuth2Options.Section}:clients:web differs from RFC 9700 §2.5: ") && l.Contains("private_key_jwt")
            );
    }

    [Test]
    public async Task The_strict_profile_has_no_difference_to_name()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Clients.Clear();
            o.Profile = SecurityProfile.Fapi2;
        });
        app.Logs.Lines.Should().NotContain(l => l.Contains("RFC 9700"));
    }

    [Test]
    public async Task Keys_of_our_own_clients_that_cannot_be_had_are_told()
    {
        var web = new PublishedDocuments();
        web.Publish("https://good.example.com/keys", ProofKey.Set(ProofKey.New()));
        await using var app = await TestApp.StartAsync(
            o =>
            {
                foreach (var id in new[] { "good", "lost" })
                {
                    var client = TestApp.Client(id, null, null, [], ["client_credentials"]);
                    client.JwksUri = $"https://{id}.example.com/keys";
                    o.Clients.Add(client);
                }
            },
            host: builder => builder.Services.AddSingleton(new DocumentFetcher(web, TimeProvider.System)),
            inMemory: true
        );
        await app.AddClientAsync(
            BackChannel.Confidential("stored", "x", OAuthClientAuthenticationMethods.PrivateKeyJwt) with
            {
                JwksUri = "https://stored.example.com/keys",
            }
        );
        await app.AddClientAsync(BackChannel.Confidential("secretive", "x") with { JwksUri = "https://secretive.example.com/keys" });
        using var own = app.NewHttpClient();

        await app.Services.GetServices<IHostedService>().OfType<DoctorAtStart>().Single().ReportAsync(own, CancellationToken.None);

        var found = app.Logs.Lines.Where(l => l.Contains("This breaks clients: The keys of client ")).ToList();
        found.Should().HaveCount(2);
        found.Should().Contain(l => l.Contains("client lost") && l.Contains("404") && l.Contains("jwks"));
        found.Should().Contain(l => l.Contains("client stored"));
        web.Fetches.Should().Be(3, "keys that no method uses are not fetched");
    }

    [Test]
    public async Task The_doctor_of_the_process_leaves_no_refusal_in_its_log_and_nobody_else_can_do_that()
    {
        await using var app = await TestApp.StartAsync(inMemory: true);
        using var own = app.NewHttpClient();

        await app.Services.GetServices<IHostedService>().OfType<DoctorAtStart>().Single().ReportAsync(own, CancellationToken.None);
        app.Logs.Lines.Should().NotContain(l => l.Contains(" refused client "));

        foreach (var mark in new[] { "", "true", new string('0', 64) })
        {
            using var guess = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent([]) };
            guess.Headers.TryAddWithoutValidation("HQ-Doctor", mark);
            (await app.SendAsync(guess)).ShouldBeError("invalid_client", 401);
        }

        app.Logs.Lines.Count(l => l.Contains(" refused client ")).Should().Be(3);
        (
            await own.PostAsync(
                "/oauth2/token",
                new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "spa")])
            )
        )
            .IsSuccessStatusCode.Should()
            .BeFalse("a marked request is not looked at, so nothing can be hidden in it");
    }

    private async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(string issuer = "https://as.example/x")
    {
        using var http = new HttpClient(new Handler(line));
        return await IssuerDoctor.ExamineAsync(issuer, http, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>A server behind a line that can be spoilt in each way.</summary>
    private sealed class Line
    {
        public string Metadata { get; set; } = Document;
        public HttpStatusCode MetadataStatus { get; set; } = HttpStatusCode.OK;
        public string Keys { get; set; } = """{"keys":[{"kid":"1"}]}""";
        public string Token { get; set; } = """{"error":"invalid_client"}""";
        public bool HasCors { get; set; } = true;
        public bool IsCut { get; set; }
        public DateTimeOffset Date { get; set; } = DateTimeOffset.UtcNow;

        public Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
        {
            if (IsCut)
                throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
            var (status, body) = (request.Method.Method, request.RequestUri!.AbsolutePath) switch
            {
                ("GET", "/.well-known/oauth-authorization-server/x") => (MetadataStatus, Metadata),
                ("GET", "/x/oauth2/jwks") => (HttpStatusCode.OK, Keys),
                ("POST", "/x/oauth2/token") => (HttpStatusCode.BadRequest, Token),
                ("OPTIONS", "/x/oauth2/token") => (HttpStatusCode.NoContent, ""),
                _ => (HttpStatusCode.NotFound, ""),
            };
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            answer.Headers.Date = Date;
            if (HasCors)
                answer.Headers.Add("Access-Control-Allow-Origin", "*");
            if ((int)status is 301)
                answer.Headers.Location = new("https://www.as.example/");
            return Task.FromResult(answer);
        }
    }

    private sealed class Handler(Line line) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            line.AnswerAsync(request);
    }
}
