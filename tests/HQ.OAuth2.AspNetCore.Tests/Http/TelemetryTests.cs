using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What an operator sees by <c>AddMeter("HQ.OAuth2")</c> and <c>AddSource("HQ.OAuth2")</c>.</summary>
[NonParallelizable]
internal sealed class TelemetryTests
{
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> measured = [];
    private readonly ConcurrentQueue<Activity> activities = [];
    private MeterListener meters = null!;
    private ActivityListener traces = null!;
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        measured.Clear();
        activities.Clear();
        meters = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == HqOAuth2Telemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.Enqueue((i.Name, value, Text(tags))));
        meters.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.Enqueue((i.Name, value, Text(tags))));
        meters.Start();
        traces = new()
        {
            ShouldListenTo = source => source.Name == HqOAuth2Telemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(traces);
        app = await TestApp.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await app.DisposeAsync();
        traces.Dispose();
        meters.Dispose();
    }

    [Test]
    public async Task Each_request_is_measured_by_endpoint_and_outcome()
    {
        await app.TokensAsync("web");
        await app.GetAsync("/.well-known/oauth-authorization-server");
        await app.GetAsync("/oauth2/jwks");
        await app.IntrospectAsync("nothing");
        await app.PostAsync("/oauth2/token", ("grant_type", "password"), ("basic", "web:" + TestApp.WebSecret));
        await app.PostAsync("/oauth2/revoke", ("token", "x"), ("basic", "web:wrong"));
        await app.RegisterAsync(new { redirect_uris = new[] { "javascript:alert(1)" } });
        await app.NewUser().GetAsync(TestApp.AuthorizeUrl("nobody"));
        await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "re\"ad")));
        await app.NewUser().DenyAsync(TestApp.AuthorizeUrl("web"));

        var requests = measured.Where(m => m.Name == "hq.oauth2.request.duration").ToList();
        requests
            .Select(r => r.Tags)
            .Distinct()
            .Should()
            .BeEquivalentTo(
                "endpoint=authorize,outcome=ok",
                "endpoint=token,outcome=ok",
                "endpoint=metadata,outcome=ok",
                "endpoint=jwks,outcome=ok",
                "endpoint=introspect,outcome=ok",
                "endpoint=token,outcome=unsupported_grant_type",
                "endpoint=revoke,outcome=invalid_client",
                "endpoint=register,outcome=invalid_redirect_uri",
                "endpoint=authorize,outcome=invalid_client",
                "endpoint=authorize,outcome=invalid_scope",
                "endpoint=authorize,outcome=access_denied"
            );
        requests.Should().OnlyContain(r => r.Value > 0 && r.Value < 30);
        measured.Should().Contain(m => m.Name == "hq.oauth2.bcrypt.computations" && m.Value == 1);

        var refused = activities.Single(a => a.GetTagItem("oauth2.outcome") as string == "unsupported_grant_type");
        (refused.DisplayName, refused.GetTagItem("oauth2.error_id"), refused.Status)
            .Should()
            .Be(("oauth2 token", "HQ1023", ActivityStatusCode.Unset));
        activities
            .SelectMany(a => a.TagObjects)
            .Select(t => t.Value?.ToString())
            .Should()
            .NotContain(v => v!.Contains("hqa_") || v.Contains("hqr_"));
    }

    [Test]
    public async Task Replays_and_retries_are_counted()
    {
        var code = await app.CodeAsync("web");
        var tokens = await app.RedeemAsync("web", code);
        await app.RefreshAsync("web", tokens.Text("refresh_token")!);
        await app.RefreshAsync("web", tokens.Text("refresh_token")!);
        await app.RedeemAsync("web", code);
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("active").Should().Be("False");

        measured.Where(m => m.Name == "hq.oauth2.refresh.retries").Should().ContainSingle().Which.Value.Should().Be(1);
        measured.Where(m => m.Name == "hq.oauth2.replays").Should().ContainSingle().Which.Tags.Should().Be("token=code");

        var others = await app.TokensAsync("web");
        await app.RefreshAsync("web", others.Text("refresh_token")!);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RefreshAsync("web", others.Text("refresh_token")!);
        measured.Where(m => m.Name == "hq.oauth2.replays").Select(m => m.Tags).Should().Equal("token=code", "token=refresh token");
    }

    [Test]
    public async Task Refusals_are_counted_by_limit()
    {
        await using var limited = await TestApp.StartAsync(o =>
            (o.Limits.FailedAuthenticationsPerMinute, o.Limits.RegistrationsPerMinute, o.UnauthenticatedIntrospection) = (1, 1, true)
        );
        for (var i = 0; i < 3; i++)
        {
            await limited.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "machine:wrong" + i));
            await limited.PostAsync("/oauth2/introspect", ("token", "unknown"));
            await limited.RegisterAsync(new { });
        }

        measured
            .Where(m => m.Name == "hq.oauth2.limits.reached")
            .GroupBy(m => m.Tags, m => m.Value)
            .ToDictionary(g => g.Key, g => g.Sum())
            .Should()
            .Equal(
                new Dictionary<string, double>
                {
                    ["limit=failed_authentications"] = 2,
                    ["limit=introspections"] = 2,
                    ["limit=registrations"] = 2,
                }
            );
    }

    [Test]
    public async Task What_pruning_removed_is_counted()
    {
        await app.CodeAsync("web");
        app.Clock.Advance(TimeSpan.FromDays(200));
        await app.Services.GetServices<IHostedService>().OfType<Pruning>().Single().RunAsync(CancellationToken.None);
        measured.Should().Contain(m => m.Name == "hq.oauth2.pruned" && m.Tags == "kind=authorization" && m.Value >= 1);
    }

    [Test]
    public async Task A_failure_of_ours_is_an_error_in_the_trace()
    {
        await using var broken = await TestApp.StartAsync(o => o.Dcr = false, parts: p => p.AddClientStore<BrokenClientStore>());
        (await broken.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "x:y"))).Status.Should().Be(500);
        activities.Should().Contain(a => a.Status == ActivityStatusCode.Error && (string?)a.GetTagItem("oauth2.error_id") == "HQ1044");
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));

    private sealed class BrokenClientStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => throw new InvalidOperationException("broken");
    }
}
