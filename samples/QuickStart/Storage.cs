using HQ.OAuth2;

namespace QuickStart;

/// <summary>Where the sample keeps what must not get lost: <c>store:provider</c> and <c>store:connectionString</c>.</summary>
internal static class Storage
{
    public static void AddStorage(this HqOAuth2Builder server, IConfiguration configuration)
    {
        var connectionString = configuration["store:connectionString"];
        switch (configuration["store:provider"])
        {
            case "memory":
                return;
            case "sqlite":
                server.UseSqlite(connectionString ?? $"Data Source={Path.Combine(AppContext.BaseDirectory, "quickstart.db")}");
                break;
            case "postgres":
                server.UsePostgreSql(
                    connectionString
                        ?? throw new InvalidOperationException(
                            "store:connectionString is missing: write how to reach PostgreSQL, for instance Host=127.0.0.1;Database=hq;Username=hq."
                        )
                );
                break;
            case var other:
                throw new InvalidOperationException($"store:provider = {other} is unknown: use memory, sqlite or postgres.");
        }

        // Sign-in cookies and protected keys then work on every node, and after a restart.
        server.PersistDataProtectionKeys("HQ.OAuth2 QuickStart");
    }
}
