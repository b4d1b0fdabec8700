using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Nothing that arrives is a failure of ours: every endpoint, both bearer schemes, the store of this run.</summary>
internal sealed class MalformedInputTests
{
    private EveryEndpoint host = null!;

    [SetUp]
    public async Task StartAsync() => host = await EveryEndpoint.StartAsync();

    // The framework logs a damaged antiforgery cookie as an error of its own; nothing else is one.
    [TearDown]
    public async Task No_error_was_loggedAsync()
    {
        await using var _ = host;
        host.Server.Logs.Lines.Where(l =>
                (l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal))
                && !l.StartsWith("Error Microsoft.AspNetCore.Antiforgery", StringComparison.Ordinal)
            )
            .Should()
            .BeEmpty();
    }

    [Test]
    public void Every_endpoint_of_ours_is_in_the_list()
    {
        host.All.Where(e => e.IsOurs).Should().HaveCountGreaterThan(25);
        host.All.Select(e => e.Path)
            .Should()
            .Contain([
                "/oauth2/authorize",
                "/oauth2/token",
                "/oauth2/introspect",
                "/oauth2/revoke",
                "/oauth2/par",
                "/oauth2/device_authorization",
                "/oauth2/connected-apps/new-token",
                "/api/v0/users/me/oauth2/personal-access-tokens",
                "/oauth2/register/{}",
                "/oauth2/connected-apps",
                "/api/v0/users/me/oauth2/authorizations/{}",
                "/api/v0/oauth2/apps/{}/secret",
                "/.well-known/oauth-authorization-server",
                "/.well-known/oauth-protected-resource/notes",
                "/oauth2/jwks",
            ]);
    }

    [Test]
    public Task A_malformed_query() =>
        ForEachAsync(
            Malformed.Queries,
            (http, query) => http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.QueryString = query
        );

    [Test]
    public Task A_malformed_content_type() =>
        ForEachAsync(
            Malformed.ContentTypes,
            (http, type) =>
            {
                SetBody(http, "a=b&all=yes&decision=deny"u8.ToArray());
                if (type is not null)
                    http.Request.Headers.ContentType = type;
            }
        );

    [Test]
    public async Task A_malformed_body()
    {
        foreach (var type in new[] { "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x" })
        {
            await ForEachAsync(
                Malformed.Bodies,
                (http, body) =>
                {
                    SetBody(http, body);
                    http.Request.ContentType = type;
                }
            );
        }
    }

    [Test]
    public Task A_malformed_authorization() =>
        ForEachAsync(
            Malformed.Authorizations,
            (http, authorization) =>
            {
                http.Request.Headers.Authorization = authorization;
                http.Request.ContentType = "application/x-www-form-urlencoded";
                SetBody(http, System.Text.Encoding.UTF8.GetBytes("token=" + Uri.EscapeDataString(authorization.Split(' ')[^1])));
            }
        );

    [Test]
    public Task Another_malformed_header() =>
        ForEachAsync(Malformed.Headers, (http, header) => http.Request.Headers[header.Name] = header.Value);

    [Test]
    public async Task A_malformed_part_of_the_path()
    {
        foreach (var (method, path, _) in host.All.Where(e => e.Path.Contains("{}")))
        {
            foreach (var text in Malformed.Texts)
                await ShouldBearAsync(method, path.Replace("{}", text), http => http.Request.Headers.Cookie = "test-user=root", text);
        }
    }

    [Test]
    public async Task A_malformed_parameter_of_a_client_that_is_known()
    {
        foreach (
            var name in new[]
            {
                "code",
                "refresh_token",
                "token",
                "scope",
                "resource",
                "code_verifier",
                "redirect_uri",
                "client_id",
                "state",
                "prompt",
                "code_challenge",
                "client_secret",
                "client_assertion",
                "client_assertion_type",
                "request_uri",
                "acr_values",
                "dpop_jkt",
                "device_code",
            }
        )
        {
            foreach (var text in Malformed.Texts.Where(t => !t.Contains(Malformed.LoneSurrogate)))
            {
                var pair = $"{name}={Uri.EscapeDataString(text)}";
                var form = $"{(name == "client_id" ? "" : "client_id=spa&")}{pair}";
                foreach (var grant in new[] { "authorization_code", "refresh_token" })
                    await PostAsync(
                        "/oauth2/token",
                        $"grant_type={grant}&{(name == "code" ? "" : "code=x&")}{(name == "refresh_token" ? "" : "refresh_token=x&")}{form}"
                    );
                await PostAsync(
                    "/oauth2/par",
                    $"response_type=code&{(name == "redirect_uri" ? "" : "redirect_uri=" + TestApp.RedirectUri + "&")}{form}"
                );
                await PostAsync("/oauth2/device_authorization", form);
                await PostAsync("/oauth2/introspect", form);
                await PostAsync("/oauth2/revoke", form);
                var query = $"?response_type=code&{form}&{(name == "redirect_uri" ? "" : "redirect_uri=" + TestApp.RedirectUri)}";
                await ShouldBearAsync("GET", "/oauth2/authorize", http => http.Request.QueryString = new(query), query);
                var returnUrl = "?returnUrl=" + Uri.EscapeDataString("/oauth2/authorize" + query);
                await ShouldBearAsync("GET", EveryEndpoint.Page, http => http.Request.QueryString = new(returnUrl), returnUrl);
            }
        }

        Task PostAsync(string path, string form) => ShouldBearAsync("POST", path, http => http.Post(path, form), form);
    }

    [Test]
    public async Task A_registration_that_its_own_client_changes_by_malformed_JSON()
    {
        var registered = await host.Server.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        var (id, token) = (registered.Text("client_id")!, registered.Text("registration_access_token")!);
        string[] members =
        [
            "\"client_name\":\"\\ud800\"",
            "\"\\ud800\":1",
            "\"client_secret\":\"\\ud800\"",
            "\"client_secret\":\"a\\u0000b\"",
            "\"client_secret\":7",
        ];
        foreach (var body in members.Select(m => $"{{\"client_id\":\"{id}\",{m}}}").Append("{\"client_id\":\"\\ud800\"}"))
        {
            await ShouldBearAsync(
                "PUT",
                "/oauth2/register/" + id,
                http =>
                {
                    SetBody(http, System.Text.Encoding.UTF8.GetBytes(body));
                    (http.Request.ContentType, http.Request.Headers.Authorization) = ("application/json", "Bearer " + token);
                },
                body
            );
        }
    }

    [Test]
    public async Task A_malformed_token_at_an_API_elsewhere()
    {
        foreach (var authorization in Malformed.Authorizations)
        {
            var answer = await EveryEndpoint.SendAsync(
                host.Api,
                http => (http.Request.Path, http.Request.Headers.Authorization) = ("/read", authorization)
            );
            answer.Status.Should().BeOneOf([400, 401], authorization);
        }

        host.ApiLogs.Lines.Should().NotContain(l => l.StartsWith("Error") || l.StartsWith("Critical"));
    }

    [Test]
    public async Task A_tool_call_that_cannot_be_read_needs_everything()
    {
        var token = (await host.Server.TokensAsync("spa", ("scope", "read"))).AccessToken();
        byte[][] bodies =
        [
            .. Malformed.Bodies,
            [.. "{\"method\":\"tools/list\",\"a\":\""u8, .. new byte[ToolDemand.MaxBytes].Select(_ => (byte)'x'), .. "\"}"u8],
        ];
        foreach (var body in bodies)
        {
            var answer = await host.SendAsync(
                "POST",
                EveryEndpoint.Tools,
                http =>
                {
                    SetBody(http, body);
                    (http.Request.ContentType, http.Request.Headers.Authorization) = ("application/json", "Bearer " + token);
                }
            );
            answer.Status.Should().BeOneOf([200, 403]);
            if (body.Length > ToolDemand.MaxBytes)
                answer.Status.Should().Be(403, "more than the limit is not read");
        }
    }

    // With each of two users, so that what stands behind a sign-in is reached: alice, and the administrator.
    private async Task ForEachAsync<T>(IEnumerable<T> corpus, Action<HttpContext, T> set)
    {
        foreach (var input in corpus)
        {
            var name = input switch
            {
                byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 100))),
                var other => $"{other}",
            };
            foreach (var (method, path, _) in host.All)
            {
                foreach (var user in new[] { "alice", "root" })
                {
                    await ShouldBearAsync(
                        method,
                        path.Replace("{}", new string('0', 32)),
                        http =>
                        {
                            http.Request.Headers.Cookie = "test-user=" + user;
                            set(http, input);
                        },
                        name
                    );
                }
            }
        }
    }

    private async Task ShouldBearAsync(string method, string path, Action<HttpContext> configure, string input)
    {
        var why = $"{method} {path} got {(input.Length > 200 ? input[..200] + "..." : input)}";
        var answer = await host.SendAsync(method, path, configure);
        answer.Status.Should().BeLessThan(500, why + answer.Body);
        if (answer.Body.Length > 0)
            answer.ContentType.Should().BeOneOf(["application/json", "application/problem+json", "text/html", "text/plain"], why);
    }

    private static void SetBody(HttpContext http, byte[] body) =>
        (http.Request.ContentLength, http.Request.Body) = (body.Length, new MemoryStream(body));
}
