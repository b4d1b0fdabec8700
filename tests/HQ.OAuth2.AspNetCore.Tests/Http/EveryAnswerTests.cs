using System.Net;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What holds at every endpoint there is, also at one that is added later.</summary>
internal sealed class EveryAnswerTests
{
    private EveryEndpoint host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => host = await EveryEndpoint.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await host.DisposeAsync();

    [Test]
    public async Task Every_answer_forbids_to_guess_its_content_type()
    {
        foreach (var (method, path, _) in host.All.Where(e => e.IsOurs))
        {
            var url = path.Replace("{}", "x");
            foreach (var user in new[] { "", "test-user=alice", "test-user=root" })
                ShouldForbid(await host.SendAsync(method, url, http => http.Request.Headers.Cookie = user), $"{method} {path} as {user}");
            ShouldForbid(await host.SendAsync("PATCH", url), "405 at " + path);
            ShouldForbid(await host.SendAsync(method, url + "/"), "a slash after " + path);
            ShouldForbid(await host.SendAsync(method, url.ToUpperInvariant()), "capitals of " + path);
            ShouldForbid(await host.SendAsync("POST", url, http => http.Post(url, "<x>", "text/xml")), "415 at " + path);
            ShouldForbid(
                await host.SendAsync(
                    "OPTIONS",
                    url,
                    http =>
                    {
                        http.Request.Headers.Origin = "https://app.example.com";
                        http.Request.Headers.AccessControlRequestMethod = "POST";
                    }
                ),
                "preflight of " + path
            );
        }

        ShouldForbid(await host.SendAsync("GET", "/oauth2/nothing"), "404");
        var noAnswerOfOurs = await host.SendAsync("GET", "/elsewhere");
        noAnswerOfOurs.Header("X-Content-Type-Options").Should().BeNull("a host decides about its own");
    }

    [Test]
    public async Task The_refusals_of_both_bearer_schemes_forbid_it_too()
    {
        var token = (await host.Server.TokensAsync("spa", ("scope", "read"))).AccessToken();
        ShouldForbid(await host.Server.GetAsync("/api/read"), "401 without a token");
        ShouldForbid(await host.Server.GetAsync("/api/read", "x"), "401");
        ShouldForbid(await host.Server.PostAsync("/api/write"), "401");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        request.Headers.Authorization = new("Bearer", token);
        var forbidden = await host.Server.SendAsync(request);
        forbidden.Status.Should().Be(403);
        ShouldForbid(forbidden, "403");
        foreach (var authorization in new[] { "", "Bearer x", "Bearer x y" })
            ShouldForbid(
                await EveryEndpoint.SendAsync(
                    host.Api,
                    http => (http.Request.Path, http.Request.Headers.Authorization) = ("/read", authorization)
                ),
                authorization
            );
        ShouldForbid(
            await EveryEndpoint.SendAsync(host.Api, http => http.Request.Path = "/.well-known/oauth-protected-resource/notes"),
            "the metadata of an API elsewhere"
        );
    }

    [Test, Rfc("6749-1.6-1"), Rfc("9700-4.13-1")]
    public async Task Every_endpoint_refuses_plain_http_from_another_machine()
    {
        foreach (var (method, path, _) in host.All.Where(e => e.IsOurs))
        {
            foreach (var peer in new[] { "203.0.113.7", "10.0.0.5", "2001:db8::1", "::ffff:10.0.0.5" })
            {
                var answer = await host.SendAsync(
                    method,
                    path.Replace("{}", "web"),
                    http =>
                    {
                        http.Request.Scheme = "http";
                        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
                        http.Request.Headers.Cookie = "test-user=root";
                        http.Request.Headers["X-Forwarded-Proto"] = "https";
                        (http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = (
                            "application/json",
                            2,
                            new MemoryStream("{}"u8.ToArray())
                        );
                    }
                );
                answer.Status.Should().Be(400, $"{method} {path} from {peer}");
                if (method != "HEAD")
                    answer.Body.Should().Contain("over https only", path);
                answer.Body.Should().NotContain("client_secret");
                answer.Header("Set-Cookie").Should().BeNull();
            }
        }
    }

    [Test, Rfc("6750-5.3-2")]
    public async Task Both_bearer_schemes_refuse_a_token_over_plain_http_from_another_machine()
    {
        var token = (
            await host.Server.TokensAsync("spa", ("scope", "read"), ("resource", TestApp.Issuer), ("resource", EveryEndpoint.Elsewhere))
        ).AccessToken();
        foreach (var (server, path) in new[] { (host.Server.Server, "/api/read"), (host.Api, "/read") })
        {
            (await SendAsync("203.0.113.7", token)).Status.Should().Be(400);
            (await SendAsync("203.0.113.7", "nonsense")).Status.Should().Be(400, "nobody learns whether it counts");
            (await SendAsync("203.0.113.7", null)).Status.Should().Be(401, "no token was sent");
            (await SendAsync("127.0.0.1", token)).Status.Should().Be(200);
            (await SendAsync("::ffff:127.0.0.1", token)).Status.Should().Be(200);
            (await SendAsync(null, token)).Status.Should().Be(200, "a local socket has no address");
            (await SendAsync("203.0.113.7", token, "https")).Status.Should().Be(200);

            Task<Answer> SendAsync(string? peer, string? bearer, string scheme = "http") =>
                EveryEndpoint.SendAsync(
                    server,
                    http =>
                    {
                        (http.Request.Scheme, http.Request.Path) = (scheme, path);
                        http.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
                        if (bearer is not null)
                            http.Request.Headers.Authorization = "Bearer " + bearer;
                    }
                );
        }

        host.ApiLogs.Lines.Should().Contain(l => l.Contains("203.0.113.7") && l.Contains("AllowPlainHttpBehindProxy"));
    }

    [Test]
    public async Task A_proxy_that_the_host_answers_for_passes_at_management_and_at_an_API()
    {
        await using var proxied = await EveryEndpoint.StartAsync(options: o => o.AllowPlainHttpBehindProxy = true);
        var token = (await proxied.Server.TokensAsync("spa", ("scope", "read"))).AccessToken();
        foreach (
            var (path, name, value) in new[]
            {
                ("/api/v0/oauth2/apps", "Cookie", "test-user=root"),
                ("/api/read", "Authorization", "Bearer " + token),
            }
        )
        {
            var answer = await proxied.SendAsync(
                "GET",
                path,
                http =>
                {
                    http.Request.Scheme = "http";
                    http.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
                    http.Request.Headers[name] = value;
                }
            );
            answer.Status.Should().Be(200, path);
        }
    }

    private static void ShouldForbid(Answer answer, string which) =>
        answer.Header("X-Content-Type-Options").Should().Be("nosniff", $"{which} ({answer.Status})");
}
