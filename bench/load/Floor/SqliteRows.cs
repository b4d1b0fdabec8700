using Microsoft.Data.Sqlite;

namespace HQ.OAuth2.Load.Floor;

/// <summary>Rows in SQLite by plain ADO.NET, durable as its default is: WAL, and each commit flushed. Writers wait for each other here.</summary>
internal sealed class SqliteRows(string connectionString) : IRows, IDisposable
{
    private readonly SemaphoreSlim writer = new(1);

    public static async Task<SqliteRows> OpenAsync(string connectionString)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode = wal; " + Row.Table;
        await command.ExecuteNonQueryAsync();
        return new(connectionString);
    }

    public ValueTask InsertAsync(string id) =>
        WriteAsync(Row.Insert, [new("@id", id), new("@subject", Row.Subject), new("@client", Setup.PublicClient), new("@data", Row.Data)]);

    public ValueTask UpdateAsync(string id) => WriteAsync(Row.Update, [new("@id", id), new("@data", Row.Data)]);

    public async ValueTask<bool> ReadAsync(string id)
    {
        await using var connection = new SqliteConnection(connectionString);
        await using var command = await CommandAsync(connection, Row.Select, [new("@id", id)]);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && reader.GetString(3).Length > 0;
    }

    public void Dispose() => writer.Dispose();

    private async ValueTask WriteAsync(string sql, SqliteParameter[] parameters)
    {
        await writer.WaitAsync();
        try
        {
            await using var connection = new SqliteConnection(connectionString);
            await using var command = await CommandAsync(connection, sql, parameters);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            writer.Release();
        }
    }

    private static async ValueTask<SqliteCommand> CommandAsync(SqliteConnection connection, string sql, SqliteParameter[] parameters)
    {
        Commands.Add();
        await connection.OpenAsync();
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddRange(parameters);
        return command;
    }
}
