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

    /// <summary>Adds live authorizations of many users, about as long as real ones, to the tables of ours.</summary>
    public static void Fill(string connection, int rows)
    {
        Console.Error.WriteLine($"Adding {rows} authorizations.");
        using var database = NpgsqlDataSource.Create(connection + ";Command Timeout=600");
        using var command = database.CreateCommand(
            """
            insert into hq_authorizations (id, version, subject, client_id, prune_after, data)
            select lpad(to_hex(n), 32, '0'), 2, 'user' || n % 100000, 'client' || n % 100, now() + interval '90 days', repeat('x', 900)
            from generate_series(1, @rows) n;
            analyze hq_authorizations
            """
        );
        command.Parameters.AddWithValue("rows", rows);
        command.ExecuteNonQuery();
    }

    private string NewPostgreSql(string name)
    {
        using var database = NpgsqlDataSource.Create(postgreSql.Value);
        using var command = database.CreateCommand($"create database {name}");
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(postgreSql.Value) { Database = name }.ToString();
    }
}
