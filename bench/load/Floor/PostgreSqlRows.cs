using Npgsql;

namespace HQ.OAuth2.Load.Floor;

/// <summary>Rows in PostgreSQL by plain ADO.NET, with prepared statements.</summary>
internal sealed class PostgreSqlRows(NpgsqlDataSource database) : IRows
{
    public static async Task<PostgreSqlRows> OpenAsync(string connection)
    {
        var database = NpgsqlDataSource.Create(connection + ";Max Auto Prepare=8;Auto Prepare Min Usages=2");
        await using var command = database.CreateCommand(Row.Table);
        await command.ExecuteNonQueryAsync();
        return new(database);
    }

    public async ValueTask InsertAsync(string id)
    {
        await using var command = database.CreateCommand(Row.Insert);
        command.Parameters.Add(new NpgsqlParameter<string>("id", id));
        command.Parameters.Add(new NpgsqlParameter<string>("subject", Row.Subject));
        command.Parameters.Add(new NpgsqlParameter<string>("client", Setup.PublicClient));
        command.Parameters.Add(new NpgsqlParameter<string>("data", Row.Data));
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask UpdateAsync(string id)
    {
        await using var command = database.CreateCommand(Row.Update);
        command.Parameters.Add(new NpgsqlParameter<string>("id", id));
        command.Parameters.Add(new NpgsqlParameter<string>("data", Row.Data));
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask<bool> ReadAsync(string id)
    {
        await using var command = database.CreateCommand(Row.Select);
        command.Parameters.Add(new NpgsqlParameter<string>("id", id));
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && reader.GetString(3).Length > 0;
    }
}
