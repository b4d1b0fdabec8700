using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The answer of the authorization endpoint: code, state, iss, status (RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4.12).</summary>
internal sealed class AuthorizeResponseTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("6749-4.1.2-1"), Rfc("9207-2-1"), Rfc("9207-2-3"), Rfc("9207-2.1-1"), Rfc("9700-4.12-2"), Rfc("7636-4.4-2")]
    public async Task The_code_comes_in_the_query_with_state_and_iss_each_once()
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl("web"));
        answer.Status.Should().Be(303);
        answer
            .Location.Should()
            .MatchRegex(@"^https://app\.example\.com/cb\?code=hqa_[A-Za-z0-9._-]+&state=the%20state&iss=https%3A%2F%2Fauth\.example\.com$");
        answer.Location.Should().NotContain(TestApp.Challenge);
    }

    [Test, Rfc("6749-4.1.2.1-1"), Rfc("6749-4.1.2.1-7"), Rfc("9207-2-2"), Rfc("9207-2.1-1"), Rfc("9700-4.12-2")]
    public async Task A_no_comes_in_the_query_with_state_and_iss_each_once()
    {
        var browser = app.NewBrowser("nora");
        var answer = await browser.DenyAsync(TestApp.AuthorizeUrl("web"));
        answer.Status.Should().Be(303);
        answer.ShouldBeErrorRedirect("access_denied");
        answer
            .Location.Should()
            .MatchRegex(
                @"^https://app\.example\.com/cb\?error=access_denied&error_description=[^&]+&state=the%20state&iss=https%3A%2F%2Fauth\.example\.com$"
            );
        (await app.RowsAsync("nora")).Should().BeEmpty();
    }

    [TestCase("https://honest.as.example", "iss=https%3A%2F%2Fhonest.as.example")]
    [TestCase("https://honest.as.example/a/b", "iss=https%3A%2F%2Fhonest.as.example%2Fa%2Fb")]
    [Rfc("9207-2.1-1")]
    [Rfc("9207-2.3-1")]
    public async Task The_iss_is_the_issuer_of_the_metadata(string issuer, string expected)
    {
        await using var other = await TestApp.StartAsync(o => o.IssuerURL = issuer);
        var path = new Uri(issuer).AbsolutePath.TrimEnd('/');
        var error = await other.NewUser().GetAsync(path + TestApp.AuthorizeUrl("web", ("response_type", "foo")));
        error.Location.Should().EndWith("&" + expected);
        error.LocationParameter("iss").Should().Be(issuer);
        var code = await other.NewUser().GetAsync(path + TestApp.AuthorizeUrl("web"));
        code.IsConsentPage().Should().BeTrue();
        var metadata = await other.GetAsync("/.well-known/oauth-authorization-server" + path);
        metadata.Text("issuer").Should().Be(issuer);
    }

    private static readonly string[] states =
    [
        "a&b=c",
        "a+b c",
        "100%",
        "%41%2B",
        "a/b?c#d",
        "=&=&",
        " leading and trailing ",
        "\u00a3\u20ac\u00e9 e\u0301",
        " %&+\u00a3\u20ac",
        "<script>\"'\\",
        new('x', 2048),
        string.Concat(Enumerable.Repeat("&=+% /", 340)),
    ];

    [TestCaseSource(nameof(states))]
    [Rfc("6749-4.1.2-6")]
    [Rfc("6749-B-1")]
    [Rfc("6749-A.5-1")]
    public async Task State_comes_back_byte_for_byte(string state)
    {
        var url = TestApp.AuthorizeUrl("web", ("state", state));
        (await app.NewUser().ApproveAsync(url)).LocationParameter("state").Should().Be(state);
        (await app.NewUser().DenyAsync(url)).ShouldBeErrorRedirect("access_denied", state: state);
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("state", state), ("scope", "re\"ad")))).ShouldBeErrorRedirect(
            "invalid_scope",
            state: state
        );
    }

    [Test, Rfc("6749-B-1")]
    public async Task Form_encoding_is_read_as_the_appendix_writes_it()
    {
        // V-FORM-1
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl("web", ("state", null)) + "&state=+%25%26%2B%C2%A3%E2%82%AC");
        answer.LocationParameter("state").Should().Be(" %&+\u00a3\u20ac");
    }

    [Test, Rfc("6749-4.1.2-6")]
    public async Task No_state_is_returned_where_none_was_sent()
    {
        var url = TestApp.AuthorizeUrl("web", ("state", null));
        (await app.NewUser().ApproveAsync(url)).Location.Should().NotContain("state");
        (await app.NewUser().DenyAsync(url)).Location.Should().NotContain("state");
    }

    [TestCase("%00")]
    [TestCase("a%0d%0aLocation:%20https://evil.example")]
    [TestCase("%7F")]
    [TestCase("%C2%85")]
    [Rfc("6749-A.5-1")]
    [Rfc("6749-10.14-1")]
    public async Task A_state_with_a_control_character_is_refused_and_not_echoed(string state)
    {
        var answer = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("state", null)) + "&state=" + state);
        answer.ShouldBeErrorRedirect("invalid_request", state: null);
        answer.Location.Should().NotContain("evil");
    }

    [Test, Rfc("9700-4.12-1"), Rfc("9700-4.2.4-2")]
    public async Task No_redirect_repeats_a_post_or_tells_where_it_came_from()
    {
        var browser = app.NewUser();
        Answer[] redirects =
        [
            await browser.ApproveAsync(TestApp.AuthorizeUrl("web")),
            await browser.GetAsync(TestApp.AuthorizeUrl("web")),
            await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "re\"ad"))),
            await browser.PostAsync("/oauth2/authorize", ("client_id", "web")),
            await app.NewUser().DenyAsync(TestApp.AuthorizeUrl("web")),
            await app.NewBrowser(user: null).GetAsync(TestApp.AuthorizeUrl("web")),
        ];
        redirects.Should().AllSatisfy(r => r.Status.Should().BeOneOf([302, 303]));
        redirects.Should().AllSatisfy(r => r.Location.Should().NotBeNull());
        redirects.Should().AllSatisfy(r => r.Header("Referrer-Policy").Should().Be("no-referrer"));
        redirects.Should().AllSatisfy(r => r.Header("Cache-Control").Should().Contain("no-store"));
    }

    [Test, Rfc("9700-2.6-4")]
    public async Task No_cors_header_leaves_the_endpoint_whatever_the_host_allows()
    {
        await using var open = await TestApp.StartAsync(host: OpenCors.Add);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            var request = new HttpRequestMessage(method, TestApp.AuthorizeUrl("web"));
            request.Headers.Add("Origin", "https://app.example.com");
            request.Headers.Add("Access-Control-Request-Method", "GET");
            var answer = await open.SendAsync(request);
            answer.Headers.NonValidated.Select(h => h.Key).Should().NotContain(k => k.StartsWith("Access-Control-"));
        }

        // The policy is really there.
        var api = new HttpRequestMessage(HttpMethod.Get, "/api/read");
        api.Headers.Add("Origin", "https://app.example.com");
        (await open.SendAsync(api)).Header("Access-Control-Allow-Origin").Should().Be("*");
    }
}
