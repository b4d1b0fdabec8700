using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HQ.OAuth2;

/// <summary>The settings of each SQLite connection: how long it waits for a writer in another process, and when a commit is durable.</summary>
/// <param name="durability">The failures that a commit survives.</param>
/// <param name="wal">Whether to set write-ahead logging too; the database stores that, so our own schema update sets it once.</param>
internal sealed class SqlitePragmas(SqliteDurability durability, bool wal = false) : DbConnectionInterceptor
{
    private readonly string pragmas =
        $"pragma busy_timeout = 5000; pragma synchronous = {(durability == SqliteDurability.Full ? "full" : "normal")}{(wal ? "; pragma journal_mode = wal" : "")}";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        // SQLite runs in this process; its driver has no asynchronous work.
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}

/// <summary>The failures that a commit on SQLite survives (always: the end of the process).</summary>
public enum SqliteDurability
{
    /// <summary>Also a power failure: each commit waits for the disk. The default.</summary>
    Full,

    /// <summary>
    /// About ten times as many commits per second; a power failure may lose the last commits, and a code that was spent in a lost commit would
    /// count as unspent.
    /// </summary>
    Normal,
}
