using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Once the app listens, asks it what a client asks first (<c>doctor</c>; by default in Development), and logs what would break.</summary>
internal sealed class DoctorAtStart(
    ServerSettings settings,
    IHostApplicationLifetime lifetime,
    IServiceScopeFactory scopes,
    DoctorProbe probe,
    ILogger<DoctorAtStart> logger
) : BackgroundService
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Options.Enabled || settings.Options.Doctor != true)
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { Timeout = patience };
        await ReportAsync(http, stoppingToken);
    }

    internal async Task ReportAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            var findings = await probe.ExamineAsync(settings.Options.IssuerURL!, http, ct);
            using var scope = scopes.CreateScope();
            if (scope.ServiceProvider.GetRequiredService<IKeyStore>() is InMemoryKeyStore)
                logger.EphemeralKeys();
            foreach (var finding in findings)
                logger.DoctorFound(finding.Problem, finding.Fix);
            if (findings.Count == 0)
                logger.DoctorFoundNothing(settings.Options.IssuerURL!);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.DoctorFailed(e);
        }
        catch (Exception)
        {
            // The host stops before the doctor is done, and its services may be gone already.
        }
    }
}
