using HQ.OAuth2;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Settings for a context of the host's own.</summary>
public static class HqOAuth2DbContextOptionsExtensions
{
    /// <summary>
    /// For a SQLite context of the host's own: sets on each connection what <c>UseSqlite</c> of this package sets (WAL, a wait of 5 seconds for
    /// other writers, and the durability of a commit). Without it a second process that writes fails with "database is locked".
    /// </summary>
    /// <param name="options">The options of the context, after <c>UseSqlite</c>.</param>
    /// <param name="durability">The failures that a commit survives.</param>
    public static DbContextOptionsBuilder UseHqOAuth2SqlitePragmas(
        this DbContextOptionsBuilder options,
        SqliteDurability durability = SqliteDurability.Full
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddInterceptors(new SqlitePragmas(durability, wal: true));
    }
}
