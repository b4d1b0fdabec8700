using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// Every store call of every ceremony fails once, in each way: the answer is 503 with nothing in it, or what it would have been; and the same
/// request succeeds afterwards, so nothing was spent that the client cannot have again. The calls are counted, not listed.
/// </summary>
internal sealed class FailClosedTests
{
    private static readonly ProofKey key = ProofKey.New("ES256", "k");
    private static readonly ProofKey proof = ProofKey.New();

    /// <summary>A request that is prepared without a fault, and sent with one.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Prepare">Prepares it; the result sends it, anew each time.</param>
    /// <param name="Done">The statuses of success; at a repetition too.</param>
    private sealed record Ceremony(string Name, Func<TestApp, Task<Func<Task<Answer>>>> Prepare, params int[] Done)
    {
        /// <summary>
        /// Whether a caller who leaves before the answer may have lost it for good: a code is redeemed once, whoever reads the answer.
        /// </summary>
        public bool IsOnce { get; init; }

        /// <summary>Returns whether an access token still works, for a ceremony that ends it; null = it ends none.</summary>
        public Func<TestApp, Task<bool>>? StillWorks { get; init; }

        public override string ToString() => Name;
    }

    // The access token of the present ceremony.
    private static string given = "";

    // The kind of answer that the present ceremony has: an empty 200 in its place is no success.
    private static string? usual;

    private static async Task<bool> CallsAsync(TestApp app) => (await app.GetAsync("/api/read", given)).Status == 200;

    private static IEnumerable<Ceremony> Ceremonies()
    {
        yield return new("authorize", app => Ready(() => app.NewBrowser("alice").GetAsync(TestApp.AuthorizeUrl("web"))), 200);
        yield return new(
            "approve",
            async app =>
            {
                var browser = app.NewBrowser("alice");
                var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
                return () => browser.PressAsync(page, "approve");
            },
            303
        );
        yield return new(
            "authorize again, remembered",
            async app =>
            {
                var browser = app.NewBrowser("alice");
                await browser.ApproveAsync(TestApp.AuthorizeUrl("web"));
                return () => browser.GetAsync(TestApp.AuthorizeUrl("web"));
            },
            302
        );
        yield return new("push", app => Ready(() => app.PushAsync("web")), 201);
        yield return new(
            "authorize by reference",
            async app =>
            {
                var pushed = await app.PushAsync("web");
                return () => app.NewBrowser("alice").GetAsync(pushed.AuthorizeUrl("web"));
            },
            302
        );
        yield return new(
            "approve by reference",
            async app =>
            {
                var browser = app.NewBrowser("alice");
                var opened = await browser.GetAsync((await app.PushAsync("web")).AuthorizeUrl("web"));
                var page = await browser.GetAsync(opened.Location!);
                return () => browser.PressAsync(page, "approve");
            },
            303
        );
        foreach (var client in new[] { "web", "spa" })
        {
            yield return new(
                "redeem by " + client,
                async app =>
                {
                    var code = await app.CodeAsync(client);
                    return () => app.RedeemAsync(client, code);
                },
                200
            )
            {
                IsOnce = true,
            };
            yield return new(
                "refresh by " + client,
                async app =>
                {
                    var tokens = await app.TokensAsync(client);
                    return () => app.RefreshAsync(client, tokens.RefreshToken());
                },
                200
            );
        }

        yield return new(
            "redeem with a proof",
            async app =>
            {
                var code = await app.CodeAsync("spa");
                return () => app.TokenAsync([app.TokenProof(proof)], DpopApp.CodeForm("spa", code));
            },
            200
        )
        {
            IsOnce = true,
        };
        yield return new(
            "refresh with a proof",
            async app =>
            {
                var tokens = await app.BoundTokensAsync(proof);
                return () => app.BoundRefreshAsync(proof, "spa", tokens.RefreshToken());
            },
            200
        );
        yield return new("client credentials", app => Ready(() => app.PostAsync(Token, [ClientCredentials, .. Machine])), 200);
        yield return new(
            "client credentials by a signature",
            app => Ready(() => app.PostAsync(Token, [ClientCredentials, .. key.Signed("signer")])),
            200
        );
        yield return new(
            "introspect an access token",
            async app =>
            {
                var tokens = await app.TokensAsync("spa");
                return () => app.IntrospectAsync(tokens.AccessToken());
            },
            200
        );
        yield return new(
            "introspect a refresh token",
            async app =>
            {
                var tokens = await app.TokensAsync("web");
                return () => app.PostAsync(Introspect, [("token", tokens.RefreshToken()), .. TestApp.Credentials("web")]);
            },
            200
        );
        foreach (var kind in new[] { "access_token", "refresh_token" })
        {
            yield return new(
                "revoke by " + kind,
                async app =>
                {
                    var tokens = await app.TokensAsync("web");
                    given = tokens.AccessToken();
                    return () => app.PostAsync(Revoke, [("token", tokens.Text(kind)!), .. TestApp.Credentials("web")]);
                },
                200
            )
            {
                StillWorks = CallsAsync,
            };
        }

        yield return new(
            "revoke a token without a row",
            async app =>
            {
                given = (await app.MachineTokenAsync()).AccessToken();
                return () => app.PostAsync(Revoke, [("token", given), .. Machine]);
            },
            200
        )
        {
            StillWorks = CallsAsync,
        };
        yield return new("register", app => Ready(() => app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })), 201);
        yield return new("ask for a device code", app => Ready(() => app.AskAsync()), 200);
        yield return new(
            "open the page of a device",
            async app =>
            {
                var device = await app.DeviceAsync();
                return () => app.NewBrowser("alice").GetAsync(device.Page);
            },
            200
        );
        yield return new(
            "approve a device",
            async app =>
            {
                var (device, browser) = (await app.DeviceAsync(), app.NewBrowser("alice"));
                var page = await browser.GetAsync(device.Page);
                return () => browser.PostAsync("/oauth2/device", [.. Browser.HiddenFields(page), ("decision", "approve")]);
            },
            200
        );
        yield return new(
            "redeem a device code",
            async app =>
            {
                var (device, browser) = (await app.DeviceAsync(), app.NewBrowser("alice"));
                var page = await browser.GetAsync(device.Page);
                await browser.PostAsync("/oauth2/device", [.. Browser.HiddenFields(page), ("decision", "approve")]);
                return () =>
                {
                    // A device that polls again waits for its interval.
                    app.Clock.Advance(TimeSpan.FromSeconds(6));
                    return app.PostAsync(
                        Token,
                        ("grant_type", DeviceSupport.Grant),
                        ("device_code", device.DeviceCode),
                        ("client_id", "tv")
                    );
                };
            },
            200
        )
        {
            IsOnce = true,
        };
        yield return new(
            "call an API",
            async app =>
            {
                var tokens = await app.TokensAsync("spa");
                return () => app.GetAsync("/api/read", tokens.AccessToken());
            },
            200
        );
        yield return new(
            "call an API with a bound token",
            async app =>
            {
                var tokens = await app.BoundTokensAsync(proof);
                return () => app.CallAsync(proof, tokens.AccessToken());
            },
            200
        );
        yield return new(
            "call an API with a personal token",
            async app =>
            {
                var token = (await MakeTokenAsync(new(app, "alice"))).Text("token")!;
                return () => app.GetAsync("/api/read", token);
            },
            200
        );
        yield return new("make a personal token", app => Ready(() => MakeTokenAsync(new(app, "alice"))), 201);
        yield return new(
            "make a personal token on the page",
            async app =>
            {
                var browser = app.NewBrowser("alice");
                var page = await browser.GetAsync("/oauth2/connected-apps/new-token");
                return () =>
                    browser.PostAsync(
                        "/oauth2/connected-apps/new-token",
                        [.. Browser.HiddenFields(page), ("name", "x"), ("scope", "read"), ("days", "7")]
                    );
            },
            201
        );
        yield return new("list what a user allowed", app => Ready(() => new ConnectedAppsApiTests.Session(app, "alice").ListAsync()), 200);
        yield return new(
            "narrow",
            async app =>
            {
                var user = new ConnectedAppsApiTests.Session(app, "alice");
                await user.TokensAsync("web");
                var (id, token) = ((await user.IdsAsync()).Single(), await user.TokenAsync());
                return () => user.PatchAsync(id, "{\"scope\":[\"read\"]}", token);
            },
            200
        );
        yield return new(
            "remove an app",
            async app =>
            {
                var user = new ConnectedAppsApiTests.Session(app, "alice");
                var tokens = await user.TokensAsync("web");
                given = tokens.AccessToken();
                var (id, token) = ((await user.IdsAsync()).Single(), await user.TokenAsync());
                return () => user.DeleteAsync("/" + id, token);
            },
            204,
            // A removal whose answer was lost has removed it.
            404
        )
        {
            StillWorks = CallsAsync,
        };
        yield return new(
            "remove all apps",
            async app =>
            {
                var user = new ConnectedAppsApiTests.Session(app, "alice");
                await user.TokensAsync("web");
                var token = await user.TokenAsync();
                return () => user.DeleteAsync("", token);
            },
            204
        );
        yield return new(
            "remove all apps on the page",
            async app =>
            {
                var user = new ConnectedAppsApiTests.Session(app, "alice");
                given = (await user.TokensAsync("web")).AccessToken();
                var page = await user.Browser.GetAsync("/oauth2/connected-apps");
                return () => user.Browser.PostAsync("/oauth2/connected-apps", [.. Browser.HiddenFields(page).Take(1), ("all", "yes")]);
            },
            303
        )
        {
            StillWorks = CallsAsync,
        };
        yield return new(
            "change one's own registration",
            async app =>
            {
                var (id, token) = await RegisteredAsync(app);
                return () =>
                    OwnAsync(
                        app,
                        HttpMethod.Put,
                        id,
                        token,
                        $$"""{"client_id":"{{id}}","redirect_uris":["https://app.example.com/new"]}"""
                    );
            },
            200
        );
        yield return new(
            "delete one's own registration",
            async app =>
            {
                var (id, token) = await RegisteredAsync(app);
                return () => OwnAsync(app, HttpMethod.Delete, id, token, null);
            },
            204,
            // A registration whose deletion lost its answer is gone.
            401
        );
        yield return new(
            "change a client",
            async app =>
            {
                var id = (await AdminAsync(app, HttpMethod.Post, "", NewClient)).Text("client_id");
                return () => AdminAsync(app, HttpMethod.Put, $"/{id}", NewClient);
            },
            200
        );
        foreach (var path in new[] { "apps/web/authorizations", "authorizations?subject=alice" })
        {
            yield return new(
                "end " + path,
                async app =>
                {
                    given = (await new ConnectedAppsApiTests.Session(app, "alice").TokensAsync("web")).AccessToken();
                    return () => ManageAsync(app, HttpMethod.Delete, path, null);
                },
                200
            )
            {
                StillWorks = CallsAsync,
            };
        }

        yield return new("make a client", app => Ready(() => AdminAsync(app, HttpMethod.Post, "", NewClient)), 201);
        yield return new(
            "replace a secret",
            async app =>
            {
                var id = (await AdminAsync(app, HttpMethod.Post, "", NewClient)).Text("client_id");
                return () => AdminAsync(app, HttpMethod.Post, $"/{id}/secret", "{}");
            },
            200,
            201
        );
        yield return new(
            "delete a client",
            async app =>
            {
                var id = (await AdminAsync(app, HttpMethod.Post, "", NewClient)).Text("client_id");
                return () => AdminAsync(app, HttpMethod.Delete, $"/{id}", null);
            },
            204,
            404
        );
    }

    [TestCaseSource(nameof(Ceremonies))]
    public async Task Each_store_call_may_fail(object ceremony)
    {
        var one = (Ceremony)ceremony;
        var calls = await RunAsync(one, one.Name, fault: null);
        for (var call = 1; call <= calls.Count; call++)
        {
            // ExceptionPageTests has the other one.
            foreach (var fault in Enum.GetValues<StoreFault>().Except([StoreFault.IsBroken]))
                await RunAsync(one, $"{one.Name}, call {call} ({calls[call - 1]}) {fault}", (call, fault));
        }
    }

    [Test]
    public async Task Each_endpoint_that_changes_something_has_a_ceremony()
    {
        var seen = new HashSet<(string, string)>();
        foreach (var ceremony in Ceremonies())
            await RunAsync(ceremony, ceremony.Name, fault: null, seen);

        await using var app = await StartAsync(new());
        var all = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ServerEndpoint>() is not null)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => (m, e.RoutePattern.RawText!)))
            .Where(e => e.m is "POST" or "PUT" or "PATCH" or "DELETE");

        all.Should().BeSubsetOf(seen);
    }

    private static async Task<IReadOnlyList<string>> RunAsync(
        Ceremony ceremony,
        string what,
        (int Call, StoreFault Fault)? fault,
        HashSet<(string, string)>? seen = null
    )
    {
        var stores = new FaultyStores();
        await using var app = await StartAsync(stores);
        var send = await ceremony.Prepare(app);

        stores.Begin(fault);
        var answer = await TrySendAsync();
        stores.End();
        if (stores.Endpoint is { } endpoint)
            seen?.Add(endpoint);
        if (fault?.Fault == StoreFault.CallerLeaves)
            answer.Should().BeNull("{0}: nobody is there", what);

        if (answer is not null && !ShouldBeClosed(answer, what))
        {
            answer.Status.Should().BeOneOf(ceremony.Done, "{0}: {1}", what, answer.Body);
            usual = fault is null ? answer.ContentType : usual;
            answer.ContentType.Should().Be(usual, what);
            await ShouldHaveEndedAsync();
            return [.. stores.Calls];
        }

        fault.Should().NotBeNull(what);
        var again = await send();
        int[] allowed = answer is null && ceremony.IsOnce ? [.. ceremony.Done, 400] : ceremony.Done;
        again.Status.Should().BeOneOf(allowed, "again after {0}: {1}", what, again.Body);
        ErrorOf(again).Should().BeNull(what);
        await ShouldHaveEndedAsync();
        return [.. stores.Calls];

        // Null when the caller left.
        async Task<Answer?> TrySendAsync()
        {
            try
            {
                return await send();
            }
            catch (Exception e)
                when (fault?.Fault == StoreFault.CallerLeaves && e is OperationCanceledException or IOException or HttpRequestException)
            {
                return null;
            }
        }

        // What is reported as ended has ended.
        async Task ShouldHaveEndedAsync()
        {
            if (ceremony.StillWorks is { } stillWorks)
                (await stillWorks(app)).Should().BeFalse(what);
        }
    }

    private static Task<TestApp> StartAsync(FaultyStores stores) =>
        TestApp.StartAsync(
            o =>
            {
                DeviceSupport.Options(o);
                (o.PersonalAccessTokens, o.CacheClientsFor, o.DcrManagement) = (true, TimeSpan.Zero, true);
                o.Clients.Add(SigningClients.Options("signer", key));
            },
            parts: server => stores.Use(server.Services),
            map: a => a.MapHqOAuth2Management().RequireAuthorization("admin"),
            host: b => b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireAuthenticatedUser())),
            inMemory: true
        );

    /// <summary>Whether the answer says that nothing could be done now. Then it has nothing else in it.</summary>
    private static bool ShouldBeClosed(Answer answer, string what)
    {
        answer.Body.Should().NotContain("secret-detail", what);
        // One answer, and not two behind each other.
        if (answer.ContentType == "application/json")
            FluentActions.Invoking(() => answer.Json).Should().NotThrow(what);
        // RFC 6749 §4.1.2.1: a client whose redirect URI is known is told by a redirect.
        if (ErrorOf(answer) is { } error)
        {
            error.Should().Be("temporarily_unavailable", what);
            answer.LocationParameter("code").Should().BeNull(what);
            return true;
        }

        if (answer.Status != 503)
            return false;
        foreach (var secret in new[] { "hqa_", "hqr_", "hqp_", "hqs_", "access_token\"", "\"active\"" })
            answer.Body.Should().NotContain(secret, what);
        answer.Location.Should().BeNull(what);
        answer.Header("Retry-After").Should().NotBeNull(what);
        answer.Header("WWW-Authenticate").Should().BeNull(what);
        return true;
    }

    private static string? ErrorOf(Answer answer) => answer.Status is 302 or 303 ? answer.LocationParameter("error") : null;

    private const string NewClient =
        """{"client_name":"New","redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"client_secret_basic"}""";

    private static Task<Answer> AdminAsync(TestApp app, HttpMethod method, string path, string? json) =>
        ManageAsync(app, method, "apps" + path, json);

    private static Task<Answer> ManageAsync(TestApp app, HttpMethod method, string path, string? json) =>
        app.NewBrowser("root").SendAsync(Request(method, "/api/v0/oauth2/" + path, json));

    private static async Task<(string Id, string Token)> RegisteredAsync(TestApp app)
    {
        var answer = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        return (answer.Text("client_id")!, answer.Text("registration_access_token")!);
    }

    private static Task<Answer> OwnAsync(TestApp app, HttpMethod method, string id, string token, string? json)
    {
        var request = Request(method, "/oauth2/register/" + id, json);
        request.Headers.Authorization = new("Bearer", token);
        return app.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? json) =>
        new(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };

    private static Task<Func<Task<Answer>>> Ready(Func<Task<Answer>> send) => Task.FromResult(send);

    private static async Task<Answer> MakeTokenAsync(ConnectedAppsApiTests.Session user)
    {
        var list = await user.ListAsync();
        if (list.Header("RequestVerificationToken") is not { } token)
            return list;
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v0/users/me/oauth2/personal-access-tokens")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(
                    new
                    {
                        name = "x",
                        scope = new[] { "read" },
                        expires_at = TestClock.Start.AddDays(20),
                    }
                ),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("RequestVerificationToken", token);
        return await user.Browser.SendAsync(request);
    }
}
