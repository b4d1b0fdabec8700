using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Migration.Tests;

/// <summary>
/// The tables of clients of Duende IdentityServer, as its documents name them and the members of its client: only what is read, and some more.
/// </summary>
internal static class DuendeTables
{
    public const string Secret = "kL3vX9dQ2mN8pR5tY7wZ1aB4cE6fG0hJ";
    public const string LongSecret = "uN8qgYV0cJm1rXb6zT4eWk2sHd9fLp7vQa3oIx5yCt0lRj8wEn6mKu1hPg4bZs2vA7dF9qXc3oVtY5";

    public static async Task CreateAsync(SqliteConnection database)
    {
        await RunAsync(
            database,
            """
            create table "Clients" ("Id" integer primary key, "Enabled" integer not null, "ClientId" text not null, "ProtocolType" text not null,
                "RequireClientSecret" integer not null, "ClientName" text, "RequireConsent" integer not null, "RequirePkce" integer not null,
                "AllowOfflineAccess" integer not null, "AccessTokenLifetime" integer not null);
            create table "ClientSecrets" ("Id" integer primary key, "ClientId" integer not null references "Clients", "Description" text,
                "Value" text not null, "Expiration" text, "Type" text not null, "Created" text not null);
            create table "ClientRedirectUris" ("Id" integer primary key, "RedirectUri" text not null, "ClientId" integer not null);
            create table "ClientGrantTypes" ("Id" integer primary key, "GrantType" text not null, "ClientId" integer not null);
            create table "ClientScopes" ("Id" integer primary key, "Scope" text not null, "ClientId" integer not null);
            """
        );
        var number = 0;
        await AddAsync("machine", ["client_credentials"], ["read"], [], secrets: [Sha256(Secret), Sha512("another")]);
        await AddAsync("machine.512", ["client_credentials"], ["read"], [], secrets: [Sha512(LongSecret)]);
        await AddAsync(
            "interactive.web",
            ["authorization_code"],
            ["openid", "profile", "read"],
            ["https://app.example.com/signin-oidc"],
            secrets: [Sha256(Secret)],
            refreshes: true
        );
        await AddAsync("interactive.public", ["authorization_code"], ["read"], ["https://spa.example.com/cb"], isPublic: true);
        await AddAsync("old.web", ["authorization_code"], ["read"], ["https://old.example.com/cb"], secrets: [Sha256(Secret)], pkce: false);
        await AddAsync("off", ["client_credentials"], ["read"], [], secrets: [Sha256(Secret)], enabled: false);
        await AddAsync("ending", ["client_credentials"], ["read"], [], secrets: [Sha256(Secret)], until: "2099-12-31 12:00:00");
        await AddAsync("ended", ["client_credentials"], ["read"], [], secrets: [Sha256(Secret)], until: "2020-01-01 00:00:00");
        await AddAsync("hybrid", ["hybrid"], ["read"], ["https://h.example.com/cb"], secrets: [Sha256(Secret)]);
        await AddAsync("scopeless", ["client_credentials"], [], [], secrets: [Sha256(Secret)]);
        await AddAsync("certificate", ["client_credentials"], ["read"], [], secrets: ["A4F3C2"], type: "X509Thumbprint");

        async Task AddAsync(
            string id,
            string[] grants,
            string[] scopes,
            string[] uris,
            string[]? secrets = null,
            bool isPublic = false,
            bool refreshes = false,
            bool pkce = true,
            bool enabled = true,
            string? until = null,
            string type = "SharedSecret"
        )
        {
            number++;
            await RunAsync(
                database,
                "insert into \"Clients\" values ($1, $2, $3, 'oidc', $4, $5, 0, $6, $7, 3600)",
                number,
                enabled,
                id,
                !isPublic,
                "The " + id,
                pkce,
                refreshes
            );
            foreach (var value in secrets ?? [])
                await RunAsync(
                    database,
                    "insert into \"ClientSecrets\" values (null, $1, null, $2, $3, $4, '2024-01-01 00:00:00')",
                    number,
                    value,
                    until,
                    type
                );
            foreach (var uri in uris)
                await RunAsync(database, "insert into \"ClientRedirectUris\" values (null, $1, $2)", uri, number);
            foreach (var grant in grants)
                await RunAsync(database, "insert into \"ClientGrantTypes\" values (null, $1, $2)", grant, number);
            foreach (var scope in scopes)
                await RunAsync(database, "insert into \"ClientScopes\" values (null, $1, $2)", scope, number);
        }
    }

    private static string Sha256(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static string Sha512(string secret) => Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(secret)));

    private static async Task RunAsync(SqliteConnection database, string sql, params object?[] values)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        await command.ExecuteNonQueryAsync();
    }
}
