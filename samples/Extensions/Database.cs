using Microsoft.Data.Sqlite;

namespace Extensions;

/// <summary>The host's own database, with plain ADO.NET: one statement for each step, on a connection of its own, committed when it returns.</summary>
internal sealed class Database(string connectionString)
{
    /// <summary>Makes the tables that are missing.</summary>
    public Task CreateAsync(CancellationToken ct) =>
        ExecuteAsync(
            """
            pragma journal_mode = wal;
            create table if not exists authorizations (
                id text primary key, version integer not null, subject text not null, client_id text not null,
                prune_after integer not null, data text not null);
            create index if not exists authorizations_subject on authorizations (subject, client_id, id);
            create index if not exists authorizations_client on authorizations (client_id, id);
            create index if not exists authorizations_prune on authorizations (prune_after);
            create table if not exists clients (
                client_id text primary key, version integer not null, provenance integer not null, org text, name_key text not null,
                created_at integer not null, last_used_on integer, data text not null);
            create index if not exists clients_name on clients (provenance, name_key);
            create table if not exists tickets (key text primary key, value text not null, until integer not null);
            create index if not exists tickets_until on tickets (until);
            create table if not exists audit (
                at integer not null, event text not null, subject text, client_id text, authorization_id text);
            """,
            ct
        );

    /// <summary>Runs a statement; returns the number of rows that it changed.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Reads rows.</summary>
    public async Task<List<T>> QueryAsync<T>(
        string sql,
        Func<SqliteDataReader, T> read,
        CancellationToken ct,
        params (string Name, object? Value)[] parameters
    )
    {
        ct.ThrowIfCancellationRequested();
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    // Values are parameters, never text of the statement.
    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue("@" + name, value ?? DBNull.Value);
        return command;
    }
}
