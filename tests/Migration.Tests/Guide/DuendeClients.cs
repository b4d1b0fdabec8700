using System.Data.Common;
using System.Globalization;
using HQ.OAuth2;

/// <summary>
/// Copies the clients of Duende IdentityServer from the tables of its Entity Framework store. It can run again: a client that is here already
/// stays as it is.
/// </summary>
internal sealed class DuendeClients(DbConnection old, ClientRegistrar registrar)
{
    private static readonly string[] ourGrants = [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.ClientCredentials];

    /// <returns>One line for each client that was copied, or that has to be looked at.</returns>
    public async Task<List<string>> CopyAsync(CancellationToken ct)
    {
        const string columns = """
            "Id", "ClientId", "ClientName", "Enabled", "RequireClientSecret", "RequirePkce", "AllowOfflineAccess"
            """;
        var report = new List<string>();
        var uris = await ListsAsync("ClientRedirectUris", "\"RedirectUri\"", ct);
        var grants = await ListsAsync("ClientGrantTypes", "\"GrantType\"", ct);
        var scopes = await ListsAsync("ClientScopes", "\"Scope\"", ct);
        var secrets = await ListsAsync("ClientSecrets", "\"Type\", \"Value\", \"Expiration\"", ct);
        foreach (var row in await RowsAsync($"select {columns} from \"Clients\" order by \"Id\"", ct))
        {
            var client = new OldClient(
                ClientId: (string)row[1]!,
                Name: (string?)row[2],
                IsEnabled: Convert.ToBoolean(row[3], CultureInfo.InvariantCulture),
                HasSecret: Convert.ToBoolean(row[4], CultureInfo.InvariantCulture),
                UsesPkce: Convert.ToBoolean(row[5], CultureInfo.InvariantCulture),
                Refreshes: Convert.ToBoolean(row[6], CultureInfo.InvariantCulture),
                Grants: [.. grants[row[0]!].Select(r => (string)r[1]!)],
                RedirectUris: [.. uris[row[0]!].Select(r => (string)r[1]!)],
                Scopes: [.. scopes[row[0]!].Select(r => (string)r[1]!)],
                Secrets: [.. secrets[row[0]!].Select(ToSecret).OfType<ClientSecret>()]
            );
            if (await registrar.FindAsync(client.ClientId, ct) is null)
                report.Add($"{client.ClientId}: {await CopyAsync(client, ct) ?? "copied"}");
        }

        return report;
    }

    // The reason why a client was not copied; null when it was.
    private async Task<string?> CopyAsync(OldClient old, CancellationToken ct)
    {
        var grants = old.Grants.Intersect(ourGrants).ToList();
        if (grants.Count == 0)
            return "it uses no grant that is here";
        // A client that is registered without a scope may ask for every one.
        if (old.Scopes.Count == 0)
            return "it has no scope: register it by hand with the scopes that it may have";
        if (old.HasSecret && old.Secrets.Count == 0)
            return "it has no shared secret that is valid: give it one";
        if (old.Refreshes && grants.Contains(OAuthGrantTypes.AuthorizationCode))
            grants.Add(OAuthGrantTypes.RefreshToken);

        var metadata = new ClientMetadata
        {
            ClientName = old.Name,
            TokenEndpointAuthMethod = old.HasSecret
                ? OAuthClientAuthenticationMethods.ClientSecretBasic
                : OAuthClientAuthenticationMethods.None,
            GrantTypes = grants,
            RedirectUris = old.RedirectUris,
            Scope = string.Join(' ', old.Scopes),
        };
        var settings = new ClientSettings { Disabled = !old.IsEnabled, RequirePkce = old.UsesPkce ? null : false };
        return (await registrar.ImportAsync(old.ClientId, metadata, old.HasSecret ? old.Secrets : [], settings, ct)).Error?.Description;
    }

    // The stored value is the hash in base64: 44 characters of SHA-256, 88 of SHA-512. Null for other kinds, and for a secret that has expired.
    private static ClientSecret? ToSecret(object?[] row)
    {
        var (type, value) = ((string)row[1]!, (string)row[2]!);
        DateTimeOffset? expires = row[3] is { } time
            ? new DateTimeOffset(DateTime.SpecifyKind(Convert.ToDateTime(time, CultureInfo.InvariantCulture), DateTimeKind.Utc))
            : null;
        var name = value.Length switch
        {
            44 => "$sha256$",
            88 => "$sha512$",
            _ => null,
        };
        return type == "SharedSecret" && name is not null && !(expires <= TimeProvider.System.GetUtcNow())
            ? new ClientSecret { Hash = name + value, ExpiresAt = expires }
            : null;
    }

    // The rows of a table that belong to a client, by the number of the client.
    private async Task<ILookup<object, object?[]>> ListsAsync(string table, string columns, CancellationToken ct) =>
        (await RowsAsync($"select \"ClientId\", {columns} from \"{table}\" order by \"Id\"", ct)).ToLookup(row => row[0]!);

    private async Task<List<object?[]>> RowsAsync(string sql, CancellationToken ct)
    {
        await using var command = old.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(ct))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }

    private sealed record OldClient(
        string ClientId,
        string? Name,
        bool IsEnabled,
        bool HasSecret,
        bool UsesPkce,
        bool Refreshes,
        IReadOnlyList<string> Grants,
        IReadOnlyList<string> RedirectUris,
        IReadOnlyList<string> Scopes,
        IReadOnlyList<ClientSecret> Secrets
    );
}
