using Npgsql;

namespace HQ.OAuth2.Load;

/// <summary>Databases to throw away, one for each server.</summary>
internal sealed class Stores
{
    private readonly Lazy<string> postgreSql = new(() =>
    {
        Console.Error.WriteLine("Starting PostgreSQL.");
        return Machine.Run("tests/pg.sh", "up");
    });

    public string ConnectionTo(ServerKind server) =>
        server.Store switch
        {
            "sqlite" => $"Data Source={Path.Combine(Machine.Scratch, server.Name + ".db")}",
            "postgres" => NewPostgreSql("load_" + server.Engine),
            _ => "",
        };

    private string NewPostgreSql(string name)
    {
        using var database = NpgsqlDataSource.Create(postgreSql.Value);
        using var command = database.CreateCommand($"create database {name}");
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(postgreSql.Value) { Database = name }.ToString();
    }
}
