using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HQ.OAuth2;

/// <summary>How SQLite waits for a writer in another process, and when a commit counts: settings of each connection.</summary>
/// <param name="durability">What a commit survives.</param>
/// <param name="wal">Whether to write ahead too; the database remembers that, so our own schema update sets it once.</param>
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
        // SQLite runs in this process; its driver has nothing to await.
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}

/// <summary>What a commit survives on SQLite (always: the end of the process).</summary>
public enum SqliteDurability
{
    /// <summary>A power cut too: each commit waits for the disk. The default.</summary>
    Full,

    /// <summary>
    /// Some ten times as many commits; a power cut may lose the last of them, and a code that was spent in one of them would count as
    /// unspent.
    /// </summary>
    Normal,
}
