using HQ.OAuth2;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

/// <summary>Copies the clients of OpenIddict. It can run again: a client that is here already stays as it is.</summary>
internal sealed class OpenIddictClients(IOpenIddictApplicationManager applications, ClientRegistrar registrar)
{
    private static readonly string[] ourGrants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken, GrantTypes.ClientCredentials];

    /// <returns>One line for each client that was copied, or that has to be looked at.</returns>
    public async Task<List<string>> CopyAsync(CancellationToken ct)
    {
        var report = new List<string>();
        await foreach (var application in applications.ListAsync(cancellationToken: ct))
        {
            var old = new OpenIddictApplicationDescriptor();
            await applications.PopulateAsync(old, application, ct);
            if (await registrar.FindAsync(old.ClientId!, ct) is null)
                report.Add($"{old.ClientId}: {await CopyAsync(old, ct) ?? "copied"}");
        }

        return report;
    }

    // The reason why a client was not copied; null when it was.
    private async Task<string?> CopyAsync(OpenIddictApplicationDescriptor old, CancellationToken ct)
    {
        var grants = Permitted(old, Permissions.Prefixes.GrantType).Intersect(ourGrants).ToList();
        var scopes = Permitted(old, Permissions.Prefixes.Scope);
        if (grants.Count == 0)
            return "it uses no grant that is here";
        // A client that is registered without a scope may ask for every one.
        if (scopes.Count == 0)
            return "it has no scope permission: register it by hand with the scopes that it may have";
        var isPublic = old.ClientType == ClientTypes.Public;
        if (!isPublic && old.ClientSecret is null)
            return "it authenticates by keys: give it a secret";

        var metadata = new ClientMetadata
        {
            ClientName = old.DisplayName,
            TokenEndpointAuthMethod = isPublic ? OAuthClientAuthenticationMethods.None : OAuthClientAuthenticationMethods.ClientSecretBasic,
            GrantTypes = grants,
            RedirectUris = [.. old.RedirectUris.Select(uri => uri.OriginalString)],
            Scope = string.Join(' ', scopes),
        };
        ClientSecret[] secrets = isPublic ? [] : [new() { Hash = "$pbkdf2$" + old.ClientSecret }];
        return (await registrar.ImportAsync(old.ClientId!, metadata, secrets, settings: null, ct)).Error?.Description;
    }

    private static List<string> Permitted(OpenIddictApplicationDescriptor old, string prefix) =>
        [.. old.Permissions.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p[prefix.Length..])];
}
