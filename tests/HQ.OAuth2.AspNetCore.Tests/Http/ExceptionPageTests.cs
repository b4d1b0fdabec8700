using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// A part of the server, or of the host, throws in the middle of a request. Neither the host's exception page nor its log has a code, verifier,
/// token, secret, assertion or password of it.
/// </summary>
internal sealed class ExceptionPageTests
{
    private static readonly ProofKey key = ProofKey.New("ES256", "k");

    private readonly FaultyStores stores = new();

    [OneTimeSetUp]
    public void Begin() => SecretWatch.Begin();

    [OneTimeTearDown]
    public void End() => SecretWatch.End();

    [TestCase("Development", false)]
    [TestCase("Development", true)]
    [TestCase("Production", true)]
    public async Task A_store_that_throws_at_any_call_shows_nothing_of_the_request(string environment, bool handler)
    {
        await using var app = await StartAsync(environment, handler);
        foreach (var (name, prepare) in Requests())
        {
            var send = await prepare(app);
            stores.Begin(null);
            await send();
            var calls = stores.Calls.Count;
            for (var call = 1; call <= calls; call++)
            {
                send = await prepare(app);
                stores.Begin((call, StoreFault.IsBroken));
                var answer = await send();
                stores.End();
                ShouldTellNothing(app, answer, $"{name}, call {call}");
            }

            stores.End();
        }
    }

    // The server's own edge does not stand around what the host puts around it.
    [TestCase("Development", false)]
    [TestCase("Development", true)]
    [TestCase("Production", true)]
    public async Task A_part_of_the_host_that_throws_around_the_server_shows_nothing_of_what_the_server_read(
        string environment,
        bool handler
    )
    {
        await using var app = await StartAsync(environment, handler);
        foreach (var (name, prepare) in Requests())
        {
            var send = await prepare(app);
            app.Services.GetRequiredService<Breaker>().IsOn = true;
            var answer = await send();
            app.Services.GetRequiredService<Breaker>().IsOn = false;

            answer.Status.Should().Be(500, name);
            // The developer's page shows the headers of the request, whatever they are: that is the host's choice in Development.
            ShouldTellNothing(app, answer, name, headersAreShown: environment == "Development" && !handler);
        }
    }

    private static IEnumerable<(string Name, Func<TestApp, Task<Func<Task<Answer>>>> Prepare)> Requests()
    {
        yield return (
            "redeem",
            async app =>
            {
                var code = await app.CodeAsync("post");
                return () => app.RedeemAsync("post", code);
            }
        );
        yield return (
            "refresh",
            async app =>
            {
                var tokens = await app.TokensAsync("web");
                return () => app.RefreshAsync("web", tokens.RefreshToken());
            }
        );
        yield return (
            "a signature",
            app => Task.FromResult<Func<Task<Answer>>>(() => app.PostAsync(Token, [ClientCredentials, .. key.Signed("signer")]))
        );
        yield return (
            "register",
            app => Task.FromResult<Func<Task<Answer>>>(() => app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } }))
        );
        yield return (
            "approve",
            async app =>
            {
                var browser = app.NewBrowser("alice");
                var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
                foreach (var (_, value) in Browser.HiddenFields(page))
                    SecretWatch.Learn("a hidden field", value);
                return () => browser.PressAsync(page, "approve");
            }
        );
        foreach (var kind in new[] { "access_token", "refresh_token" })
        {
            yield return (
                "introspect " + kind,
                async app =>
                {
                    var tokens = await app.TokensAsync("web");
                    return () => app.PostAsync(Introspect, [("token", tokens.Text(kind)!), .. Machine]);
                }
            );
            yield return (
                "revoke " + kind,
                async app =>
                {
                    var tokens = await app.TokensAsync("web");
                    return () => app.PostAsync(Revoke, [("token", tokens.Text(kind)!), .. TestApp.Credentials("web")]);
                }
            );
        }
    }

    private static void ShouldTellNothing(TestApp app, Answer answer, string what, bool headersAreShown = false)
    {
        answer.Body.Should().NotContain("secret-detail", what);
        if (answer.Status >= 500 && !headersAreShown)
            SecretWatch.Saw($"the answer of {what}", answer.Body);
        app.Logs.Lines.Should().NotContain(line => line.Contains(TestApp.WebSecret, StringComparison.Ordinal));
        SecretWatch.Found().Should().BeEmpty(what);
    }

    private Task<TestApp> StartAsync(string environment, bool handler) =>
        TestApp.StartAsync(
            o =>
            {
                (o.CacheClientsFor, o.ExplainErrors) = (TimeSpan.Zero, environment == "Development");
                // A secret in clear is for Development.
                if (environment != "Development")
                    foreach (var client in o.Clients.Where(c => c.Secret is not null))
                        (client.Secret, client.SecretHash) = (null, webSecretHash);
                o.Clients.Add(SigningClients.Options("signer", key));
            },
            parts: server => stores.Use(server.Services),
            host: b =>
            {
                b.Services.AddSingleton<Breaker>();
                b.Services.AddSingleton<IStartupFilter>(new Pages(handler));
            },
            environment: environment,
            inMemory: true
        );

    private static readonly string webSecretHash = BCrypt.Net.BCrypt.HashPassword(TestApp.WebSecret, 4);

    /// <summary>Whether a part of the host throws, after the server has read a request and decided.</summary>
    private sealed class Breaker
    {
        public bool IsOn { get; set; }
    }

    private sealed class Pages(bool handler) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                if (handler)
                    app.UseExceptionHandler(e => e.Run(http => http.Response.WriteAsync("Something went wrong.")));
                else
                    app.UseDeveloperExceptionPage();
                app.Use(
                    async (HttpContext http, RequestDelegate rest) =>
                    {
                        var body = http.Response.Body;
                        if (http.RequestServices.GetRequiredService<Breaker>().IsOn)
                            http.Response.Body = new ThrowingStream();
                        try
                        {
                            await rest(http);
                        }
                        finally
                        {
                            http.Response.Body = body;
                        }
                    }
                );
                next(app);
            };
    }

    /// <summary>What a part of the host that compresses, logs or translates answers may put in the place of the body.</summary>
    private sealed class ThrowingStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("a part of the host is broken");

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            throw new NotSupportedException("a part of the host is broken");
    }
}
