using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Migration.Tests;

/// <summary>OpenIddict as an app has it before the move: its tables in SQLite, tokens that APIs verify by its key set.</summary>
internal static class OpenIddictServer
{
    public const string Secret = "388D45FA-B36B-4988-BA59-B187D329C207";

    public static void Add(IServiceCollection services, string connection, ECDsa key)
    {
        services.AddDbContext<OldContext>(options => options.UseSqlite(connection).UseOpenIddict());
        services
            .AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<OldContext>())
            .AddServer(server =>
            {
                server
                    .SetIssuer(new Uri(Hosts.Issuer))
                    .SetConfigurationEndpointUris(".well-known/openid-configuration")
                    .SetAuthorizationEndpointUris("connect/authorize")
                    .SetTokenEndpointUris("connect/token")
                    .AllowAuthorizationCodeFlow()
                    .AllowRefreshTokenFlow()
                    .AllowClientCredentialsFlow()
                    .RegisterScopes("read", "write")
                    .DisableAccessTokenEncryption()
                    .AddSigningKey(new ECDsaSecurityKey(key))
                    .AddEphemeralEncryptionKey();
                server.UseAspNetCore();
                server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(AuthorizeAsync));
                server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(IssueToClient));
            });
    }

    public static async Task AddClientsAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OldContext>().Database.EnsureCreatedAsync();
        var manager = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        string[] code = [Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken];
        await manager.CreateAsync(Client("spa", null, ["https://spa.example.com/cb"], [.. code, "scp:read", "scp:profile"]));
        await manager.CreateAsync(Client("web", Secret, ["https://app.example.com/cb"], [.. code, "scp:read", "scp:write"]));
        await manager.CreateAsync(Client("machine", Secret, [], [Permissions.GrantTypes.ClientCredentials, "scp:read"]));
        await manager.CreateAsync(Client("service", Secret, [], [Permissions.GrantTypes.ClientCredentials, "scp:read"]));
        // What has no counterpart.
        await manager.CreateAsync(Client("implicit", null, ["https://old.example.com/cb"], [Permissions.GrantTypes.Implicit, "scp:read"]));
        await manager.CreateAsync(Client("everything", Secret, [], [Permissions.GrantTypes.ClientCredentials]));
        await manager.CreateAsync(Client("plain", Secret, ["http://plain.example.com/cb"], [.. code, "scp:read"]));
        await manager.CreateAsync(Client("foreign", Secret, ["https://f.example.com/cb"], [.. code, "scp:email"]));
        var signing = Client("signing", null, [], [Permissions.GrantTypes.ClientCredentials, "scp:read"]);
        using var keyOfClient = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        signing.ClientType = ClientTypes.Confidential;
        signing.JsonWebKeySet = new JsonWebKeySet
        {
            Keys = { JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new(ECDsa.Create(keyOfClient.ExportParameters(false)))) },
        };
        await manager.CreateAsync(signing);
    }

    private static OpenIddictApplicationDescriptor Client(string id, string? secret, string[] redirectUris, string[] permissions)
    {
        var client = new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            ClientSecret = secret,
            DisplayName = "The " + id,
            ClientType = secret is null ? ClientTypes.Public : ClientTypes.Confidential,
            ConsentType = ConsentTypes.Implicit,
            Permissions = { Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.ResponseTypes.Code },
        };
        client.Permissions.UnionWith(permissions);
        client.RedirectUris.UnionWith(redirectUris.Select(uri => new Uri(uri)));
        return client;
    }

    private static async ValueTask AuthorizeAsync(HandleAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var user = await http.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (user.Principal?.FindFirst(ClaimTypes.NameIdentifier) is { } subject)
            context.SignIn(Principal(subject.Value, Scopes.OfflineAccess));
        else
            context.Reject(Errors.LoginRequired);
    }

    private static ValueTask IssueToClient(HandleTokenRequestContext context)
    {
        // The other grants go on with what was granted before.
        if (context.Request.IsClientCredentialsGrantType())
            context.SignIn(Principal(context.ClientId!));
        return default;
    }

    private static ClaimsPrincipal Principal(string subject, params string[] scopes)
    {
        var identity = new ClaimsIdentity("old", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject);
        identity.SetScopes(["read", .. scopes]);
        identity.SetAudiences(Hosts.Api);
        return new(identity);
    }

    internal sealed class OldContext(DbContextOptions<OldContext> options) : DbContext(options);
}
