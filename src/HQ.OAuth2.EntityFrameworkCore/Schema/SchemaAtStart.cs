using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Runs the schema update before anything else of the app starts: Data Protection may read its keys from these tables.</summary>
internal sealed class SchemaAtStart(SchemaUpdate schema, IOptions<HqOAuth2Options> options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) =>
        options.Value.Enabled ? schema.RunAsync(cancellationToken) : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
