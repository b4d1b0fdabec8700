using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Background work ends without a complaint when its host does, also when the host never started.</summary>
internal sealed class BackgroundWorkTests
{
    [Test]
    public async Task A_port_in_use_is_told_by_Kestrel_alone()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var logs = new CapturedLogs();
        var app = Host(logs, ((IPEndPoint)taken.LocalEndpoint).Port);
        var work = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Where(IsOurs).ToList();

        var run = () => app.RunAsync();
        await run.Should().ThrowAsync<IOException>();

        work.Should().HaveCount(3);
        foreach (var service in work)
            await service.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        work.Should().OnlyContain(s => s.ExecuteTask!.IsCompleted && !s.ExecuteTask.IsFaulted);
        logs.Lines.Where(l => l.StartsWith("Critical", StringComparison.Ordinal)).Should().BeEmpty();
        logs.Lines.Where(l => l.Contains("Exception")).Should().OnlyContain(l => l.Contains("AddressInUseException"));
    }

    [Test]
    public async Task A_stop_in_the_middle_of_the_work_is_no_failure()
    {
        var (logs, keys) = (new CapturedLogs(), new DisposedKeyStore());
        await using var app = Host(logs, port: 0, keys);
        await app.StartAsync();
        var refresh = app.Services.GetServices<IHostedService>().OfType<KeyRefresh>().Single();
        await keys.Asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await app.StopAsync();

        refresh.ExecuteTask!.IsCompletedSuccessfully.Should().BeTrue();
        logs.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal))
            .Should()
            .BeEmpty();
    }

    private static bool IsOurs(BackgroundService service) => service is KeyRefresh or Pruning or DoctorAtStart;

    private static WebApplication Host(CapturedLogs logs, int port, IKeyStore? keys = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddAuthentication("Cookies").AddCookie();
        builder.Services.AddHqOAuth2(o =>
        {
            (o.Enabled, o.IssuerURL, o.Doctor) = (true, TestApp.Issuer, keys is null);
            o.Scopes.Add(new() { Name = "read" });
            if (keys is not null)
                (o.CacheKeysFor, o.SigningKeyLeadTime) = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        });
        if (keys is not null)
            builder.Services.AddSingleton(keys);
        var app = builder.Build();
        app.MapHqOAuth2();
        return app;
    }

    /// <summary>Answers the start; the next question waits for the stop and finds the store gone.</summary>
    private sealed class DisposedKeyStore : IKeyStore
    {
        private readonly InMemoryKeyStore store = new();
        private int isStarted;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<IReadOnlyList<KeyRecord>> ListAsync(CancellationToken ct)
        {
            var records = await store.ListAsync(ct);
            if (records.Count == 0 || Interlocked.Exchange(ref isStarted, 1) == 0)
                return records;
            Asked.SetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new ObjectDisposedException("the store");
        }

        public ValueTask<bool> TryAddAsync(KeyRecord key, CancellationToken ct) => store.TryAddAsync(key, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => store.RemoveAsync(id, ct);
    }
}
