using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Testing;

namespace OwnPages.Tests;

/// <summary>The sample as docs/consent-and-pages.md shows it: a theme, a Razor page, a single-page app.</summary>
internal sealed class OwnPagesTests
{
    private const string Authorize =
        "/oauth2/authorize?response_type=code&client_id=demo&redirect_uri=http%3A%2F%2Flocalhost%3A5082%2Fcallback&scope=read&state=s1"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    [Test]
    public async Task The_theme_is_on_the_built_in_page()
    {
        await using var sample = Sample(null);
        using var http = await SignedInAsync(sample);
        var page = await http.GetStringAsync(Authorize);
        page.Should().Contain("<img src=\"/brand/logo.svg\"").And.Contain("href=\"/brand/theme.css\"").And.Contain("--main:#2f6b2f");
        page.Should().Contain("your <bdi>Garden</bdi> account?").And.Contain("No, thanks").And.Contain("Read your garden diary");
        (await http.GetAsync("/brand/logo.svg")).Content.Headers.ContentType!.MediaType.Should().Be("image/svg+xml");
        (await http.GetAsync("/brand/theme.css")).Content.Headers.ContentType!.MediaType.Should().Be("text/css");

        http.DefaultRequestHeaders.Add("Accept-Language", "de");
        page = WebUtility.HtmlDecode(await http.GetStringAsync(Authorize));
        page.Should().Contain("Nein, danke").And.Contain("Ihr Gartentagebuch lesen").And.Contain("Erlauben");
    }

    [TestCase("approve", "code")]
    [TestCase("deny", "error")]
    public async Task A_razor_page_asks(string decision, string answer)
    {
        await using var sample = Sample("/consent");
        using var http = await SignedInAsync(sample);
        var sent = await http.GetAsync(Authorize);
        sent.StatusCode.Should().Be(HttpStatusCode.Found);
        var location = sent.Headers.Location!.OriginalString;
        location.Should().StartWith("/consent?returnUrl=%2Foauth2%2Fauthorize%3F");

        using var page = await http.GetAsync(location);
        var html = await page.Content.ReadAsStringAsync();
        html.Should().Contain("Let <bdi>Demo</bdi> into your Garden?").And.Contain("Your answer goes to <strong>localhost:5082</strong>");
        page.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
        page.Headers.CacheControl!.NoStore.Should().BeTrue();
        var fields = Regex
            .Matches(html, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]+)\"")
            .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        var action = WebUtility.HtmlDecode(Regex.Match(html, "action=\"([^\"]+)\"").Groups[1].Value);
        await ShouldAnswerAsync(http, action, fields, decision, answer);
    }

    [TestCase("approve", "code")]
    [TestCase("deny", "error")]
    public async Task A_single_page_app_asks(string decision, string answer)
    {
        await using var sample = Sample("/spa/consent.html");
        using var http = await SignedInAsync(sample);
        var location = (await http.GetAsync(Authorize)).Headers.Location!.OriginalString;
        location.Should().StartWith("/spa/consent.html?returnUrl=");
        (await http.GetStringAsync(location)).Should().Contain("/spa/consent.js");

        // What its script does.
        var asked = JsonDocument.Parse(await http.GetStringAsync("/api/consent" + location[location.IndexOf('?')..])).RootElement;
        asked.GetProperty("consent").GetProperty("clientName").GetString().Should().Be("Demo");
        asked.GetProperty("account").GetString().Should().Be("Alice");
        var fields = asked
            .GetProperty("formFields")
            .EnumerateArray()
            .Select(f => KeyValuePair.Create(f.GetProperty("key").GetString()!, f.GetProperty("value").GetString()!));
        await ShouldAnswerAsync(http, asked.GetProperty("returnPath").GetString()!, fields, decision, answer);
    }

    [TestCase("https://evil.example/oauth2/authorize?client_id=demo")]
    [TestCase("//evil.example/oauth2/authorize?client_id=demo")]
    [TestCase("/oauth2/authorize?client_id=demo")]
    [TestCase("/oauth2/authorize?hq_request=damaged")]
    [TestCase("/oauth2/authorize")]
    [TestCase("/oauth2/token?client_id=demo")]
    [TestCase("%")]
    [TestCase("")]
    public async Task What_is_no_request_of_this_server_is_refused(string returnUrl)
    {
        await using var sample = Sample("/consent");
        using var http = await SignedInAsync(sample);
        foreach (var path in new[] { "/consent", "/api/consent" })
            (await http.GetAsync($"{path}?returnUrl={Uri.EscapeDataString(returnUrl)}")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [TestCase("//evil.example")]
    [TestCase("https://evil.example")]
    [TestCase("/\\evil.example")]
    public async Task Its_sign_in_leads_nowhere_else_and_is_no_other_content_type(string returnUrl)
    {
        await using var sample = Sample(null);
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });

        var answer = await http.GetAsync("/login?returnUrl=" + Uri.EscapeDataString(returnUrl));

        answer.Headers.Location!.OriginalString.Should().Be("/");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Test]
    public async Task Every_page_of_its_own_says_nosniff()
    {
        await using var sample = Sample("/consent");
        using var http = await SignedInAsync(sample);
        foreach (
            var path in new[] { "/consent?returnUrl=" + Uri.EscapeDataString(Authorize), "/spa/consent.html", "/brand/theme.css", "/" }
        )
            (await http.GetAsync(path)).Headers.GetValues("X-Content-Type-Options").Should().Equal(["nosniff"], path);
    }

    [Test]
    public async Task A_request_for_another_host_is_refused()
    {
        await using var sample = Sample("/consent");
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });
        foreach (var path in new[] { "/login", "/.well-known/oauth-authorization-server", "/" })
        {
            (await StatusAsync("rebound.example", path)).Should().Be(HttpStatusCode.BadRequest, path);
            (await StatusAsync("localhost", path)).Should().NotBe(HttpStatusCode.BadRequest, path);
        }

        async Task<HttpStatusCode> StatusAsync(string host, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            return (await http.SendAsync(request)).StatusCode;
        }
    }

    [Test]
    public async Task An_ended_session_signs_in_again_and_the_app_is_told_nothing()
    {
        await using var sample = Sample("/consent");
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });
        var returnUrl = Uri.EscapeDataString(Authorize);
        (await http.GetAsync("/consent?returnUrl=" + returnUrl)).Headers.Location!.OriginalString.Should().Be(Authorize);
        (await http.GetAsync("/api/consent?returnUrl=" + returnUrl)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task An_answer_of_another_session_counts_for_nothing()
    {
        await using var sample = Sample("/consent");
        using var http = await SignedInAsync(sample);
        using var answer = await http.PostAsync(
            Authorize,
            new FormUrlEncodedContent([
                KeyValuePair.Create("decision", "approve"),
                KeyValuePair.Create("hq_request", await HandleAsync(http)),
            ])
        );
        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private static async Task<string> HandleAsync(HttpClient http)
    {
        var asked = await http.GetStringAsync("/api/consent?returnUrl=" + Uri.EscapeDataString(Authorize));
        return JsonDocument.Parse(asked).RootElement.GetProperty("formFields")[0].GetProperty("value").GetString()!;
    }

    private static async Task ShouldAnswerAsync(
        HttpClient http,
        string action,
        IEnumerable<KeyValuePair<string, string>> fields,
        string decision,
        string answer
    )
    {
        using var form = new FormUrlEncodedContent(fields.Append(KeyValuePair.Create("decision", decision)));
        using var response = await http.PostAsync(action, form);
        response.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        response.Headers.Location!.OriginalString.Should().StartWith($"http://localhost:5082/callback?{answer}=").And.Contain("&state=s1");
    }

    private static async Task<HttpClient> SignedInAsync(WebApplicationFactory<Program> sample)
    {
        var http = sample.CreateClient(new() { AllowAutoRedirect = false });
        (await http.GetAsync("/login")).StatusCode.Should().Be(HttpStatusCode.Found);
        return http;
    }

    private static WebApplicationFactory<Program> Sample(string? consentPath) =>
        new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
        {
            if (consentPath is not null)
                b.UseSetting("auth:oauth2:authorizationServer:pages:consentPath", consentPath);
        });
}
