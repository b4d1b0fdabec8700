using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Runs the schema update before any other part of the app starts: Data Protection may read its keys from these tables.</summary>
internal sealed class SchemaAtStart(SchemaUpdate schema, IOptions<HqOAuth2Options> options, SqliteFile? file = null)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
            return;
        if (file?.Problem() is { } problem)
            throw new InvalidOperationException(problem);
        try
        {
            await schema.RunAsync(cancellationToken);
        }
        catch (DbException e)
        {
            throw new InvalidOperationException(
                "The tables of the authorization server cannot be made or read. Check the connection string of UseSqlite or UsePostgreSql; "
                    + "at the first start after an update the user needs the right to create tables, or run the scripts of docs/storage.md "
                    + "before.",
                e
            );
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
