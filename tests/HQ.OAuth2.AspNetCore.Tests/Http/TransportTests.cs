using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>No credential, code or token over plain http (RFC 6749 §1.6, RFC 9700 §4.13).</summary>
internal sealed class TransportTests
{
    private const string Remote = "203.0.113.7";

    private static readonly string[] credentialPaths =
    [
        "/oauth2/token",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/register",
        "/oauth2/authorize",
    ];

    private static Task<Answer> PostAsync(
        TestApp app,
        string path,
        string? peer,
        string scheme = "http",
        Action<HttpContext>? more = null
    ) =>
        app.RawAsync(http =>
        {
            if (path == "/oauth2/register")
                http.Post(path, "{\"redirect_uris\":[\"https://app.example.com/cb\"]}", "application/json");
            else
                http.Post(path, $"grant_type=client_credentials&scope=read&token=x&client_id=post&client_secret={TestApp.WebSecret}");
            http.Request.Scheme = scheme;
            http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
            more?.Invoke(http);
        });

    [TestCaseSource(nameof(credentialPaths))]
    [Rfc("6749-1.6-1")]
    [Rfc("9700-4.13-1")]
    public async Task Plain_http_from_elsewhere_is_refused_and_the_log_says_what_to_do(string path)
    {
        await using var app = await TestApp.StartAsync();
        foreach (var peer in new[] { Remote, "10.0.0.5", "2001:db8::1", "::ffff:10.0.0.5" })
        {
            var answer = await PostAsync(app, path, peer, more: http => http.Request.Headers["X-Forwarded-Proto"] = "https");
            if (path == "/oauth2/authorize")
                answer.ShouldBeErrorPage();
            else
                answer.ShouldBeError("invalid_request");
            answer.Body.Should().Contain("https only").And.NotContain("client_id");
        }

        app.Logs.Lines.Should().Contain(l => l.Contains("UseForwardedHeaders") && l.Contains(Remote));
    }

    [Test, Rfc("6749-1.6-1")]
    public async Task A_request_for_authorization_over_plain_http_goes_nowhere()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.RawAsync(http =>
        {
            var url = TestApp.AuthorizeUrl("web").Split('?');
            (http.Request.Scheme, http.Request.Path, http.Request.QueryString) = ("http", url[0], new("?" + url[1]));
            http.Request.Headers.Cookie = "test-user=alice";
            http.Connection.RemoteIpAddress = IPAddress.Parse(Remote);
        });
        answer.ShouldBeErrorPage();
        answer.Body.Should().NotContain("decision");
    }

    [TestCase("/oauth2/token", 200)]
    [TestCase("/oauth2/introspect", 200)]
    [TestCase("/oauth2/revoke", 200)]
    [TestCase("/oauth2/register", 201)]
    [TestCase("/oauth2/authorize", 303)]
    [Rfc("6749-1.6-1")]
    public async Task Https_loopback_and_a_proxy_that_the_host_answers_for_pass(string path, int status)
    {
        await using var app = await TestApp.StartAsync();
        (await PostAsync(app, path, Remote, "https")).Status.Should().Be(status);
        (await PostAsync(app, path, "127.0.0.1")).Status.Should().Be(status);
        (await PostAsync(app, path, "::1")).Status.Should().Be(status);
        (await PostAsync(app, path, "::ffff:127.0.0.1")).Status.Should().Be(status);

        await using var proxied = await TestApp.StartAsync(o => o.AllowPlainHttpBehindProxy = true);
        (await PostAsync(proxied, path, Remote)).Status.Should().Be(status);

        await using var local = await TestApp.StartAsync(o => o.IssuerURL = "http://localhost:5000");
        (await PostAsync(local, path, Remote)).Status.Should().Be(status);
    }
}
