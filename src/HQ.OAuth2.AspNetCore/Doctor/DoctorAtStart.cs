using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// When the app listens, sends it the first requests of a client (<c>doctor</c>; by default in Development), and logs the problems that clients
/// would have.
/// </summary>
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
            using var scope = scopes.CreateScope();
            IReadOnlyList<DoctorFinding> findings =
            [
                .. await probe.ExamineAsync(settings.Options.IssuerURL!, http, ct),
                .. await scope.ServiceProvider.GetRequiredService<ClientKeyDoctor>().ExamineAsync(ct),
            ];
            if (scope.ServiceProvider.GetRequiredService<IKeyStore>() is InMemoryKeyStore)
                logger.EphemeralKeys();
            foreach (var (part, key, difference, fix) in BestCurrentPractice.Deviations(settings.Options))
                logger.DoctorNamesDifference(HqOAuth2Options.Section, key, part, difference, fix);
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
            // The host stopped before the doctor was done; its services may be disposed already.
        }
    }
}
