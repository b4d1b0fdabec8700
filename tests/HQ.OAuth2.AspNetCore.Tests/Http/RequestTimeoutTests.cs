using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A store that never answers, on a host with <c>UseRequestTimeouts</c>: what waits is told 503, and nothing else waits for it.</summary>
internal sealed class RequestTimeoutTests
{
    private const int Held = 50;

    private static readonly TimeSpan limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    private readonly FaultyStores stores = new();
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        app = await TestApp.StartAsync(
            parts: server => stores.Use(server.Services),
            host: b =>
            {
                b.Services.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy { Timeout = limit });
                b.Services.AddSingleton<IStartupFilter>(new Timeouts());
            },
            inMemory: true
        );
    }

    [TearDown]
    public async Task StopAsync()
    {
        stores.IsStuck = _ => false;
        await app.DisposeAsync();
    }

    [Test, Rfc("7009-2.2.1-2")]
    public async Task Requests_that_wait_are_503_after_the_limit_and_succeed_later_and_no_other_waits_with_them()
    {
        var (tokens, revoked) = (await app.TokensAsync("web"), await app.TokensAsync("web"));
        var (code, other) = (await app.CodeAsync("spa"), await app.TokensAsync("spa"));

        var browser = app.NewBrowser("alice");
        stores.IsStuck = IsOfRows;
        var waiting = Enumerable.Range(0, Held - 3).Select(_ => app.RefreshAsync("web", tokens.RefreshToken())).ToList();
        waiting.Add(app.PostAsync(Revoke, [("token", revoked.RefreshToken()), .. TestApp.Credentials("web")]));
        waiting.Add(app.RedeemAsync("spa", code));
        waiting.Add(app.IntrospectAsync(other.AccessToken()));
        var users = new List<Task<Answer>> { browser.GetAsync("/oauth2/connected-apps"), app.GetAsync("/api/read", other.AccessToken()) };
        await ShouldServeOthersAsync([.. waiting, .. users]);

        (await Task.WhenAll(users)).Select(a => a.Status).Should().Equal(503, 503);
        foreach (var answer in await Task.WhenAll(waiting))
        {
            answer.ShouldBeError("temporarily_unavailable", 503);
            answer.Header("Retry-After").Should().NotBeNull();
            answer.Header("WWW-Authenticate").Should().BeNull();
        }

        stores.IsStuck = _ => false;
        (await app.RefreshAsync("web", tokens.RefreshToken())).Status.Should().Be(200);
        (await app.RedeemAsync("spa", code)).Status.Should().Be(200);
        (await app.IsActiveAsync(revoked.AccessToken())).Should().BeTrue("it was not reported as revoked, and is not");
    }

    [Test]
    public async Task Callers_who_leave_free_what_they_held()
    {
        var tokens = await app.TokensAsync("web");
        stores.IsStuck = IsOfRows;
        using var callers = new CancellationTokenSource();
        var waiting = Enumerable
            .Range(0, Held)
            .Select(_ =>
            {
                var form = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken())]);
                var request = new HttpRequestMessage(HttpMethod.Post, Token) { Content = form };
                request.Headers.TryAddWithoutValidation("Authorization", Basic("web:" + TestApp.WebSecret));
                return app.Http.SendAsync(request, callers.Token);
            })
            .ToList<Task>();
        await ShouldServeOthersAsync(waiting);

        await callers.CancelAsync();

        foreach (var one in waiting)
            await one.Invoking(w => w).Should().ThrowAsync<OperationCanceledException>();
        await WaitAsync(() => stores.Stuck == 0);
        stores.IsStuck = _ => false;
        (await app.RefreshAsync("web", tokens.RefreshToken())).Status.Should().Be(200);
    }

    private static bool IsOfRows(string call) => call.StartsWith(nameof(IAuthorizationStore), StringComparison.Ordinal);

    private async Task ShouldServeOthersAsync(List<Task> waiting)
    {
        await WaitAsync(() => stores.Stuck == waiting.Count);
        (await app.GetAsync("/.well-known/oauth-authorization-server")).Status.Should().Be(200);
        (await app.GetAsync("/oauth2/jwks")).Status.Should().Be(200);
        (await app.PostAsync(Token, [ClientCredentials, .. Machine])).Status.Should().Be(200);
    }

    /// <summary>Before authentication: the bearer scheme asks the store too.</summary>
    private sealed class Timeouts : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UseRequestTimeouts();
                next(app);
            };
    }

    private static async Task WaitAsync(Func<bool> holds)
    {
        for (var begun = DateTime.UtcNow; !holds() && DateTime.UtcNow - begun < patience; )
            await Task.Delay(5);
        holds().Should().BeTrue("it is so in the end");
    }
}
