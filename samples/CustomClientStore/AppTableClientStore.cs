using HQ.OAuth2;
using Microsoft.EntityFrameworkCore;

namespace CustomClientStore;

/// <summary>All it takes to let the server know the apps of a table that was there before.</summary>
internal sealed class AppTableClientStore(AppDb db) : IClientStore
{
    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        var app = await db.Apps.AsNoTracking().SingleOrDefaultAsync(a => a.Key == clientId, ct);
        return app is null ? null : ToClient(app);
    }

    public static Client ToClient(App app) =>
        new()
        {
            ClientId = app.Key,
            ClientName = app.Name,
            Type = ClientType.Confidential,
            TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.ClientSecretBasic,
            Secrets = [new() { Hash = app.BcryptOfSecret }],
            RedirectUris = app.Callbacks.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            GrantTypes =
                app.Callbacks.Length == 0
                    ? [OAuthGrantTypes.ClientCredentials]
                    : [OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken],
            Scope = ScopeSet.Of("read"),
            // An app that is added anew under an old key has none of the old one's tokens.
            CreatedAt = new DateTimeOffset(DateTime.SpecifyKind(app.AddedAt, DateTimeKind.Utc)),
            Disabled = app.IsBlocked,
        };
}
