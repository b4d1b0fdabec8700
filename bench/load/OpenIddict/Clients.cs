using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace HQ.OAuth2.Load.Peer;

/// <summary>The two clients, in OpenIddict's store.</summary>
internal static class Clients
{
    public static async Task AddAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        if (scope.ServiceProvider.GetService<PeerContext>() is { } database)
            await database.Database.EnsureCreatedAsync();
        var manager = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        if (await manager.FindByClientIdAsync(Setup.PublicClient) is not null)
            return;
        await manager.CreateAsync(Client(Setup.PublicClient, null, ClientTypes.Public));
        var confidential = Client(Setup.ConfidentialClient, Setup.Secret, ClientTypes.Confidential);
        confidential.Permissions.UnionWith([Permissions.GrantTypes.ClientCredentials, Permissions.Endpoints.Introspection]);
        await manager.CreateAsync(confidential);
    }

    private static OpenIddictApplicationDescriptor Client(string id, string? secret, string type) =>
        new()
        {
            ClientId = id,
            ClientSecret = secret,
            ClientType = type,
            ConsentType = ConsentTypes.Implicit,
            RedirectUris = { new Uri(Setup.RedirectUri) },
            Permissions =
            {
                Permissions.Endpoints.Authorization,
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.AuthorizationCode,
                Permissions.GrantTypes.RefreshToken,
                Permissions.ResponseTypes.Code,
                Permissions.Prefixes.Scope + Setup.Scope,
            },
        };
}
