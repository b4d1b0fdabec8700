using HQ.OAuth2;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the tables of the authorization server to a host's own model.</summary>
public static class HqOAuth2ModelBuilderExtensions
{
    /// <summary>Maps the four tables; call it in <c>OnModelCreating</c>, then add a migration.</summary>
    /// <param name="model">The host's model.</param>
    /// <param name="schema">The database schema of the tables; null = the model's own.</param>
    /// <param name="collation">
    /// For a database that ignores case by default, a collation that compares text byte by byte, because identifiers are compared exactly (RFC
    /// 6749 §1.9): on SQL Server <c>Latin1_General_100_BIN2</c>, on MySQL <c>utf8mb4_0900_bin</c>, on MariaDB <c>utf8mb4_nopad_bin</c>. The
    /// index keys of these databases are short, so indexed columns of identifiers have 192 characters, and a longer identifier is replaced there
    /// by its beginning and its hash. Null = the database's own collation and long index keys, right for SQLite and PostgreSQL.
    /// </param>
    public static ModelBuilder UseHqOAuth2(this ModelBuilder model, string? schema = null, string? collation = null) =>
        Tables.AddTo(model, schema, collation);
}
