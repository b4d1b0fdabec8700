namespace HQ.OAuth2.Load.Floor;

/// <summary>What a row holds beside its id, about as long as that of a real login.</summary>
internal static class Row
{
    public const string Table = """
        create table if not exists load_rows (
          id varchar(64) primary key, version integer not null, subject varchar(200) not null, client_id varchar(200) not null, data text not null
        )
        """;
    public const string Insert = "insert into load_rows (id, version, subject, client_id, data) values (@id, 1, @subject, @client, @data)";
    public const string Update = "update load_rows set version = version + 1, data = @data where id = @id";
    public const string Select = "select version, subject, client_id, data from load_rows where id = @id";

    public const string Subject = "a user";
    public static readonly string Data = $$"""{"hashes":"{{new string('h', 600)}}"}""";
}
