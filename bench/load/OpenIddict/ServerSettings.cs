using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace HQ.OAuth2.Load.Peer;

/// <summary>OpenIddict's server with the flows measured; what a page would decide is decided at once.</summary>
internal static class ServerSettings
{
    public static void Fill(this OpenIddictServerBuilder server, string issuer)
    {
        server
            .SetIssuer(new Uri(issuer))
            .SetAuthorizationEndpointUris("oauth2/authorize")
            .SetTokenEndpointUris("oauth2/token")
            .SetIntrospectionEndpointUris("oauth2/introspect")
            .SetRevocationEndpointUris("oauth2/revoke")
            .AllowAuthorizationCodeFlow()
            .AllowRefreshTokenFlow()
            .AllowClientCredentialsFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes(Setup.Scope)
            .SetAuthorizationCodeLifetime(Setup.CodeLifetime)
            .SetAccessTokenLifetime(Setup.AccessTokenLifetime)
            .SetRefreshTokenLifetime(Setup.RefreshTokenLifetime)
            .DisableAccessTokenEncryption()
            .AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)))
            // Codes and refresh tokens are encrypted. A symmetric key is far cheaper than the RSA of a certificate.
            .AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(AuthorizeAsync));
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(IssueToClient));
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
        var identity = new ClaimsIdentity("load", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject);
        identity.SetScopes([Setup.Scope, .. scopes]);
        return new(identity);
    }
}
